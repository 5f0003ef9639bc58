internal import Glibc
package import Model
internal import Netlink
package import Plan

/// The real kernel, by netlink.
///
/// Not Sendable: it belongs to the one serial queue that it was made on. Every call blocks for as long as the kernel works at it, some
/// tens of microseconds for an order.
package final class LinuxKernel: Kernel {
    private let socket: NetlinkSocket
    /// The tables, beside main, that may hold routes of ours. nil: nobody has looked yet.
    private var ownTables: Set<UInt32>?

    /// How many messages the kernel has sent so far: tests measure by it how well the kernel filters for us.
    package var messagesReceived: Int { socket.messagesReceived }

    /// An interface that vanishes while a snapshot is taken makes it start over, so many times.
    private static let snapshotAttempts = 5

    package init() throws(KernelError) {
        do { socket = try NetlinkSocket() } catch { throw KernelError("opening a netlink socket", error) }
    }

    package func snapshot(of interfaces: Set<InterfaceName>, lan: [InterfaceName]) throws(KernelError) -> Snapshot {
        let names = interfaces.sorted()
        for _ in 1..<Self.snapshotAttempts {
            do {
                return try read(names, lan)
            } catch  where error.code == ENODEV {
                // An interface went away between two questions, and the kernel refuses to list the routes by one that isn't there.
            }
        }
        return try read(names, lan)
    }

    package func linkCounters(of index: UInt32) throws(KernelError) -> LinkCounters? {
        var counters: LinkCounters?
        do {
            try accepting(ENODEV) { () throws(NetlinkFailure) in
                counters = try socket.ask(LinkRequest.counters(of: index), LinkCounters.init)
            }
        } catch { throw KernelError("reading the counters of interface number \(index)", error) }
        return counters
    }

    package func apply(_ operation: Operation) throws(KernelError) {
        do {
            switch operation {
            case .addRoute(let route): try add(route)
            case .appendRoute(let route): try add(route, isLast: true)
            case .deleteRoute(let route): try delete(route)
            case .addRule(let rule): try add(rule)
            case .deleteRule(let rule):
                try accepting(ENOENT) { () throws(NetlinkFailure) in try socket.exchange(RuleRequest.delete(rule)) }
            case .set(let setting, let interface, let value): try set(setting, of: interface, to: value)
            }
        } catch {
            throw KernelError("\(operation)", error)
        }
    }
}

// Reading.
extension LinuxKernel {
    private func read(_ names: [InterfaceName], _ lan: [InterfaceName]) throws(KernelError) -> Snapshot {
        var snapshot = Snapshot()
        var nameOfIndex: [UInt32: InterfaceName] = [:]
        for name in names {
            do {
                guard var interface = try link(LinkRequest.get(name)), interface.name == name else { continue }
                let index = interface.index
                (interface.addresses, interface.addresses6) = try socket.addresses(of: index)
                snapshot.interfaces.append(interface)
                nameOfIndex[interface.index] = name
            } catch { throw KernelError("reading interface \(name)", error) }
        }
        do {
            let main = try defaultRoutes4()
            for interface in snapshot.interfaces {
                func name(_ index: UInt32) -> InterfaceName? { index == interface.index ? interface.name : nil }
                snapshot.routes += main.flatMap { $0.routes(name: name) }
                snapshot.routes += try defaultRoutes(.v6, table: Route.mainTable, by: interface.index)
                    .flatMap { $0.routes(name: name) }
            }
            // Ours in the main table by those interfaces have just been read. What is left may go out of any interface, say of a WAN
            // that the configuration has dropped.
            for route in try ourRoutes(main) where route.routeProtocol == Territory.routeProtocol {
                for hop in route.hops where nameOfIndex[hop.interface] == nil {
                    nameOfIndex[hop.interface] = try link(LinkRequest.get(index: hop.interface))?.name
                }
                snapshot.routes += route.routes { nameOfIndex[$0] }
                    .filter { $0.table != Route.mainTable || !names.contains($0.interface) }
            }
        } catch { throw KernelError("reading the routes", error) }
        var foreign: [ForeignRule] = []
        do {
            let all = try socket.dump(RuleRequest.dump(), RuleFound.init)
            snapshot.rules = all.compactMap(\.ours)
            foreign = all.compactMap(\.foreign)
        } catch { throw KernelError("reading the rules", error) }
        do {
            snapshot.wayOut = try wayOut(.v4)?.name
            snapshot.wayOut6 = try wayOut(.v6)?.name
            for interface in snapshot.interfaces where lan.contains(interface.name) && interface.isUp && interface.hasCarrier {
                for family in IPFamily.allCases {
                    guard let client = interface.client(family) else { continue }
                    let way = try wayOut(family, of: client, in: interface.index)
                    let rule = foreign.first { $0.family == family && $0.decides(way?.table) }
                    snapshot.clientWays.append(
                        ClientWay(lan: interface.name, family: family, interface: way?.name, table: way?.table, rule: rule?.priority))
                }
            }
        } catch { throw KernelError("looking up the way out", error) }
        return snapshot
    }

    /// nil: there is no such interface.
    private func link(_ request: consuming Request) throws(NetlinkFailure) -> Interface? {
        var found: Interface?
        try accepting(ENODEV) { () throws(NetlinkFailure) in
            found = try socket.ask(request, Interface.init)
        }
        return found
    }

    /// Dummy addresses, which no host may have, so nobody has a route of its own for them: RFC 7600, and RFC 9780 for IPv6. Documentation
    /// prefixes wouldn't do (labs use them), nor 100::/64 (it is there to be discarded, and routers have a route that does so).
    private static let nobody = IPAddress.v4(IPv4Address(bits: 0xc000_0008))
    private static let nobody6 = IPAddress.v6(IPv6Address(high: 0x0100_0000_0000_0001, low: 0))

    /// - Parameters:
    ///   - client: whose packet it is. nil: the box's own.
    ///   - incoming: the number of the interface that it comes in by.
    private func wayOut(
        _ family: IPFamily, of client: IPAddress? = nil, in incoming: UInt32? = nil
    ) throws(NetlinkFailure) -> (name: InterfaceName, table: UInt32?)? {
        let lookup = RouteLookup(family == .v4 ? Self.nobody : Self.nobody6, from: client, in: incoming)
        do {
            let found = try socket.lookUp(lookup)
            // To a client the kernel answers with a way that goes nowhere, where the box itself gets an error.
            guard found.isUnicast, let index = found.interface, let name = try link(LinkRequest.get(index: index))?.name else { return nil }
            return (name, found.table)
        } catch  where [ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL, EXDEV, EAFNOSUPPORT, EOPNOTSUPP].contains(error.code) {
            // No route, or one that says unreachable, prohibit or blackhole; or none back to the client; or there is no such family.
            return nil
        }
    }

    /// Of the main table, whatever they lead by. A box that speaks BGP has a million others, so no more of the list is read than its beginning.
    private func defaultRoutes4() throws(NetlinkFailure) -> [KernelRoute] {
        var found: [KernelRoute] = []
        try acceptingNoFamily { () throws(NetlinkFailure) in
            try socket.readBeginning(of: RouteRequest.dump(.v4, table: Route.mainTable)) { reply in
                guard beginsAtZero(reply) else { return false }
                if let route = KernelRoute(reply), route.family == .v4, route.table == Route.mainTable { found.append(route) }
                return true
            }
        }
        return found
    }

    /// IPv6's the kernel lists from the leaves of its tree to the root, the defaults last: it has to walk them all, but sends only those by this interface.
    private func defaultRoutes(_ family: IPFamily, table: UInt32, by interface: UInt32) throws(NetlinkFailure) -> [KernelRoute] {
        if family == .v4, table == Route.mainTable {
            return try defaultRoutes4().filter { $0.hops.contains { $0.interface == interface } }
        }
        return try routes(family, RouteRequest.dump(family, table: table, interface: interface)).filter { $0.table == table }
    }

    /// - Parameter main: IPv4's default routes of the main table.
    private func ourRoutes(_ main: [KernelRoute]) throws(NetlinkFailure) -> [KernelRoute] {
        guard let ownTables else {
            // Of an earlier run there may be some anywhere. Each list of all tables is a walk through all that they hold.
            var ours: [KernelRoute] = []
            for family in IPFamily.allCases { ours += try routes(family, RouteRequest.dump(family, protocol: Territory.routeProtocol)) }
            ownTables = Set(ours.map(\.table)).subtracting([Route.mainTable])
            return ours
        }
        var ours = main
        try ours += routes(.v6, RouteRequest.dump(.v6, table: Route.mainTable, protocol: Territory.routeProtocol))
        for table in ownTables.sorted() {
            for family in IPFamily.allCases {
                ours += try routes(family, RouteRequest.dump(family, table: table)).filter { $0.table == table }
            }
        }
        return ours
    }

    private func routes(_ family: IPFamily, _ request: consuming Request) throws(NetlinkFailure) -> [KernelRoute] {
        var found: [KernelRoute] = []
        try acceptingNoFamily { () throws(NetlinkFailure) in
            // ENOENT: the table itself appears with its first route.
            try accepting(ENOENT) { () throws(NetlinkFailure) in
                // A kernel without IPv6 lists IPv4's in their place.
                found = try socket.dump(request, KernelRoute.init).filter { $0.family == family }
            }
        }
        return found
    }

    private func rules() throws(NetlinkFailure) -> [Rule] {
        try socket.dump(RuleRequest.dump(), KernelRule.init).filter { $0.routeProtocol == Territory.routeProtocol }.map(\.rule)
    }
}

// Changing.
extension LinuxKernel {
    private func add(_ route: Route, isLast: Bool = false) throws(NetlinkFailure) {
        let index = try index(of: route.interface)
        if route.isOurs, route.table != Route.mainTable { ownTables?.insert(route.table) }
        guard route.family == .v6 else {
            return try accepting(EEXIST) { () throws(NetlinkFailure) in
                try socket.exchange(RouteRequest.add(route, interface: index, isLast: isLast))
            }
        }
        do {
            let lifetime = route.isOurs ? nil : try lifetime(of: route, index)
            try socket.exchange(RouteRequest.add(route, interface: index, lifetime: lifetime))
        } catch  where error.code == EEXIST {
            // Not necessarily this one: in IPv6 nothing but table, metric, gateway and interface tells routes apart.
            let name = { (hop: UInt32) in hop == index ? route.interface : nil }
            guard try defaultRoutes(.v6, table: route.table, by: index).contains(where: { $0.routes(name: name).contains(route) }) else {
                throw NetlinkFailure(EEXIST, words: "another route of the same metric by the same gateway stands in its place")
            }
        }
    }

    /// What others' routes have of it goes with them when they are moved: without it, a router that is gone would be believed in for ever.
    private func lifetime(of route: Route, _ interface: UInt32) throws(NetlinkFailure) -> UInt32? {
        // Of the original and a copy that stands already, the longer one: it is the fresher.
        try defaultRoutes(.v6, table: route.table, by: interface)
            .filter { $0.routeProtocol == route.routeProtocol && $0.hops.contains { $0.gateway == route.gateway } }
            .compactMap(\.lifetime).max().map { UInt32(($0 + 99) / 100) }
    }

    /// The route is looked for first: to the kernel a metric of 0, no source and no gateway each mean "any", so a bare order
    /// could delete its neighbour once it is gone itself.
    private func delete(_ route: Route) throws(NetlinkFailure) {
        guard let interface = try link(LinkRequest.get(route.interface)), interface.name == route.interface else { return }
        let candidates = try defaultRoutes(route.family, table: route.table, by: interface.index)
        let name = { (index: UInt32) in index == interface.index ? interface.name : nil }
        guard let place = candidates.firstIndex(where: { $0.routes(name: name).contains(route) }) else { return }
        let found = candidates[place]
        // A route that differs by nothing but having a source or more metrics (IPv6: a gateway), and stands in front, would be deleted in its place. No
        // order can name the one behind it.
        if candidates[..<place].contains(where: { $0.isDeleted(by: found) }) {
            throw NetlinkFailure(
                EBUSY,
                words:
                    "a route that differs from it by its \(route.family == .v4 ? "source or metrics" : "gateway") only stands in front of it"
            )
        }
        // ESRCH: somebody else was faster.
        try accepting(ESRCH) { () throws(NetlinkFailure) in
            try socket.exchange(RouteRequest.delete(route, found, interface: interface.index))
        }
    }

    private func add(_ rule: Rule) throws(NetlinkFailure) {
        do {
            try socket.exchange(RuleRequest.add(rule, exclusive: true))
        } catch  where error.code == EEXIST {
            // Not necessarily ours: the kernel doesn't compare the owners (`rule_exists` in net/core/fib_rules.c). Somebody else's would
            // do the same work, until its owner takes it away; and no snapshot would ever show it.
            if try !rules().contains(rule) { try socket.exchange(RuleRequest.add(rule, exclusive: false)) }
        }
    }

    private func set(_ setting: DeviceSetting, of interface: InterfaceName, to value: Int) throws(NetlinkFailure) {
        guard let value = Int32(exactly: value) else { throw NetlinkFailure(EINVAL) }
        let index = try index(of: interface)
        try socket.exchange(LinkRequest.set(setting, of: index, to: UInt32(bitPattern: value)))
    }

    /// Looked up each time: a modem that was replugged has another number.
    private func index(of interface: InterfaceName) throws(NetlinkFailure) -> UInt32 {
        guard let found = try link(LinkRequest.get(interface)), found.name == interface else {
            throw NetlinkFailure(ENODEV, words: "there is no interface \(interface)")
        }
        return found.index
    }
}

/// Runs `body`; that it fails with `code` is as good as success.
private func accepting(_ code: Int32, _ body: () throws(NetlinkFailure) -> Void) throws(NetlinkFailure) {
    do { try body() } catch  where error.code == code {}
}

/// A kernel that was told to do without IPv6 (`ipv6.disable=1`) has nothing to list, and says so with one of these.
private func acceptingNoFamily(_ body: () throws(NetlinkFailure) -> Void) throws(NetlinkFailure) {
    do { try body() } catch  where [EAFNOSUPPORT, EOPNOTSUPP].contains(error.code) {}
}

extension KernelError {
    init(_ operation: String, _ failure: NetlinkFailure) {
        var text = String(cString: strerror(failure.code))
        if let words = failure.words { text += " (\(words))" }
        if failure.code == EPERM { text += "; CAP_NET_ADMIN is needed" }
        self.init(operation: operation, code: failure.code, text: text)
    }
}
