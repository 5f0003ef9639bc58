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
        let routes = snapshot.routes.filter { $0.interface == wan.interface && $0.table == Route.mainTable && $0.gateway != nil }
        let copies = undo.displaced.map(\.metric).map { $0 + Territory.displacement }
        let teacher =
            // A fresh route of the DHCP client is news; the copy that we moved behind is what it said before.
            routes.filter { !$0.isOurs && !copies.contains($0.metric) }.min { $0.metric < $1.metric }
            ?? routes.filter { !$0.isOurs }.min { $0.metric < $1.metric }
        if let gateway = teacher?.gateway {
            known[wan.name] = Entry(gateway: gateway, interfaceIndex: interface.index)
            return gateway
        }
        if known[wan.name] == nil, let own = routes.first(where: \.isOurs)?.gateway {
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

    package mutating func forget(except wans: [WANSettings]) {
        known = known.filter { entry in wans.contains { $0.name == entry.key } }
    }
}
