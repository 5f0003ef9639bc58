import Health
package import Model
import Selection

extension Engine {
    /// Whether sessions may stay by this WAN: it works, as far as anybody knows.
    ///
    /// One that answers but is too bad keeps them if it stands behind the selected one: they were content with it. If it stands before, it
    /// was left because it is so bad, and then everybody leaves.
    func keepsSessions(_ health: WANHealth) -> Bool {
        if isPlayedDown(health.wan.name) { return false }
        return switch health.state {
        case .up, .suspect, .unknown: true
        case .impaired: selection.wan.flatMap { settings[$0] }.map { $0.metric < health.wan.metric } ?? true
        case .absent, .noCarrier, .noGateway, .down, .recovering: false
        }
    }

    /// Sweeps that are due. Routes and rules have been seen to by now, in the effects before these or earlier.
    mutating func careForSessions(at now: Instant) -> [Effect] {
        sessionsDueAt = nil
        guard snapshot != nil, lastDesired == desired else { return [] }
        let wans = healths.map { health in
            let isSelected = health.wan.name == selection.wan
            return SessionCare.WAN(
                name: health.wan.name, mark: settings.markMask.mark(ofWAN: health.wan.number), drain: health.wan.drain,
                addresses: addresses(of: health.wan), isSelected: isSelected, keepsSessions: keepsSessions(health),
                isReady: isSelected && (health.state.isUsable || health.state == .recovering))
        }
        let orders = sessions.advance(wans, mask: settings.markMask.bits, at: now)
        // With nobody to take them over nothing can be done, whatever the time is.
        if wans.contains(where: \.isReady) { sessionsDueAt = sessions.deadline }
        return orders.map { .sweep($0.sweep) }
    }

    private func addresses(of wan: WANSettings) -> [IPAddress] {
        guard let interface = snapshot?.interface(wan.interface) else { return [] }
        let own = interface.addresses.map { IPAddress.v4($0.address) }
        guard wan.ipv6 == .masquerade else { return own }
        return own + interface.addresses6.map { .v6($0.address) }
    }

    /// Masquerade stands again: what began without it can't be answered by anybody.
    mutating func sweepUnmasqueraded() -> [Effect] {
        [IPFamily.v4, .v6].compactMap { family in
            let wans = settings.wans.filter { family == .v4 || $0.ipv6 == .masquerade }.map(\.interface)
            guard !wans.isEmpty else { return nil }
            let scope = SessionSweep.Scope.unmasqueraded(family, lan: settings.lan, wans: wans, mask: settings.markMask.bits)
            return .sweep(sessions.sweepUnmasqueraded(scope).sweep)
        }
    }

    mutating func swept(_ id: UInt64, _ outcome: SweepOutcome) -> Happening.SessionsMoved? {
        sessionProblem = nil
        let (sum, isTooMuch) = counters.sessionsMoved.addingReportingOverflow(max(outcome.deleted, 0))
        counters.sessionsMoved = isTooMuch ? .max : sum
        guard let order = sessions.ended(id), outcome.deleted > 0 else { return nil }
        let isDrained =
            switch order.sweep.scope {
            case .classes, .allBut: true
            case .wan, .unmasqueraded: false
            }
        return Happening.SessionsMoved(count: outcome.deleted, from: order.wan, to: selection.wan, isDrained: isDrained)
    }

    mutating func sweepFailed(_ id: UInt64, _ error: String) -> Happening? {
        guard let order = sessions.ended(id) else { return nil }
        let isNews = sessionProblem != .sessionsStuck(error: error)
        sessionProblem = .sessionsStuck(error: error)
        return isNews ? .sessionsStuck(order.wan, error: error) : nil
    }

    /// When what is left on this WAN will be moved. nil: never, or there are no sessions to move.
    package func drainEnd(of wan: WANName) -> Instant? { sessions.drainEnd(of: wan) }
    /// It carries no new sessions, and keeps those that it has.
    package func isDraining(_ wan: WANName) -> Bool { sessions.isDraining(wan) }
}
