package import Model

/// Which gateway each WAN has.
///
/// The configuration's word comes first, then the default route of somebody else (a DHCP client) on the WAN's interface, then our own
/// route, which an earlier run may have left. A DHCP client that couldn't make its route (dhclient without a metric makes only the first of two) has
/// written down the router all the same, and is believed next to its route. When all of those are gone we still believe what we knew, as long as the interface is the
/// same and has an address in the gateway's network: `ip route del default` takes a route away, not the gateway.
package struct GatewayBook: Equatable, Sendable {
    private struct Entry: Equatable {
        var gateway: IPv4Address
        var interfaceIndex: UInt32
        /// What a route still says, and a later lease doesn't.
        var former: IPv4Address?
    }
    private struct Lesson: Equatable {
        var gateway: IPAddress?
        var interfaceIndex: UInt32
        var manner: RouteManner
    }
    private var known: [WANName: Entry] = [:]
    private var lessons: [WANName: [IPFamily: Lesson]] = [:]

    package init() {}

    /// - Parameter leases: of the WAN's interface, as its DHCP clients have written them down.
    package mutating func gateway(
        of wan: WANSettings, in snapshot: Snapshot, undo: Undo, leases: [GatewayLease] = []
    ) -> IPv4Address? {
        if let configured = wan.gateway { return configured }
        guard let interface = snapshot.interface(wan.interface) else {
            known[wan.name] = nil
            return nil
        }
        // A lease is over when its address is gone: the client takes that away, whatever its file still says.
        let leased = leases.filter { lease in
            lease.gateway != lease.address && interface.addresses.contains { $0.address == lease.address && $0.contains(lease.gateway) }
        }.map(\.gateway)
        if case .v4(let gateway) = Self.taught(.v4, wan, snapshot, undo) {
            var entry = Entry(gateway: gateway, interfaceIndex: interface.index)
            // dhclient's script leaves the route as it is when a renewal brings another router, and its file forgets the lease before some day.
            let former = known[wan.name].flatMap { $0.interfaceIndex == interface.index ? $0.former : nil }
            if let last = leased.last, last != gateway, leased.contains(gateway) || former == gateway {
                (entry.gateway, entry.former) = (last, gateway)
            }
            known[wan.name] = entry
            return entry.gateway
        }
        if let gateway = leased.last {
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

    /// How somebody else's default route by this gateway sends; then our own one, which had it from there. When both are gone we still believe what we
    /// knew, but for a source that the interface no longer has: the kernel would take no such route.
    /// - Parameter gateway: nil for none: a point-to-point interface.
    package mutating func manner(
        _ family: IPFamily, of wan: WANSettings, by gateway: IPAddress?, in snapshot: Snapshot, undo: Undo
    ) -> RouteManner {
        guard let interface = snapshot.interface(wan.interface) else {
            lessons[wan.name]?[family] = nil
            return RouteManner()
        }
        let own = snapshot.routes.first {
            $0.isOurs && $0.family == family && $0.interface == wan.interface && $0.table == Route.mainTable && $0.gateway == gateway
        }
        if let route = Self.teacher(family, wan, snapshot, undo, where: { $0.gateway == gateway }) ?? own {
            lessons[wan.name, default: [:]][family] = Lesson(gateway: gateway, interfaceIndex: interface.index, manner: route.manner)
            return route.manner
        }
        guard let lesson = lessons[wan.name]?[family], lesson.gateway == gateway, lesson.interfaceIndex == interface.index else {
            lessons[wan.name]?[family] = nil
            return RouteManner()
        }
        var manner = lesson.manner
        if let source = manner.source, !interface.has(source) { manner.source = nil }
        return manner
    }

    /// What somebody else's default route says.
    private static func taught(_ family: IPFamily, _ wan: WANSettings, _ snapshot: Snapshot, _ undo: Undo) -> IPAddress? {
        teacher(family, wan, snapshot, undo, where: { $0.gateway != nil })?.gateway
    }

    private static func teacher(
        _ family: IPFamily, _ wan: WANSettings, _ snapshot: Snapshot, _ undo: Undo, where fits: (Route) -> Bool
    ) -> Route? {
        let routes = snapshot.routes.filter {
            !$0.isOurs && $0.family == family && $0.interface == wan.interface && $0.table == Route.mainTable && fits($0)
        }
        let copies = undo.displaced.map(\.metric).map { $0 + Territory.displacement }
        // Of two routers on one link the one that calls itself better.
        let comesFirst = { (a: Route, b: Route) in a.metric < b.metric || a.metric == b.metric && a.preference > b.preference }
        // A fresh route of the DHCP client is news; the copy that we moved behind is what it said before.
        return routes.filter { !copies.contains($0.metric) }.min(by: comesFirst) ?? routes.min(by: comesFirst)
    }

    package mutating func forget(except wans: [WANSettings]) {
        known = known.filter { entry in wans.contains { $0.name == entry.key } }
        lessons = lessons.filter { entry in wans.contains { $0.name == entry.key } }
    }
}

extension Engine {
    /// Whose files are to be read, with the kernel's numbers.
    package func interfacesOfFiles(in snapshot: Snapshot) -> [InterfaceName: UInt32] {
        let indices = settings.wans.compactMap { wan in snapshot.interface(wan.interface).map { (wan.interface, $0.index) } }
        return Dictionary(indices) { first, _ in first }
    }

    /// Whom this WAN's DHCP server wants to be asked for names.
    package func resolvers(of wan: WANSettings) -> [IPv4Address] {
        guard let interface = snapshot?.interface(wan.interface) else { return [] }
        return files.leases[wan.interface]?.last { interface.has(.v4($0.address)) }?.resolvers ?? []
    }
}

extension Interface {
    func has(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): addresses.contains { $0.address == address }
        case .v6(let address): addresses6.contains { $0.address == address }
        }
    }
}
