/// How a WAN is from this time on, until the next one or until nobody looks any more.
package struct Condition: Equatable, Sendable {
    package var time: Moment
    package var wan: String
    /// As in the status: `up`, `no-carrier`, …
    package var health: String
    package var fault: String?
    /// By the probes of the half minute before.
    package var lossPercent: Double?
    package var roundTripMilliseconds: Double?

    package init(
        time: Moment, wan: String, health: String, fault: String? = nil, lossPercent: Double? = nil, roundTripMilliseconds: Double? = nil
    ) {
        self.time = time
        self.wan = wan
        self.health = health
        self.fault = fault
        self.lossPercent = lossPercent
        self.roundTripMilliseconds = roundTripMilliseconds
    }
}

/// A time in which the daemon ran, and of which we have heard everything.
package struct Span: Equatable, Sendable {
    package var start: Moment
    package var end: Moment

    package init(start: Moment, end: Moment) {
        self.start = start
        self.end = end
    }
}
