package import Model

/// How a WAN may be, in the words of somebody who wonders what would happen then.
package enum Supposed: String, CaseIterable, Sendable {
    case up, down
    case noCarrier = "no-carrier"
    case noGateway = "no-gateway"
    case absent, lossy, slow
    case noDNS = "no-dns"
    case portal

    /// - Parameter way: what it would be reached by.
    fileprivate func liveness(by way: Liveness.Way, at now: Instant) -> Liveness {
        switch self {
        case .up, .lossy, .slow, .noDNS, .portal: .ready(way, .up)
        case .down: .ready(way, .down(since: now, fault: .upstreamSilent))
        case .noCarrier: .noCarrier
        case .noGateway: .noGateway
        case .absent: .absent
        }
    }

    fileprivate var impairment: Fault? {
        switch self {
        case .up, .down, .noCarrier, .noGateway, .absent: nil
        case .lossy: .lossy
        case .slow: .slow
        case .noDNS: .dnsDead
        case .portal: .captivePortal
        }
    }
}

extension WANHealth {
    /// As it would be once that has been found out. nil: nothing that is configured would ever find it.
    package func supposing(_ supposed: Supposed, at now: Instant) -> WANHealth? {
        if let fault = supposed.impairment, !isStillJudged(fault) { return nil }
        var health = self
        let way = if case .ready(let way, _) = liveness { way } else { Liveness.Way(interfaceIndex: 0, gateway: nil) }
        health.liveness = supposed.liveness(by: way, at: now)
        health.impairments = supposed.impairment.map { [Impairment(fault: $0, since: now)] } ?? []
        if health.state != state { health.since = now }
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
