// Generated from net.uplinkd.history.varlink by Scripts/generate-varlink: not to be edited by hand.

package import FoundationEssentials
package import Model
import Varlink

package struct WANAvailability: Codable, Equatable, Sendable, FilledIn {
    package var wan = ""
    /// "2026-11-24", "2026-11", or "all".
    package var period = ""
    package var start = ""
    package var end = ""
    /// Nothing is known of the rest of the time. What was observed is one of the next three.
    package var observedSeconds = 0.0
    package var upSeconds = 0.0
    package var impairedSeconds = 0.0
    package var downSeconds = 0.0
    /// Of the time that was observed. nil: none was.
    package var upPercent: Double?
    package var outages = 0
    /// To this WAN and away from it.
    package var switches = 0

    package init() {}

    enum CodingKeys: String, CodingKey {
        case wan, period, start, end, outages, switches
        case observedSeconds = "observed_seconds"
        case upSeconds = "up_seconds"
        case impairedSeconds = "impaired_seconds"
        case downSeconds = "down_seconds"
        case upPercent = "up_percent"
    }
}

/// From the first sign until it worked again and kept working.
package struct Outage: Codable, Equatable, Sendable, FilledIn {
    package var wan = ""
    package var start = ""
    /// nil: it goes on.
    package var end: String?
    /// Seen to begin, and to end; else these are the first and the last that is known of it.
    package var startObserved = false
    package var endObserved = false
    /// Without the time in between in which nobody looked; and how much of it the WAN answered, but was too bad.
    package var seconds = 0.0
    package var impairedSeconds = 0.0
    /// The one that lasted longest, and all.
    package var fault: Sentence?
    package var faults: [Sentence] = []
    /// It seemed to be over so many times, and wasn't.
    package var relapses = 0
    /// In the half minute before the first sign, and the mean of what was measured during it.
    package var lossPercentBefore: Double?
    package var roundTripMillisecondsBefore: Double?
    package var lossPercent: Double?
    package var roundTripMilliseconds: Double?

    package init() {}

    enum CodingKeys: String, CodingKey {
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

/// The probes to one target, as configured then, by one WAN in an hour; `block` is packed, in base64: docs/history.md has the format.
package struct PastSamples: Codable, Equatable, Sendable {
    package var wan: String
    package var target: String
    package var block: Data

    package init(wan: String, target: String, block: Data) {
        self.wan = wan
        self.target = target
        self.block = block
    }
}

/// How a WAN's interface was from then on: 0 ready, 1 without a gateway, 2 without carrier, 3 absent. Milliseconds since 1970.
package struct PastLink: Codable, Equatable, Sendable {
    package var at: Int64
    package var wan: String
    package var state: Int

    package init(at: Int64, wan: String, state: Int) {
        self.at = at
        self.wan = wan
        self.state = state
    }
}

/// A time in which no probe is missing, in milliseconds since 1970.
package struct PastSpan: Codable, Equatable, Sendable {
    package var from: Int64
    package var until: Int64

    package init(from: Int64, until: Int64) {
        self.from = from
        self.until = until
    }
}
