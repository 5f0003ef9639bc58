/// How a WAN is probed. The defaults here are those of the profile `normal`, and so of the configuration file.
package struct ProbeSettings: Equatable, Sendable {
    package var targets: [Target]
    /// Those that are asked beside them where the WAN has IPv6 as well: beside the default ones, written down or not. Who has chosen others has chosen all.
    package var targets6: [Target]
    /// Each target is asked once in this time, unless it has an interval of its own or one of its kind. 100 ms…1 h.
    package var interval: Duration
    /// The same for a metered WAN that stands by, or that is proven alive by its clients' traffic. Intervals of single targets grow in the
    /// same proportion.
    package var meteredInterval: Duration
    /// The longest that a reply may take; the first ones are given this long, later ones the adaptive time. 100 ms…60 s.
    package var timeout: Duration
    /// The floor of the adaptive time (RFC 6298 calls it the minimum RTO). Below it a busy box or a Wi-Fi hop would look like a fault. 10 ms…10 s.
    package var minimumRTO: Duration
    /// The time between the rounds of a confirmation burst. 10 ms…10 s.
    package var burstInterval: Duration
    /// How many of the targets beyond the gateway have to answer.
    package var quorum: Int
    /// A WAN that was down has to answer for so long before it carries sessions again; the longer, the more often it failed lately. 0 s…1 h.
    package var hold: Duration
    package var thresholds: Thresholds
    /// IP bytes that probing may cost in a month of 30 days, both ways together. nil: no limit.
    package var budget: Int?
    package var readiness: ReadinessSettings

    package init(
        targets: [Target] = Self.usualTargets,
        interval: Duration = .seconds(1), meteredInterval: Duration = .seconds(30), timeout: Duration = .seconds(1),
        minimumRTO: Duration = .milliseconds(100), burstInterval: Duration = .milliseconds(40), quorum: Int = 1,
        hold: Duration = .seconds(10), thresholds: Thresholds = .usual, budget: Int? = nil, readiness: ReadinessSettings = .init()
    ) {
        self.targets = targets
        targets6 = targets == Self.usualTargets ? Self.usualTargets6 : []
        self.interval = interval
        self.meteredInterval = meteredInterval
        self.timeout = timeout
        self.minimumRTO = minimumRTO
        self.burstInterval = burstInterval
        self.quorum = quorum
        self.hold = hold
        self.thresholds = thresholds
        self.budget = budget
        self.readiness = readiness
    }
}

extension ProbeSettings {
    /// Resolvers of three companies, each in many places of the world.
    package static let usualTargets: [Target] = [
        .gateway, .address(IPv4Address(bits: 0x0101_0101)), .address(IPv4Address(bits: 0x0808_0808)),
        .address(IPv4Address(bits: 0x0909_0909)),
    ]
    /// The same in IPv6: 2606:4700:4700::1111, 2001:4860:4860::8888, 2620:fe::fe.
    static let usualTargets6: [Target] = [
        (high: 0x2606_4700_4700_0000, low: 0x1111), (high: 0x2001_4860_4860_0000, low: 0x8888), (high: 0x2620_00fe_0000_0000, low: 0xfe),
    ].map { Target(.echo(.address(.v6(IPv6Address(high: $0.high, low: $0.low))))) }
}

/// Settings that go together.
package enum ProbeProfile: String, CaseIterable, Sendable {
    case normal
    /// Finds a fault in a seventh of a second, and costs ten times the data.
    case fast

    package var settings: ProbeSettings {
        switch self {
        case .normal: ProbeSettings()
        case .fast: ProbeSettings(interval: .milliseconds(100), minimumRTO: .milliseconds(30), burstInterval: .milliseconds(20))
        }
    }
}

/// From where on a WAN that answers is too bad to carry sessions while a better one stands ready, and from where on it is good again.
package struct Thresholds: Equatable, Sendable {
    package struct Limit<Value: Comparable & Sendable>: Equatable, Sendable {
        /// Above this it is bad.
        package var leave: Value
        /// At or below this it is good again; not above `leave`.
        package var back: Value

        package init(leave: Value, back: Value) {
            self.leave = leave
            self.back = back
        }
    }

    /// A share, 0…1.
    package var loss: Limit<Double>?
    /// Of the round trip.
    package var mean: Limit<Duration>?
    /// The standard deviation of the round trip.
    package var deviation: Limit<Duration>?
    /// 99 of 100 round trips are no longer than this.
    package var percentile99: Limit<Duration>?

    package init(
        loss: Limit<Double>? = nil, mean: Limit<Duration>? = nil, deviation: Limit<Duration>? = nil, percentile99: Limit<Duration>? = nil
    ) {
        self.loss = loss
        self.mean = mean
        self.deviation = deviation
        self.percentile99 = percentile99
    }

    package var isEmpty: Bool { self == Thresholds() }

    /// Where half of all round trips are lost nothing works any more, whatever the backup is like.
    package static let usual = Thresholds(loss: .init(leave: 0.5, back: 0.25))
}

extension ProbeSettings {
    /// All that is in force, in one line for the log.
    package var summary: String {
        let limits = [
            ("loss", thresholds.loss.map { shareText($0.leave) }), ("mean", thresholds.mean.map(\.leave.text)),
            ("deviation", thresholds.deviation.map(\.leave.text)), ("p99", thresholds.percentile99.map(\.leave.text)),
        ].compactMap { name, limit in limit.map { " \(name)<=\($0)" } }
        return
            "\(targets.map(\.description).joined(separator: ",")) interval=\(interval.text) timeout=\(timeout.text) min-rto=\(minimumRTO.text)"
            + " burst-interval=\(burstInterval.text) quorum=\(quorum) hold=\(hold.text)\(limits.joined())"
            + (budget.map { " budget=\(sizeText($0))" } ?? "") + " readiness=\(readinessInterval?.text ?? "off")"
    }

    /// How often a target is asked while its WAN is probed at the full pace and no budget slows it down. Services are asked more rarely: their answers cost more,
    /// and what they tell changes slowly.
    package func interval(of target: Target) -> Duration { target.ownInterval ?? max(interval, target.question.entry.interval) }

    package func timeout(of target: Target) -> Duration { target.ownTimeout ?? max(timeout, target.question.entry.timeout) }
}
