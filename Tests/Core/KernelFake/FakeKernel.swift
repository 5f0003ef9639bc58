internal import Glibc
package import Model
package import Plan

/// A kernel in memory, for tests. It keeps Linux's rules as far as the program can feel them; the contract suite runs on both and
/// holds them together.
package final class FakeKernel: Kernel {
    private var devices: [InterfaceName: Interface] = [:]
    /// In the kernel's order: within a table by metric, and among equals the newest first with IPv4, the oldest with IPv6.
    private var routes: [Route] = []
    private var rules: [Rule] = []
    private var lastIndex: UInt32 = 1

    /// What was applied with success, in order.
    package private(set) var applied: [Operation] = []
    /// Operations that fail, and with which errno: for tests of what happens then.
    package var refused: [Operation: Int32] = [:]
    /// The next snapshots fail with this errno.
    package var refusedSnapshots: Int32?

    /// The ways of clients that somebody's rules decide.
    package var strays: [ClientWay] = []
    /// What has gone through each interface.
    package var counters: [InterfaceName: LinkCounters] = [:]

    package init() {}

    package func snapshot(of interfaces: Set<InterfaceName>, lan: [InterfaceName]) throws(KernelError) -> Snapshot {
        if let code = refusedSnapshots { throw KernelError(operation: "reading", code) }
        let present = interfaces.sorted().compactMap { devices[$0] }
        let shown = routes.map(shown)
        let main = present.flatMap { device in
            shown.filter { $0.table == Route.mainTable && $0.interface == device.name }
        }
        let ours = shown.filter { $0.isOurs && ($0.table != Route.mainTable || !interfaces.contains($0.interface)) }
        return Snapshot(
            interfaces: present, routes: main + ours, rules: rules, wayOut: wayOut(.v4), wayOut6: wayOut(.v6),
            clientWays: clientWays(present.filter { lan.contains($0.name) }))
    }

    /// As it is, also while nobody can read it.
    package func device(_ name: InterfaceName) -> Interface? { devices[name] }

    package func linkCounters(of index: UInt32) -> LinkCounters? {
        devices.values.first { $0.index == index }.map { counters[$0.name] ?? LinkCounters(received: 0, sent: 0) }
    }

    private func wayOut(_ family: IPFamily) -> InterfaceName? {
        let usable = routes.filter { route in
            // The setting is IPv4's alone.
            route.family == family && route.table == Route.mainTable
                && devices[route.interface].map {
                    $0.isUp && ($0.hasCarrier || family == .v6 || $0.settings[.ignoreRoutesWithLinkDown] != 1)
                } ?? false
        }
        // min(by:) keeps the earlier of equals, as the kernel does.
        return usable.min { $0.metric < $1.metric }?.interface
    }

    /// In the fake there are no rules of others, but for `strays`.
    private func clientWays(_ lan: [Interface]) -> [ClientWay] {
        lan.flatMap { interface in
            IPFamily.allCases.compactMap { family in
                guard interface.client(family) != nil else { return nil }
                return strays.first { $0.lan == interface.name && $0.family == family }
                    ?? ClientWay(lan: interface.name, family: family, interface: wayOut(family), table: Route.mainTable)
            }
        }
    }

    /// IPv6 routes of one metric by several gateways are one route, which has the owner of the first.
    private func shown(_ route: Route) -> Route {
        guard route.family == .v6, route.gateway != nil else { return route }
        let first = routes.first { $0.family == .v6 && $0.table == route.table && $0.metric == route.metric && $0.gateway != nil }
        var shown = route
        shown.routeProtocol = first?.routeProtocol ?? route.routeProtocol
        return shown
    }

    package func apply(_ operation: Operation) throws(KernelError) {
        if let code = refused[operation] { throw KernelError(operation: "\(operation)", code) }
        switch operation {
        case .addRoute(let route), .appendRoute(let route):
            if let code = route.family == .v4 ? obstacle(to: route) : obstacle6(to: route) {
                throw KernelError(operation: "\(operation)", code)
            }
            if case .appendRoute = operation { add(route, isLast: true) } else { add(route) }
        case .deleteRoute(let route):
            guard !isHidden(route) else { throw KernelError(operation: "\(operation)", EBUSY) }
            routes = routes.filter { shown($0) != route }
        case .addRule(let rule):
            if !rules.contains(rule) {
                rules.insert(rule, at: rules.firstIndex { $0.family == rule.family && $0.priority > rule.priority } ?? rules.endIndex)
            }
        case .deleteRule(let rule): rules.removeAll { $0 == rule }
        case .set(let setting, let name, let value):
            guard devices[name] != nil else { throw KernelError(operation: "\(operation)", ENODEV) }
            devices[name]?.settings[setting] = value
        }
        applied.append(operation)
    }

    /// `fib_check_nh` and `fib_create_info` in net/ipv4/fib_semantics.c.
    private func obstacle(to route: Route) -> Int32? {
        guard let device = devices[route.interface] else { return ENODEV }
        if route.gateway == nil || route.isOnLink {
            guard device.isUp else { return ENETDOWN }
        } else {
            // The way to the gateway is the route to an address's network, which goes when the interface is taken down.
            guard device.isUp, case .v4(let gateway) = route.gateway, device.addresses.contains(where: { $0.contains(gateway) }) else {
                return ENETUNREACH
            }
        }
        if case .v4(let source) = route.source, !devices.values.contains(where: { $0.addresses.contains { $0.address == source } }) {
            return EINVAL
        }
        return nil
    }

    /// `fib6_nh_init` and `ip6_route_info_create` in net/ipv6/route.c, `fib6_add_rt2node` in net/ipv6/ip6_fib.c.
    private func obstacle6(to route: Route) -> Int32? {
        guard let device = devices[route.interface] else { return ENODEV }
        guard device.isUp else { return ENETDOWN }
        if case .v6(let gateway) = route.gateway, !gateway.isLinkLocal, !route.isOnLink {
            guard device.addresses6.contains(where: { $0.contains(gateway) }) else { return EHOSTUNREACH }
        }
        if case .v6(let source) = route.source, !devices.values.contains(where: { $0.addresses6.contains { $0.address == source } }) {
            return EINVAL
        }
        let double = routes.first {
            $0.family == .v6 && $0.table == route.table && $0.metric == route.metric && $0.gateway == route.gateway
                && $0.interface == route.interface
        }
        return double.map { $0 == route } ?? true ? nil : EEXIST
    }

    /// An order to delete a route without a source or metrics (IPv6: without a gateway) matches any, and Linux takes the first that matches
    /// (`fib_table_delete`, `ip6_route_del`).
    private func isHidden(_ route: Route) -> Bool {
        guard routes.contains(route) else { return false }
        if route.family == .v6 {
            guard route.gateway == nil else { return false }
            let first = routes.first {
                $0.family == .v6 && $0.table == route.table && $0.metric == route.metric && $0.interface == route.interface
                    && $0.routeProtocol == route.routeProtocol
            }
            return first != route
        }
        let first = routes.first {
            var other = $0
            if route.source == nil { other.source = nil }
            if route.metrics.isPart(of: other.metrics) { other.metrics = route.metrics }
            return other == route
        }
        return first != route
    }

    private func add(_ route: Route, isLast: Bool = false) {
        guard !routes.contains(route) else { return }
        let place = routes.firstIndex {
            $0.family == route.family && $0.table == route.table
                && ($0.metric > route.metric || $0.metric == route.metric && route.family == .v4 && !isLast)
        }
        routes.insert(route, at: place ?? routes.endIndex)
    }
}

/// The world around the kernel: cables, modems, DHCP clients.
extension FakeKernel {
    /// A new interface, with a number that none had before.
    package func plug(
        _ name: InterfaceName, addresses: [IPv4Prefix] = [], addresses6: [IPv6Prefix] = [], isUp: Bool = true, hasCarrier: Bool = true,
        isPointToPoint: Bool = false, mtu: Int? = nil
    ) {
        unplug(name)
        lastIndex += 1
        devices[name] = Interface(
            name: name, index: lastIndex, isUp: isUp, hasCarrier: isUp && hasCarrier, isPointToPoint: isPointToPoint,
            addresses: addresses, addresses6: addresses6,
            settings: Dictionary(uniqueKeysWithValues: DeviceSetting.allCases.map { ($0, 0) }), forwards6: false, acceptsRA: 1, mtu: mtu)
    }

    /// It takes its routes along.
    package func unplug(_ name: InterfaceName) {
        guard devices.removeValue(forKey: name) != nil else { return }
        routes.removeAll { $0.interface == name }
    }

    /// An interface that is taken down loses its routes, and doesn't get them back when it comes up. It keeps its IPv4 addresses.
    package func setUp(_ isUp: Bool, _ name: InterfaceName) {
        devices[name]?.isUp = isUp
        devices[name]?.hasCarrier = isUp
        if !isUp {
            routes.removeAll { $0.interface == name }
            devices[name]?.addresses6 = []
        }
    }

    /// Routes stay when a cable is pulled.
    package func setCarrier(_ hasCarrier: Bool, _ name: InterfaceName) { devices[name]?.hasCarrier = hasCarrier }

    /// With its last address an interface loses its routes; with any, those that had it for their source.
    package func setAddresses(_ addresses: [IPv4Prefix], of name: InterfaceName) {
        guard let old = devices[name]?.addresses else { return }
        devices[name]?.addresses = addresses
        let gone = Set(old.map(\.address)).subtracting(addresses.map(\.address))
        routes.removeAll { route in
            if case .v4(let source) = route.source, gone.contains(source) { return true }
            return route.family == .v4 && route.interface == name && addresses.isEmpty && !old.isEmpty
        }
    }

    /// IPv6 routes stay.
    package func setAddresses6(_ addresses: [IPv6Prefix], of name: InterfaceName) { devices[name]?.addresses6 = addresses }

    /// What somebody else did, without an entry in `applied`: a DHCP client's route, say.
    package func addForeign(_ route: Route) { add(route) }
    package func deleteForeign(_ route: Route) { routes.removeAll { $0 == route } }

    /// Everything there is, whoever made it.
    package var allRoutes: [Route] { routes }
    package var allRules: [Rule] { rules }
}

extension KernelError {
    fileprivate init(operation: String, _ code: Int32) {
        self.init(operation: operation, code: code, text: String(cString: strerror(code)))
    }
}
