package import Health
package import Model
import Selection

extension Engine {
    package func gateway6(of wan: WANName) -> IPv6Address? { currentGateways6[wan] }

    /// What keeps clients from IPv6 though a WAN has it. The kernel takes these settings by no netlink message, so they are the
    /// administrator's; nothing is said where IPv6 isn't in use.
    package var ipv6Problems: [StatusProblem] {
        guard let snapshot, !currentGateways6.isEmpty else { return [] }
        var problems: [StatusProblem] = []
        if settings.lan.compactMap(snapshot.interface).contains(where: { $0.reachesBeyondLink6 && $0.forwards6 == false }) {
            problems.append(.lanNotForwarded6)
        }
        for wan in settings.wans where wan.ipv6 == .masquerade && currentGateways6[wan.name] == nil {
            guard let interface = snapshot.interface(wan.interface), interface.forwards6 == true, interface.acceptsRA == 1 else { continue }
            problems.append(.advertisementsRefused(wan.interface))
        }
        return problems
    }
}

// Where the IPv6 of a WAN is judged by itself.
extension Engine {
    /// How the IPv6 of this WAN is. nil: it isn't judged by itself.
    package func healthOfIPv6(_ wan: WANName) -> WANHealth? {
        judgement.isJudgedApart(wan) ? judgement.health(.v6, of: wan) : nil
    }

    /// The same in both families is told once, of the WAN.
    mutating func familyChanges(_ changes: [Judgement.Change], at now: Instant) -> [Happening] {
        var told: Set<WANName> = []
        var happenings: [Happening] = []
        for change in changes where told.insert(change.wan).inserted {
            guard let six = healthOfIPv6(change.wan), let four = judgement.health(.v4, of: change.wan),
                six.state.told != change.before?.told
            else { continue }
            let isApart = six.state.told != four.state.told
            guard isApart || toldApart.contains(change.wan) else { continue }
            if isApart { toldApart.insert(change.wan) } else { toldApart.remove(change.wan) }
            // At the start one is heard of a moment before the other.
            guard change.before != nil, change.before != .unknown || six.state != .up else { continue }
            happenings.append(
                .ipv6Changed(
                    Happening.HealthChange(
                        wan: change.wan, before: change.before, health: six.state, fault: six.fault, loss: six.quality.loss,
                        roundTrip: six.quality.mean, condition: condition(of: six, at: now))))
        }
        return happenings
    }

    /// IPv6 goes by another WAN than before, and not because it follows.
    func familySwitch(from old: WANName?, first: WANName?, at now: Instant) -> [Happening] {
        let new = selection(.v6).wan
        guard judgement.selectionOfIPv6 != nil, new != old, old != nil || first != nil, !(old == first && new == selection.wan) else {
            return []
        }
        let metric = { (name: WANName?) in name.flatMap { settings[$0]?.metric } ?? .max }
        return [
            .ipv6Switched(
                IPv6Switch(
                    from: old, to: new, direction: metric(old) < metric(new) ? .failover : .failback, reason: reason(.v6, at: now)))
        ]
    }

    /// IPv6 doesn't go by the WAN that is selected, since it doesn't work there.
    func ipv6Fault(at now: Instant) -> StatusProblem? {
        guard let six = judgement.selectionOfIPv6 else { return nil }
        guard let carrier = six.wan else {
            // Where nobody offers any, there is nothing to be missed.
            return judgement.healthsOfIPv6.contains { judgement.hasIPv6($0.wan.name) } ? .noIPv6(reason(.v6, at: now)) : nil
        }
        guard let wan = selection.wan, carrier != wan, let health = healthOfIPv6(wan), !isUsable(health), health.state != .unknown else {
            return nil
        }
        return .ipv6Elsewhere(wan, condition(of: health, at: now), to: carrier)
    }
}

extension HealthState {
    /// A suspicion is no news of one family: it leads to something or to nothing.
    fileprivate var told: HealthState {
        switch self {
        case .suspect, .unknown: .up
        case .absent, .noCarrier, .noGateway, .up, .down, .recovering, .impaired: self
        }
    }
}
