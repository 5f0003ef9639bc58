/// One WAN as the daemon sees it: `type WAN`.
package struct WANStatus: Codable, Equatable, Sendable {
    package var name: String
    package var interface: String
    /// As configured; `routeMetric` is what the kernel has.
    package var metric: Int
    package var metered: Bool
    /// absent, no-carrier, no-gateway, unknown, up, suspect, impaired, down, recovering. A later version may know more.
    package var health: String
    package var fault: String?
    /// What makes it too bad for sessions while a better WAN stands ready; empty unless it answers.
    package var impairments: [ImpairmentStatus]
    /// When this health began.
    package var since: String
    /// The same as an age, by the daemon's steady clock: right even when the wall clock was set meanwhile.
    package var sinceSeconds: Double
    /// When a recovering WAN will be up, or an impaired one good again, if nothing gets in between. nil: nobody knows.
    package var upInSeconds: Double?
    /// New sessions are meant to leave by it.
    package var selected: Bool
    package var usable: Bool
    /// New sessions do leave by it: its default route wins in the kernel.
    package var carries: Bool
    package var gateway: String?
    package var gateway6: String?
    /// Of both families, with the length of the prefix: `192.0.2.7/24`.
    package var addresses: [String]
    /// It carries no new sessions, and keeps those that it has.
    package var draining: Bool
    /// When those that are left will be moved. nil: never, or there are none to move.
    package var drainEndsInSeconds: Double?
    /// The metric of our default route for it that the kernel has now. nil: there is none.
    package var routeMetric: Int?
    package var roundTripMilliseconds: Double?
    package var lossPercent: Double?
    /// The standard deviation of the round trip.
    package var deviationMilliseconds: Double?
    package var percentile99Milliseconds: Double?
    /// What probing costs in 30 days at the present pace: IP bytes, both ways.
    package var bytesPerMonth: Int
    /// Why it has this health, a sentence.
    package var reason: String
    /// nil: it carries the traffic, or isn't to be proven.
    package var readiness: ReadinessStatus?
    package var targets: [TargetStatus]

    package init(
        name: String, interface: String, metric: Int, metered: Bool, health: String, fault: String?, impairments: [ImpairmentStatus],
        since: String,
        sinceSeconds: Double, upInSeconds: Double?, selected: Bool, usable: Bool, carries: Bool, gateway: String?, gateway6: String?,
        addresses: [String], draining: Bool, drainEndsInSeconds: Double?, routeMetric: Int?, roundTripMilliseconds: Double?,
        lossPercent: Double?, deviationMilliseconds: Double?,
        percentile99Milliseconds: Double?,
        bytesPerMonth: Int, reason: String, readiness: ReadinessStatus? = nil, targets: [TargetStatus]
    ) {
        self.name = name
        self.interface = interface
        self.metric = metric
        self.metered = metered
        self.health = health
        self.fault = fault
        self.impairments = impairments
        self.since = since
        self.sinceSeconds = sinceSeconds
        self.upInSeconds = upInSeconds
        self.selected = selected
        self.usable = usable
        self.carries = carries
        self.gateway = gateway
        self.gateway6 = gateway6
        self.addresses = addresses
        self.draining = draining
        self.drainEndsInSeconds = drainEndsInSeconds
        self.routeMetric = routeMetric
        self.roundTripMilliseconds = roundTripMilliseconds
        self.lossPercent = lossPercent
        self.deviationMilliseconds = deviationMilliseconds
        self.percentile99Milliseconds = percentile99Milliseconds
        self.bytesPerMonth = bytesPerMonth
        self.reason = reason
        self.readiness = readiness
        self.targets = targets
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, interface, metric, metered, health, fault, impairments, since, selected, usable, carries, gateway, gateway6, addresses,
            draining,
            reason, readiness, targets
        case sinceSeconds = "since_seconds"
        case upInSeconds = "up_in_seconds"
        case drainEndsInSeconds = "drain_ends_in_seconds"
        case routeMetric = "route_metric"
        case roundTripMilliseconds = "round_trip_ms"
        case lossPercent = "loss_percent"
        case deviationMilliseconds = "deviation_ms"
        case percentile99Milliseconds = "p99_ms"
        case bytesPerMonth = "bytes_per_month"
    }
}

/// Whether a WAN that stands by would serve if it were needed now: `type Readiness`.
package struct ReadinessStatus: Codable, Equatable, Sendable {
    package var ready: Bool
    /// How long ago that was seen. nil: not since it is up.
    package var provenSeconds: Double?
    /// Why it isn't ready, a sentence.
    package var problem: String?

    package init(ready: Bool, provenSeconds: Double?, problem: String?) {
        self.ready = ready
        self.provenSeconds = provenSeconds
        self.problem = problem
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case ready, problem
        case provenSeconds = "proven_seconds"
    }
}

/// One thing that is wrong with a WAN that answers: `type Impairment`.
package struct ImpairmentStatus: Codable, Equatable, Sendable {
    package var fault: String
    package var sinceSeconds: Double
    /// What a probe got to hear, a clause: `NXDOMAIN for example.com`.
    package var evidence: String?

    package init(fault: String, sinceSeconds: Double, evidence: String?) {
        self.fault = fault
        self.sinceSeconds = sinceSeconds
        self.evidence = evidence
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case fault, evidence
        case sinceSeconds = "since_seconds"
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
    /// What was wrong with the last answer, or why the last probe couldn't be sent; a clause.
    package var problem: String?

    package init(
        target: String, address: String?, answered: Bool?, roundTripMilliseconds: Double?, lossPercent: Double?, problem: String?
    ) {
        self.target = target
        self.address = address
        self.answered = answered
        self.roundTripMilliseconds = roundTripMilliseconds
        self.lossPercent = lossPercent
        self.problem = problem
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case target, address, answered, problem
        case roundTripMilliseconds = "round_trip_ms"
        case lossPercent = "loss_percent"
    }
}
