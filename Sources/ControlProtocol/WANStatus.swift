/// One WAN as the daemon sees it: `type WAN`.
package struct WANStatus: Codable, Equatable, Sendable {
    package var name: String
    package var interface: String
    /// As configured; `routeMetric` is what the kernel has.
    package var metric: Int
    package var metered: Bool
    /// absent, no-carrier, no-gateway, unknown, up, suspect, down, recovering. A later version may know more.
    package var health: String
    package var fault: String?
    /// When this health began.
    package var since: String
    /// The same as an age, by the daemon's steady clock: right even when the wall clock was set meanwhile.
    package var sinceSeconds: Double
    /// New sessions are meant to leave by it.
    package var selected: Bool
    package var usable: Bool
    /// New sessions do leave by it: its default route wins in the kernel.
    package var carries: Bool
    package var gateway: String?
    /// With the length of the prefix: `192.0.2.7/24`.
    package var addresses: [String]
    /// The metric of our default route for it that the kernel has now. nil: there is none.
    package var routeMetric: Int?
    package var roundTripMilliseconds: Double?
    package var lossPercent: Double?
    /// Why it has this health, a sentence.
    package var reason: String
    package var targets: [TargetStatus]

    package init(
        name: String, interface: String, metric: Int, metered: Bool, health: String, fault: String?, since: String,
        sinceSeconds: Double, selected: Bool, usable: Bool, carries: Bool, gateway: String?, addresses: [String],
        routeMetric: Int?, roundTripMilliseconds: Double?, lossPercent: Double?, reason: String, targets: [TargetStatus]
    ) {
        self.name = name
        self.interface = interface
        self.metric = metric
        self.metered = metered
        self.health = health
        self.fault = fault
        self.since = since
        self.sinceSeconds = sinceSeconds
        self.selected = selected
        self.usable = usable
        self.carries = carries
        self.gateway = gateway
        self.addresses = addresses
        self.routeMetric = routeMetric
        self.roundTripMilliseconds = roundTripMilliseconds
        self.lossPercent = lossPercent
        self.reason = reason
        self.targets = targets
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, interface, metric, metered, health, fault, since, selected, usable, carries, gateway, addresses, reason, targets
        case sinceSeconds = "since_seconds"
        case routeMetric = "route_metric"
        case roundTripMilliseconds = "round_trip_ms"
        case lossPercent = "loss_percent"
    }
}

/// One target as probed through one WAN: `type Target`.
package struct TargetStatus: Codable, Equatable, Sendable {
    /// As configured: an address, or `gateway`.
    package var target: String
    /// What that stands for now. nil: a gateway that isn't known.
    package var address: String?
    /// The outcome of the last probe. nil: none has one yet.
    package var answered: Bool?
    package var roundTripMilliseconds: Double?
    package var lossPercent: Double?

    package init(target: String, address: String?, answered: Bool?, roundTripMilliseconds: Double?, lossPercent: Double?) {
        self.target = target
        self.address = address
        self.answered = answered
        self.roundTripMilliseconds = roundTripMilliseconds
        self.lossPercent = lossPercent
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case target, address, answered
        case roundTripMilliseconds = "round_trip_ms"
        case lossPercent = "loss_percent"
    }
}
