import Health
package import Model
import Selection

extension Engine {
    /// Whose new sessions are looked at: by them it shows whether anybody answers. nil: nobody's.
    package var sessionScope: SessionScope? { selection.wan.flatMap(sessionScope) }

    func sessionScope(of name: WANName) -> SessionScope? {
        guard let wan = settings[name], snapshot?.interface(wan.interface) != nil else { return nil }
        return SessionScope(
            wan: name, mark: settings.markMask.mark(ofWAN: wan.number), mask: settings.markMask.bits, addresses: Set(addresses(of: wan)))
    }

    /// Whether sessions may stay by this WAN: it works, as far as anybody knows.
    ///
    /// One that answers but is too bad keeps them if it stands behind the selected one: they were content with it. If it stands before, it
    /// was left because it is so bad, and then everybody leaves.
    func keepsSessions(_ health: WANHealth, _ family: IPFamily = .v4) -> Bool {
        if isPlayedDown(health.wan.name) { return false }
        return switch health.state {
        case .up, .suspect, .unknown: true
        case .impaired: selection(family).wan.flatMap { settings[$0] }.map { $0.metric < health.wan.metric } ?? true
        case .down: isWorthATry(health)
        case .absent, .noCarrier, .noGateway, .recovering: false
        }
    }

    /// It has never answered, and carries all the same, or has been proven.
    private func isWorthATry(_ health: WANHealth) -> Bool {
        health.isUnheard && health.wan.name == selection.wan || isProvenUnheard(health)
    }

    /// Sweeps that are due. Routes and rules have been seen to by now, in the effects before these or earlier.
    mutating func careForSessions(at now: Instant) -> [Effect] {
        sessionsDueAt = nil
        guard snapshot != nil, lastDesired == desired else { return [] }
        let wans = sessionWANs(.v4)
        let wans6 = judgement.selectionOfIPv6 == nil ? wans : sessionWANs(.v6)
        let orders = sessions.advance(wans, ipv6: wans6, mask: settings.markMask.bits, tells: settings.tellsClients == .on, at: now)
        // With nobody to take them over nothing can be done, whatever the time is.
        if (wans + wans6).contains(where: \.isReady) { sessionsDueAt = sessions.deadline }
        let families = carriedFamilies
        let gained = carried.map { families.subtracting($0) } ?? []
        carried = families
        return orders.map { .sweep($0.sweep) } + sweepWithoutNAT(gained, SessionSweep.Scope.strayed)
    }

    private func sessionWANs(_ family: IPFamily) -> [SessionCare.WAN] {
        settings.wans.compactMap { wan in
            guard let health = judgement.health(family, of: wan.name) else { return nil }
            let isSelected = wan.name == selection(family).wan
            return SessionCare.WAN(
                name: wan.name, mark: settings.markMask.mark(ofWAN: wan.number), drain: wan.drain, addresses: addresses(of: wan),
                isSelected: isSelected, keepsSessions: keepsSessions(health, family),
                isReady: isSelected && (health.state.isUsable || health.state == .recovering || health.isUnheard))
        }
    }

    /// Those whose new sessions a WAN carries, as far as anybody knows. While none does, another way may (somebody's default route in the LAN, a VPN), and
    /// what begins there gets no masquerade from us. It keeps its source for as long as it lasts, by whichever way it goes.
    var carriedFamilies: Set<IPFamily> {
        Set(IPFamily.allCases.filter(isCarried))
    }

    private func isCarried(_ family: IPFamily) -> Bool {
        guard let wan = selection(family).wan, let health = judgement.health(family, of: wan), keepsSessions(health, family) else {
            return false
        }
        let isPointToPoint = snapshot?.interface(health.wan.interface)?.isPointToPoint ?? false
        return switch family {
        case .v4: isPointToPoint || currentGateways[wan] != nil
        case .v6: health.wan.ipv6 == .masquerade && (isPointToPoint || currentGateways6[wan] != nil)
        }
    }

    private func addresses(of wan: WANSettings) -> [IPAddress] {
        guard let interface = snapshot?.interface(wan.interface) else { return [] }
        var own = interface.addresses.map { IPAddress.v4($0.address) }
        if wan.ipv6 == .masquerade { own += interface.addresses6.map { .v6($0.address) } }
        // One that a route names may be another interface's, `lo`'s above all.
        for case (let family, let source?) in (currentManners[wan.name] ?? [:]).map({ ($0.key, $0.value.source) })
        where (family == .v4 || wan.ipv6 == .masquerade) && !own.contains(source) { own.append(source) }
        return own
    }

    /// What was given a source that the box no longer has, once the rules give another. Masquerade lets go of such sessions by itself; these would keep
    /// theirs for as long as their clients send.
    mutating func sweepFormerSources() -> [Effect] {
        let now = fixedSources
        guard now != givenSources, isMasquerading else { return [] }
        let former = givenSources
        givenSources = now
        return healths.filter { keepsSessions($0) }.compactMap { health in
            let gone = Set((former[health.wan.name] ?? [:]).values).subtracting(addresses(of: health.wan))
            guard !gone.isEmpty else { return nil }
            let mark = settings.markMask.mark(ofWAN: health.wan.number)
            return .sweep(sessions.sweepAll(of: health.wan.name, mark: mark, mask: settings.markMask.bits).sweep)
        }
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
        let scope = order.sweep.scope
        // Those of other WANs aren't on the fast path. These would go on by it until the kernel looks for them.
        if order.wan.map({ wan in IPFamily.allCases.contains { selection($0).wan == wan } }) ?? true { fastPathTurn += 1 }
        // A failback may have been faster than the sweep. Where they went before it, nobody knows any more.
        let selected = selection(scope.family ?? .v4).wan
        return Happening.SessionsMoved(
            count: outcome.deleted, family: scope.family, from: order.wan, to: selected == order.wan ? nil : selected,
            isDrained: scope.endsDrain)
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
