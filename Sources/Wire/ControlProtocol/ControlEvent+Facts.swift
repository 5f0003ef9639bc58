// What an event tells, in types: the one place where its followers read the details.
extension ControlEvent {
    /// How a WAN is from this event on.
    package struct Health: Equatable, Sendable {
        package var health: String
        package var fault: String?
        package var lossPercent: Double?
        package var roundTripMilliseconds: Double?
    }

    package var health: Health? {
        guard kind == .health, let health = details["health"] else { return nil }
        return Health(
            health: health, fault: details["fault"], lossPercent: details["loss_percent"].flatMap(Double.init),
            roundTripMilliseconds: details["round_trip_ms"].flatMap(Double.init))
    }

    /// The two WANs of a switch. nil: it is none, as the first selection or the loss of all WANs.
    package var switched: (from: String, to: String)? {
        guard kind == .selection, details["switch"] != nil, let from = details["from"], let to = details["to"] else { return nil }
        return (from, to)
    }

    /// `begun`, …, `over`.
    package var drillStep: String? { kind == .drill ? details["step"] : nil }
}
