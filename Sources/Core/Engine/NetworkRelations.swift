package import Model

/// How the networks of the LAN, of the WANs and of what is asked lie to each other. Where they overlap, nothing says so by failing at once: answers
/// go out by the wrong side, and clients are told nothing.
package struct NetworkRelations {
    package var problems: [StatusProblem] = []

    /// - Parameter files: with the box's own resolvers, where nobody proves them meanwhile.
    package init(_ settings: Settings, in snapshot: Snapshot, files: BoxFiles = BoxFiles()) {
        for lan in settings.lan.compactMap(snapshot.interface) {
            for wan in settings.wans where wan.interface != lan.name {
                guard let outside = snapshot.interface(wan.interface), let (a, b) = Self.overlap(lan, outside) else { continue }
                problems.append(.overlapping(lan: lan.name, network: a, wan: wan.name, wanNetwork: b))
            }
            for wan in settings.wans {
                for target in wan.probe.targets {
                    guard let address = target.question.address, lan.networkHolds(address) else { continue }
                    problems.append(.targetInLAN(wan: wan.name, target: target.description, lan: lan.name))
                }
            }
        }
        for wan in settings.wans where snapshot.interface(wan.interface) != nil {
            let hasIPv6 = GatewayBook.gateway6(of: wan, in: snapshot, undo: Undo()) != nil
            guard ResolverWay(files.resolvers, by: wan, hasIPv6: hasIPv6, settings, in: snapshot) == .elsewhere else { continue }
            problems.append(.resolverSilent(wan.name, .elsewhere, files.resolvers))
        }
    }

    private static func overlap(_ one: Interface, _ other: Interface) -> (String, String)? {
        for a in one.addresses {
            for b in other.addresses where a.contains(b.address) || b.contains(a.address) { return ("\(a)", "\(b)") }
        }
        // Every interface has fe80::/64.
        for a in one.addresses6 where !a.address.isLinkLocal {
            for b in other.addresses6 where !b.address.isLinkLocal && (a.contains(b.address) || b.contains(a.address)) {
                return ("\(a)", "\(b)")
            }
        }
        return nil
    }
}

extension Interface {
    func networkHolds(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): addresses.contains { $0.contains(address) }
        case .v6(let address): addresses6.contains { !$0.address.isLinkLocal && $0.contains(address) }
        }
    }
}

extension Question {
    /// That which is asked, where the configuration names it by its address.
    fileprivate var address: IPAddress? {
        switch self {
        case .echo(.address(let address)), .connect(let address, _): return address
        case .dns(let question): if case .address(let address) = question.server { return address }
        case .http(let question): return question.resolver
        case .echo(.gateway), .neighbour, .exec: break
        }
        return nil
    }
}
