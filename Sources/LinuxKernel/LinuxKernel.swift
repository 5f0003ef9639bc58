internal import Glibc
package import Model
package import Plan

/// The real kernel, by netlink.
///
/// Not Sendable: it belongs to the one serial queue that it was made on. Every call blocks for as long as the kernel works at it, some
/// tens of microseconds for an order.
package final class LinuxKernel: Kernel {
    private let socket: NetlinkSocket

    /// How many messages the kernel has sent so far: tests measure by it how well the kernel filters for us.
    package var messagesReceived: Int { socket.messagesReceived }

    /// An interface that vanishes while a snapshot is taken makes it start over, so many times.
    private static let snapshotAttempts = 5

    package init() throws(KernelError) {
        do { socket = try NetlinkSocket() } catch { throw KernelError("opening a netlink socket", error) }
    }

    package func snapshot(of interfaces: Set<InterfaceName>) throws(KernelError) -> Snapshot {
        let names = interfaces.sorted()
        for _ in 1..<Self.snapshotAttempts {
            do {
                return try read(names)
            } catch  where error.code == ENODEV {
                // An interface went away between two questions, and the kernel refuses to list the routes by one that isn't there.
            }
        }
        return try read(names)
    }

    /// nil: there is no such interface. One question, a few microseconds.
    package func linkCounters(of index: UInt32) throws(KernelError) -> LinkCounters? {
        var counters: LinkCounters?
        do {
            try accepting(ENODEV) { () throws(NetlinkFailure) in
                try socket.exchange(LinkRequest.counters(of: index)) { counters = LinkCounters($0) ?? counters }
            }
        } catch { throw KernelError("reading the counters of interface number \(index)", error) }
        return counters
    }

    package func apply(_ operation: Operation) throws(KernelError) {
        do {
            switch operation {
            case .addRoute(let route): try add(route)
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
    private func read(_ names: [InterfaceName]) throws(KernelError) -> Snapshot {
        var snapshot = Snapshot()
        var nameOfIndex: [UInt32: InterfaceName] = [:]
        for name in names {
            do {
                guard var interface = try link(LinkRequest.get(name)), interface.name == name else { continue }
                interface.addresses = try socket.dump(LinkRequest.addresses(of: interface.index)) { IPv4Prefix($0, of: interface.index) }
                snapshot.interfaces.append(interface)
                nameOfIndex[interface.index] = name
            } catch { throw KernelError("reading interface \(name)", error) }
        }
        do {
            for interface in snapshot.interfaces {
                snapshot.routes += try routes(table: Route.mainTable, interface: interface.index)
                    .flatMap { $0.routes { $0 == interface.index ? interface.name : nil } }
            }
            // Ours in the main table by those interfaces have just been read. What is left may go out of any interface, say of a WAN
            // that the configuration has dropped.
            for route in try socket.dump(RouteRequest.dump(protocol: Territory.routeProtocol), KernelRoute.init)
            where route.routeProtocol == Territory.routeProtocol {
                for hop in route.hops where nameOfIndex[hop.interface] == nil {
                    nameOfIndex[hop.interface] = try link(LinkRequest.get(index: hop.interface))?.name
                }
                snapshot.routes += route.routes { nameOfIndex[$0] }
                    .filter { $0.table != Route.mainTable || !names.contains($0.interface) }
            }
        } catch { throw KernelError("reading the routes", error) }
        do {
            snapshot.rules = try rules()
        } catch { throw KernelError("reading the rules", error) }
        do {
            snapshot.wayOut = try wayOut()
        } catch { throw KernelError("looking up the way out", error) }
        return snapshot
    }

    /// nil: there is no such interface.
    private func link(_ request: consuming Request) throws(NetlinkFailure) -> Interface? {
        var found: Interface?
        try accepting(ENODEV) { () throws(NetlinkFailure) in
            try socket.exchange(request) { reply in
                if let interface = Interface(reply) { found = interface }
            }
        }
        return found
    }

    /// 192.0.0.8 is an address that no host has (RFC 7600), so nobody has a route of its own for it.
    private func wayOut() throws(NetlinkFailure) -> InterfaceName? {
        var index: UInt32?
        do {
            try socket.exchange(RouteRequest.lookUp(IPv4Address(bits: 0xc000_0008))) { index = RouteRequest.outgoingInterface($0) ?? index }
        } catch  where [ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL].contains(error.code) {
            // No route, or one that says unreachable, prohibit or blackhole.
            return nil
        }
        return try index.flatMap { index throws(NetlinkFailure) in try link(LinkRequest.get(index: index))?.name }
    }

    private func routes(table: UInt32, interface: UInt32) throws(NetlinkFailure) -> [KernelRoute] {
        var found: [KernelRoute] = []
        // ENOENT: the table itself appears with its first route.
        try accepting(ENOENT) { () throws(NetlinkFailure) in
            found = try socket.dump(RouteRequest.dump(table: table, interface: interface), KernelRoute.init)
                .filter { $0.table == table }
        }
        return found
    }

    private func rules() throws(NetlinkFailure) -> [Rule] {
        try socket.dump(RuleRequest.dump(), KernelRule.init).filter { $0.routeProtocol == Territory.routeProtocol }.map(\.rule)
    }
}

// Changing.
extension LinuxKernel {
    private func add(_ route: Route) throws(NetlinkFailure) {
        let index = try index(of: route.interface)
        try accepting(EEXIST) { () throws(NetlinkFailure) in try socket.exchange(RouteRequest.add(route, interface: index)) }
    }

    /// The route is looked for first: to the kernel a metric of 0, no source and no gateway each mean "any", so a bare order
    /// could delete its neighbour once it is gone itself.
    private func delete(_ route: Route) throws(NetlinkFailure) {
        guard let interface = try link(LinkRequest.get(route.interface)), interface.name == route.interface else { return }
        let candidates = try routes(table: route.table, interface: interface.index)
        let name = { (index: UInt32) in index == interface.index ? interface.name : nil }
        guard let place = candidates.firstIndex(where: { $0.routes(name: name).contains(route) }) else { return }
        let found = candidates[place]
        // A route that differs by nothing but having a source, and stands in front, would be deleted in its place. No order can
        // name the one behind it.
        if candidates[..<place].contains(where: { $0.isDeleted(by: found) }) {
            throw NetlinkFailure(EBUSY, words: "a route that differs from it by its source only stands in front of it")
        }
        // ESRCH: somebody else was faster.
        try accepting(ESRCH) { () throws(NetlinkFailure) in try socket.exchange(RouteRequest.delete(route, found)) }
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

extension KernelError {
    init(_ operation: String, _ failure: NetlinkFailure) {
        var text = String(cString: strerror(failure.code))
        if let words = failure.words { text += " (\(words))" }
        if failure.code == EPERM { text += "; CAP_NET_ADMIN is needed" }
        self.init(operation: operation, code: failure.code, text: text)
    }
}
