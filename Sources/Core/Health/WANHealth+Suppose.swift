package import Model

/// How a WAN may be, in the words of somebody who wonders what would happen then.
package enum Supposed: String, CaseIterable, Sendable {
    case up, down
    case noCarrier = "no-carrier"
    case noGateway = "no-gateway"
    case absent, lossy, slow
    case noDNS = "no-dns"
    case portal

    fileprivate var outcome: (state: HealthState, fault: Fault?) {
        switch self {
        case .up: (.up, nil)
        case .down: (.down, .upstreamSilent)
        case .noCarrier: (.noCarrier, .noCarrier)
        case .noGateway: (.noGateway, .noLease)
        case .absent: (.absent, .modemGone)
        case .lossy: (.impaired, .lossy)
        case .slow: (.impaired, .slow)
        case .noDNS: (.impaired, .dnsDead)
        case .portal: (.impaired, .captivePortal)
        }
    }
}

extension WANHealth {
    /// As it would be once that has been found out. nil: nothing that is configured would ever find it.
    package func supposing(_ supposed: Supposed, at now: Instant) -> WANHealth? {
        let (state, fault) = supposed.outcome
        var health = self
        health.impairments = []
        if state == .impaired, let fault {
            guard isStillJudged(fault) else { return nil }
            health.impairments = [Impairment(fault: fault, since: now)]
        }
        health.state = state
        health.fault = fault
        health.isImpaired = state == .impaired
        if state != self.state { health.since = now }
        return health
    }

    /// How long it takes at most, from the fault to the verdict, while nobody's traffic gives it away sooner. nil: that depends on how bad it is.
    package func longestDetection(of supposed: Supposed) -> Duration? {
        switch supposed {
        case .up, .noCarrier, .noGateway, .absent, .lossy, .slow: return nil
        case .down:
            // The last probe that is answered goes out right before the fault; the next one is late, and then all rounds are.
            guard let target = counting.first.map({ targets[$0] }) else { return nil }
            let gap = target.interval.inSeconds * factor / Double(max(target.peers, 1))
            let patience = counting.compactMap { targets[$0].roundTrip.smoothed == nil ? nil : targets[$0].patience }.max()
            let wait = patience ?? wan.probe.timeout
            let rounds = Double(makeBurst(at: since).rounds - 1) * wan.probe.burstInterval.inSeconds
            let last = min(2 * wait.inSeconds, max(wan.probe.timeout, wait).inSeconds)
            // Probes wait for the next point of their grid.
            return .nanoseconds(Int64((gap + wait.inSeconds + rounds + last) * 1e9) + 2 * Self.grid)
        case .noDNS, .portal:
            let kind: Question.Kind = supposed == .noDNS ? .dns : .http
            let failures = Double(TargetRecord.failuresThatCount)
            let times = services.filter { $0.kind == kind }.flatMap(\.targets).map { index in
                targets[index].interval.inSeconds * factor + failures * targets[index].timeout.inSeconds + failures - 1
            }
            return times.max().map { .seconds(Int64($0.rounded(.up))) }
        }
    }
}
