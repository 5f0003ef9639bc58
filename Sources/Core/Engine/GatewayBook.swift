package import Model

/// Which gateway each WAN has.
///
/// The configuration's word comes first, then the default route of somebody else (a DHCP client) on the WAN's interface, then our own
/// route, which an earlier run may have left. When all of those are gone we still believe what we knew, as long as the interface is the
/// same and has an address in the gateway's network: `ip route del default` takes a route away, not the gateway.
package struct GatewayBook: Equatable, Sendable {
    private struct Entry: Equatable {
        var gateway: IPv4Address
        var interfaceIndex: UInt32
    }
    private var known: [WANName: Entry] = [:]

    package init() {}

    package mutating func gateway(of wan: WANSettings, in snapshot: Snapshot, undo: Undo) -> IPv4Address? {
        if let configured = wan.gateway { return configured }
        guard let interface = snapshot.interface(wan.interface) else {
            known[wan.name] = nil
            return nil
        }
        if case .v4(let gateway) = Self.taught(.v4, wan, snapshot, undo) {
            known[wan.name] = Entry(gateway: gateway, interfaceIndex: interface.index)
            return gateway
        }
        let own = snapshot.routes.first {
            $0.isOurs && $0.family == .v4 && $0.interface == wan.interface && $0.table == Route.mainTable && $0.gateway != nil
        }
        if known[wan.name] == nil, case .v4(let own) = own?.gateway {
            known[wan.name] = Entry(gateway: own, interfaceIndex: interface.index)
        }
        guard let entry = known[wan.name], entry.interfaceIndex == interface.index,
            interface.addresses.contains(where: { $0.contains(entry.gateway) })
        else {
            known[wan.name] = nil
            return nil
        }
        return entry.gateway
    }

    /// IPv6's is the foreign default route's for as long as that stands, and then no more: an advertisement has a lifetime, and that a
    /// link-local gateway could still be reached says nothing.
    package static func gateway6(of wan: WANSettings, in snapshot: Snapshot, undo: Undo) -> IPv6Address? {
        guard wan.ipv6 == .masquerade, case .v6(let gateway) = taught(.v6, wan, snapshot, undo) else { return nil }
        return gateway
    }

    /// What somebody else's default route says.
    private static func taught(_ family: IPFamily, _ wan: WANSettings, _ snapshot: Snapshot, _ undo: Undo) -> IPAddress? {
        let routes = snapshot.routes.filter {
            !$0.isOurs && $0.family == family && $0.interface == wan.interface && $0.table == Route.mainTable && $0.gateway != nil
        }
        let copies = undo.displaced.map(\.metric).map { $0 + Territory.displacement }
        // Of two routers on one link the one that calls itself better.
        let comesFirst = { (a: Route, b: Route) in a.metric < b.metric || a.metric == b.metric && a.preference > b.preference }
        // A fresh route of the DHCP client is news; the copy that we moved behind is what it said before.
        let teacher = routes.filter { !copies.contains($0.metric) }.min(by: comesFirst) ?? routes.min(by: comesFirst)
        return teacher?.gateway
    }

    package mutating func forget(except wans: [WANSettings]) {
        known = known.filter { entry in wans.contains { $0.name == entry.key } }
    }
}
