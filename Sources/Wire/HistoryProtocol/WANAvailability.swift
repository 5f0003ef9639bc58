/// How much of a time a WAN worked: `type WANAvailability`.
package struct WANAvailability: Codable, Equatable, Sendable {
    package var wan: String
    /// `2026-11-24`, `2026-11`, or `all` for the whole time that was asked for.
    package var period: String
    package var start: String
    package var end: String
    /// Nothing is known of the rest of the time: uplinkd didn't run, or the WAN wasn't configured.
    package var observedSeconds: Double
    /// What was observed is one of these three.
    package var upSeconds: Double
    /// It answered, and was too bad for sessions: lossy, slow, no DNS, a captive portal.
    package var impairedSeconds: Double
    package var downSeconds: Double
    /// Of the time that was observed. nil: none was.
    package var upPercent: Double?
    /// Those that began in it, or were there when it began.
    package var outages: Int
    /// Switches to it and away from it.
    package var switches: Int

    package init(
        wan: String, period: String, start: String, end: String, observedSeconds: Double, upSeconds: Double, impairedSeconds: Double,
        downSeconds: Double, upPercent: Double?, outages: Int, switches: Int
    ) {
        self.wan = wan
        self.period = period
        self.start = start
        self.end = end
        self.observedSeconds = observedSeconds
        self.upSeconds = upSeconds
        self.impairedSeconds = impairedSeconds
        self.downSeconds = downSeconds
        self.upPercent = upPercent
        self.outages = outages
        self.switches = switches
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case wan, period, start, end, outages, switches
        case observedSeconds = "observed_seconds"
        case upSeconds = "up_seconds"
        case impairedSeconds = "impaired_seconds"
        case downSeconds = "down_seconds"
        case upPercent = "up_percent"
    }
}

/// A time in which a WAN didn't work, from the first sign until it worked again and kept working: `type Outage`.
package struct Outage: Codable, Equatable, Sendable {
    package var wan: String
    package var start: String
    /// nil: it goes on.
    package var end: String?
    /// It was seen to begin, and to end. Not so where uplinkd didn't run: then these are the first and the last that is known of it.
    package var startObserved: Bool
    package var endObserved: Bool
    /// Without the time in between in which nobody looked.
    package var seconds: Double
    /// Of these, so many in which it answered and was too bad for sessions.
    package var impairedSeconds: Double
    /// The one that lasted longest.
    package var fault: String?
    /// All of them, in the order in which they came.
    package var faults: [String]
    /// It seemed to be over so many times, and wasn't.
    package var relapses: Int
    /// By the probes of the half minute before the first sign. nil: not known.
    package var lossPercentBefore: Double?
    package var roundTripMillisecondsBefore: Double?
    /// The mean of what was measured during it.
    package var lossPercent: Double?
    package var roundTripMilliseconds: Double?

    package init(
        wan: String, start: String, end: String?, startObserved: Bool, endObserved: Bool, seconds: Double, impairedSeconds: Double,
        fault: String?, faults: [String], relapses: Int, lossPercentBefore: Double?, roundTripMillisecondsBefore: Double?,
        lossPercent: Double?, roundTripMilliseconds: Double?
    ) {
        self.wan = wan
        self.start = start
        self.end = end
        self.startObserved = startObserved
        self.endObserved = endObserved
        self.seconds = seconds
        self.impairedSeconds = impairedSeconds
        self.fault = fault
        self.faults = faults
        self.relapses = relapses
        self.lossPercentBefore = lossPercentBefore
        self.roundTripMillisecondsBefore = roundTripMillisecondsBefore
        self.lossPercent = lossPercent
        self.roundTripMilliseconds = roundTripMilliseconds
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case wan, start, end, seconds, fault, faults, relapses
        case startObserved = "start_observed"
        case endObserved = "end_observed"
        case impairedSeconds = "impaired_seconds"
        case lossPercentBefore = "loss_percent_before"
        case roundTripMillisecondsBefore = "round_trip_ms_before"
        case lossPercent = "loss_percent"
        case roundTripMilliseconds = "round_trip_ms"
    }
}
