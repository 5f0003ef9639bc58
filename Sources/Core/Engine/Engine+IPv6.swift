package import Model

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
