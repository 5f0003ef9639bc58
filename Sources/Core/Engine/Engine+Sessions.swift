import Health
package import Model
import Selection

extension Engine {
    /// Whose new sessions are looked at: by them it shows whether anybody answers. nil: nobody's.
    package var sessionScope: SessionScope? {
        guard let name = selection.wan, let wan = settings[name], let interface = snapshot?.interface(wan.interface) else { return nil }
        let addresses = interface.addresses.map { IPAddress.v4($0.address) } + interface.addresses6.map { IPAddress.v6($0.address) }
        return SessionScope(
            wan: name, mark: settings.markMask.mark(ofWAN: wan.number), mask: settings.markMask.bits, addresses: Set(addresses))
    }

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
        let orders = sessions.advance(wans, mask: settings.markMask.bits, tells: settings.tellsClients == .on, at: now)
        // With nobody to take them over nothing can be done, whatever the time is.
        if wans.contains(where: \.isReady) { sessionsDueAt = sessions.deadline }
        let families = carriedFamilies
        let gained = carried.map { families.subtracting($0) } ?? []
        carried = families
        return orders.map { .sweep($0.sweep) } + sweepWithoutNAT(gained, SessionSweep.Scope.strayed)
    }

    /// Those whose new sessions a WAN carries, as far as anybody knows. While none does, another way may (somebody's default route in the LAN, a VPN), and
    /// what begins there gets no masquerade from us. It keeps its source for as long as it lasts, by whichever way it goes.
    private var carriedFamilies: Set<IPFamily> {
        guard let health = healths.first(where: { $0.wan.name == selection.wan }), keepsSessions(health) else { return [] }
        let isPointToPoint = snapshot?.interface(health.wan.interface)?.isPointToPoint ?? false
        var families: Set<IPFamily> = []
        if isPointToPoint || currentGateways[health.wan.name] != nil { families.insert(.v4) }
        if health.wan.ipv6 == .masquerade, isPointToPoint || currentGateways6[health.wan.name] != nil { families.insert(.v6) }
        return families
    }

    private func addresses(of wan: WANSettings) -> [IPAddress] {
        guard let interface = snapshot?.interface(wan.interface) else { return [] }
        let own = interface.addresses.map { IPAddress.v4($0.address) }
        guard wan.ipv6 == .masquerade else { return own }
        return own + interface.addresses6.map { .v6($0.address) }
    }

    /// Masquerade stands again: what began without it can't be answered by anybody.
    mutating func sweepUnmasqueraded() -> [Effect] { sweepWithoutNAT([.v4, .v6], SessionSweep.Scope.unmasqueraded) }

    private mutating func sweepWithoutNAT(
        _ families: Set<IPFamily>, _ scope: (IPFamily, [InterfaceName], [InterfaceName], UInt32) -> SessionSweep.Scope
    ) -> [Effect] {
        [IPFamily.v4, .v6].filter(families.contains).compactMap { family in
            let wans = settings.wans.filter { family == .v4 || $0.ipv6 == .masquerade }.map(\.interface)
            guard !wans.isEmpty else { return nil }
            return .sweep(sessions.sweepWithoutNAT(scope(family, settings.lan, wans, settings.markMask.bits)).sweep)
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
            case .wan, .unmasqueraded, .strayed: false
            }
        // A failback may have been faster than the sweep. Where they went before it, nobody knows any more.
        let to = selection.wan == order.wan ? nil : selection.wan
        return Happening.SessionsMoved(count: outcome.deleted, from: order.wan, to: to, isDrained: isDrained)
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
