import Glibc
import Model
import Plan
import Testing

/// What every `Kernel` does. Serialized: on Linux they share a namespace.
@Suite(.serialized) struct KernelContract {
    let w0: InterfaceName
    let w1: InterfaceName
    static let table = Territory.table(ofWAN: 1)

    init() throws {
        w0 = try #require(InterfaceName("w0-\(getpid())"))
        w1 = try #require(InterfaceName("w1-\(getpid())"))
    }

    func route(
        via gateway: String?, _ interface: InterfaceName, metric: UInt32, proto: UInt8 = Territory.routeProtocol,
        table: UInt32 = Route.mainTable, src: String? = nil, isOnLink: Bool = false
    ) throws -> Route {
        Route(
            gateway: try gateway.map { try #require(IPAddress($0)) }, interface: interface, routeProtocol: proto, metric: metric,
            table: table, source: try src.map { try #require(IPAddress($0)) }, isOnLink: isOnLink)
    }

    /// Two interfaces, as a box with two WANs has them.
    func twoWANs(_ side: Side) throws -> any Bench {
        let bench = try side.bench()
        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24"))])
        try bench.plug(w1, [try #require(IPv4Prefix("198.51.100.10/24"))])
        return bench
    }

    func routes(_ bench: any Bench) throws -> [Route] { try bench.kernel.snapshot(of: [w0, w1]).routes }

    func code(_ body: () throws -> Void) -> Int32? {
        do { try body() } catch let error as KernelError { return error.code } catch { Issue.record(error) }
        return nil
    }

    @Test("an interface is described as it is, and one that isn't there is left out", arguments: Side.available)
    func interfaces(_ side: Side) throws {
        let bench = try side.bench()
        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24")), try #require(IPv4Prefix("203.0.113.1/28"))])
        let snapshot = try bench.kernel.snapshot(of: [w0, w1])
        #expect(snapshot.interfaces.map(\.name) == [w0])
        let interface = try #require(snapshot.interface(w0))
        #expect(interface.isUp && interface.hasCarrier && !interface.isPointToPoint && interface.index > 0)
        #expect(interface.addresses.map(\.description) == ["192.0.2.10/24", "203.0.113.1/28"])
        #expect(Set(interface.settings.keys) == Set(DeviceSetting.allCases))
    }

    @Test("the way out is that of the lowest metric, whoever made it, and passes over a cable that is out", arguments: Side.available)
    func wayOut(_ side: Side) throws {
        let bench = try twoWANs(side)
        func wayOut() throws -> InterfaceName? { try bench.kernel.snapshot(of: [w0]).wayOut }
        #expect(try wayOut() == nil)
        try bench.kernel.apply(.addRoute(route(via: "192.0.2.1", w0, metric: 1)))
        #expect(try wayOut() == w0)
        // Of an interface that nobody asked about.
        try bench.kernel.apply(.addRoute(route(via: "198.51.100.1", w1, metric: 0, proto: 4)))
        #expect(try wayOut() == w1)
        try bench.kernel.apply(.set(.ignoreRoutesWithLinkDown, of: w1, to: 1))
        try bench.setCarrier(false, w1)
        #expect(try wayOut() == w0)
    }

    @Test("a route that was added is in the snapshot, word for word", arguments: Side.available)
    func addition(_ side: Side) throws {
        let bench = try twoWANs(side)
        let wanted = [
            try route(via: "192.0.2.1", w0, metric: 1), try route(via: "198.51.100.1", w1, metric: 2, src: "198.51.100.10"),
            try route(via: "203.0.113.99", w0, metric: 700, isOnLink: true),
            try route(via: "192.0.2.1", w0, metric: 0, table: Self.table),
            try route(via: "192.0.2.2", w0, metric: 2101, proto: 16), try route(via: nil, w1, metric: 1002),
        ]
        for route in wanted { try bench.kernel.apply(.addRoute(route)) }
        let found = try routes(bench)
        #expect(Set(found) == Set(wanted))
        #expect(found.count == wanted.count)
    }

    @Test("adding twice and deleting twice are as good as once", arguments: Side.available)
    func idempotence(_ side: Side) throws {
        let bench = try twoWANs(side)
        let route = try route(via: "192.0.2.1", w0, metric: 1)
        let rule = Rule(priority: 8501, mark: 1 << 24, mask: 0x0f00_0000, table: 8501)
        for _ in 1...2 {
            try bench.kernel.apply(.addRoute(route))
            try bench.kernel.apply(.addRule(rule))
        }
        var snapshot = try bench.kernel.snapshot(of: [w0])
        #expect(snapshot.routes == [route])
        #expect(snapshot.rules == [rule])
        for _ in 1...2 {
            try bench.kernel.apply(.deleteRoute(route))
            try bench.kernel.apply(.deleteRule(rule))
        }
        snapshot = try bench.kernel.snapshot(of: [w0])
        #expect(snapshot.routes.isEmpty && snapshot.rules.isEmpty)
    }

    @Test("a new gateway takes the place of the old one without a moment of neither", arguments: Side.available)
    func replacement(_ side: Side) throws {
        let bench = try twoWANs(side)
        let (old, new) = (try route(via: "192.0.2.1", w0, metric: 1), try route(via: "192.0.2.2", w0, metric: 1))
        try bench.kernel.apply(.addRoute(old))
        try bench.kernel.apply(.addRoute(new))
        #expect(try routes(bench) == [new, old], "the new one comes first, so it is the one that works")
        try bench.kernel.apply(.deleteRoute(old))
        #expect(try routes(bench) == [new])
    }

    @Test("a route that has more than the old one goes behind it, and is what is left", arguments: Side.available)
    func more(_ side: Side) throws {
        let bench = try twoWANs(side)
        let old = try route(via: "192.0.2.1", w0, metric: 1)
        var new = try route(via: "192.0.2.1", w0, metric: 1, src: "192.0.2.10")
        new.metrics = try #require(Route("default dev eth0 mtu lock 1400 rtt 800 advmss 1300 features ecn congctl reno")).metrics
        try bench.kernel.apply(.addRoute(old))
        try bench.kernel.apply(.appendRoute(new))
        #expect(try routes(bench) == [old, new])
        try bench.kernel.apply(.deleteRoute(old))
        #expect(try routes(bench) == [new])
        // In front of it the old one could not be named.
        try bench.kernel.apply(.appendRoute(old))
        #expect(code { try bench.kernel.apply(.deleteRoute(old)) } == EBUSY)
        try bench.kernel.apply(.deleteRoute(new))
        #expect(try routes(bench) == [old])
    }

    @Test("routes come in the order of their metrics", arguments: Side.available)
    func order(_ side: Side) throws {
        let bench = try twoWANs(side)
        let expected = try [1, 7, 1002, 2100].map { try route(via: "192.0.2.1", w0, metric: $0) }
        for place in [2, 0, 3, 1] { try bench.kernel.apply(.addRoute(expected[place])) }
        #expect(try routes(bench) == expected)
    }

    @Test(
        "only the very route that was named is deleted", arguments: Side.available,
        [
            // What is named, and what stands beside it and differs in one thing only.
            ("192.0.2.1", 1, UInt8(85), "", "192.0.2.2", 1, UInt8(85), ""),  // the gateway
            ("192.0.2.1", 1, 85, "", "192.0.2.1", 2, 85, ""),  // the metric
            ("192.0.2.1", 0, 16, "", "192.0.2.1", 2000, 16, ""),  // a metric of 0, which the kernel takes for any
            ("192.0.2.1", 1, 85, "", "192.0.2.1", 1, 16, ""),  // the owner
            ("192.0.2.1", 5, 16, "192.0.2.10", "192.0.2.1", 5, 16, ""),  // the source
            ("", 1, 85, "", "192.0.2.1", 1, 85, ""),  // no gateway
        ] as [(String, UInt32, UInt8, String, String, UInt32, UInt8, String)])
    func neighbours(_ side: Side, _ pair: (String, UInt32, UInt8, String, String, UInt32, UInt8, String)) throws {
        let bench = try twoWANs(side)
        func make(_ gateway: String, _ metric: UInt32, _ proto: UInt8, _ source: String) throws -> Route {
            try route(
                via: gateway.isEmpty ? nil : gateway, w0, metric: metric, proto: proto, src: source.isEmpty ? nil : source)
        }
        let named = try make(pair.0, pair.1, pair.2, pair.3)
        let neighbour = try make(pair.4, pair.5, pair.6, pair.7)
        try bench.kernel.apply(.addRoute(named))
        try bench.kernel.apply(.addRoute(neighbour))
        #expect(Set(try routes(bench)) == [named, neighbour])
        // The second time it isn't there any more, and its neighbour has to stay all the same.
        for _ in 1...2 {
            try bench.kernel.apply(.deleteRoute(named))
            #expect(try routes(bench) == [neighbour])
        }
    }

    /// The kernel has no words for "without a source".
    @Test("a route that can't be told from the one in front of it is not deleted in its place", arguments: Side.available)
    func hidden(_ side: Side) throws {
        let bench = try twoWANs(side)
        let bare = try route(via: "192.0.2.1", w0, metric: 5, proto: 16)
        let sourced = try route(via: "192.0.2.1", w0, metric: 5, proto: 16, src: "192.0.2.10")
        try bench.kernel.apply(.addRoute(bare))
        try bench.kernel.apply(.addRoute(sourced))
        #expect(code { try bench.kernel.apply(.deleteRoute(bare)) } == EBUSY)
        #expect(try routes(bench) == [sourced, bare])
        try bench.kernel.apply(.deleteRoute(sourced))
        try bench.kernel.apply(.deleteRoute(bare))
        #expect(try routes(bench).isEmpty)
    }

    @Test("the same route by another interface or in another table stays", arguments: Side.available)
    func tables(_ side: Side) throws {
        let bench = try twoWANs(side)
        let main = try route(via: nil, w0, metric: 1)
        let others = [try route(via: nil, w1, metric: 1), try route(via: nil, w0, metric: 1, table: Self.table)]
        for route in [main] + others { try bench.kernel.apply(.addRoute(route)) }
        try bench.kernel.apply(.deleteRoute(main))
        #expect(Set(try routes(bench)) == Set(others))
    }

    @Test("the snapshot has others' routes of the main table by the interfaces asked for, and ours everywhere", arguments: Side.available)
    func territory(_ side: Side) throws {
        let bench = try twoWANs(side)
        let seen = [
            try route(via: "192.0.2.1", w0, metric: 100, proto: 16), try route(via: "192.0.2.1", w0, metric: 0, table: Self.table),
            try route(via: "198.51.100.1", w1, metric: 2), try route(via: "198.51.100.1", w1, metric: 9, table: 8502),
        ]
        let unseen = [
            try route(via: "192.0.2.1", w0, metric: 100, proto: 16, table: 777), try route(via: "198.51.100.1", w1, metric: 100, proto: 16),
        ]
        for route in seen + unseen { try bench.kernel.apply(.addRoute(route)) }
        let found = try bench.kernel.snapshot(of: [w0]).routes
        #expect(Set(found) == Set(seen))
        #expect(found.count == seen.count)
    }

    @Test("an interface that goes takes its routes along, and comes back with another number", arguments: Side.available)
    func replug(_ side: Side) throws {
        let bench = try twoWANs(side)
        let gone = try route(via: "192.0.2.1", w0, metric: 1)
        let stays = try route(via: "198.51.100.1", w1, metric: 2)
        for route in [gone, stays] { try bench.kernel.apply(.addRoute(route)) }
        let before = try #require(try bench.kernel.snapshot(of: [w0]).interface(w0)).index
        try bench.unplug(w0)
        #expect(try bench.kernel.snapshot(of: [w0, w1]).interfaces.map(\.name) == [w1])
        #expect(try routes(bench) == [stays])
        #expect(code { try bench.kernel.apply(.addRoute(gone)) } == ENODEV)
        #expect(code { try bench.kernel.apply(.set(.forwarding, of: w0, to: 1)) } == ENODEV)
        try bench.kernel.apply(.deleteRoute(gone))

        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24"))])
        try bench.kernel.apply(.addRoute(gone))
        #expect(Set(try routes(bench)) == [gone, stays])
        #expect(try #require(try bench.kernel.snapshot(of: [w0]).interface(w0)).index != before)
    }

    @Test("routes outlive the loss of the carrier, but not the interface's being taken down", arguments: Side.available)
    func carrier(_ side: Side) throws {
        let bench = try twoWANs(side)
        let route = try route(via: "192.0.2.1", w0, metric: 1)
        try bench.kernel.apply(.addRoute(route))
        func interface() throws -> Interface { try #require(try bench.kernel.snapshot(of: [w0]).interface(w0)) }

        try bench.setCarrier(false, w0)
        #expect(try eventually { try !interface().hasCarrier })
        #expect(try interface().isUp)
        #expect(try routes(bench) == [route])
        try bench.setCarrier(true, w0)
        #expect(try eventually { try interface().hasCarrier })

        try bench.setUp(false, w0)
        #expect(try !interface().isUp && !interface().hasCarrier)
        #expect(try interface().addresses.count == 1)
        #expect(try routes(bench).isEmpty)
        #expect(code { try bench.kernel.apply(.addRoute(route)) } == ENETUNREACH)
        #expect(code { try bench.kernel.apply(.addRoute(try self.route(via: nil, w0, metric: 1))) } == ENETDOWN)
        try bench.setUp(true, w0)
        #expect(try routes(bench).isEmpty)
    }

    @Test("with its last address an interface loses its routes", arguments: Side.available)
    func addresses(_ side: Side) throws {
        let bench = try twoWANs(side)
        try bench.kernel.apply(.addRoute(try route(via: "192.0.2.1", w0, metric: 1)))
        try bench.kernel.apply(.addRoute(try route(via: nil, w0, metric: 2)))
        try bench.strip(w0)
        #expect(try routes(bench).isEmpty)
        #expect(try bench.kernel.snapshot(of: [w0]).interface(w0)?.addresses == [])
    }

    @Test("a point-to-point interface takes a route without a gateway, and without an address", arguments: Side.available)
    func pointToPoint(_ side: Side) throws {
        let bench = try side.bench()
        try bench.plugPointToPoint(w0)
        let route = try route(via: nil, w0, metric: 1)
        try bench.kernel.apply(.addRoute(route))
        let snapshot = try bench.kernel.snapshot(of: [w0])
        #expect(snapshot.interface(w0)?.isPointToPoint == true)
        #expect(snapshot.routes == [route])
    }

    @Test("a gateway out of reach is refused with words that name it", arguments: Side.available)
    func unreachable(_ side: Side) throws {
        let bench = try twoWANs(side)
        let route = try route(via: "203.0.113.1", w0, metric: 1)
        let error = #expect(throws: KernelError.self) { try bench.kernel.apply(.addRoute(route)) }
        #expect(error?.code == ENETUNREACH)
        #expect(error?.operation == "ip route prepend \(route)")
        #expect(error?.text.hasPrefix("Network is unreachable") == true)
        #expect(try routes(bench).isEmpty)
    }

    @Test("a source that nobody has is refused", arguments: Side.available)
    func invalid(_ side: Side) throws {
        let bench = try twoWANs(side)
        #expect(code { try bench.kernel.apply(.addRoute(try route(via: "192.0.2.1", w0, metric: 1, src: "192.0.2.77"))) } == EINVAL)
    }

    @Test("rules come in the order of their priorities", arguments: Side.available)
    func rules(_ side: Side) throws {
        let bench = try side.bench()
        let expected = (1...3).map { Rule(priority: 8500 + $0, mark: $0 << 24, mask: 0x0f00_0000, table: 8500 + $0) }
        for place in [1, 0, 2] { try bench.kernel.apply(.addRule(expected[place])) }
        #expect(try bench.kernel.snapshot(of: []).rules == expected)
        try bench.kernel.apply(.deleteRule(expected[1]))
        #expect(try bench.kernel.snapshot(of: []).rules == [expected[0], expected[2]])
    }

    @Test("a device setting reads back, and the others stay as they were", arguments: Side.available, DeviceSetting.allCases)
    func settings(_ side: Side, _ setting: DeviceSetting) throws {
        let bench = try twoWANs(side)
        func settings(_ name: InterfaceName) throws -> [DeviceSetting: Int] {
            try #require(try bench.kernel.snapshot(of: [name]).interface(name)).settings
        }
        var expected = try settings(w0)
        let other = try settings(w1)
        for value in [1, 0, 1] + (setting == .reversePathFilter ? [2] : []) {
            try bench.kernel.apply(.set(setting, of: w0, to: value))
            expected[setting] = value
            #expect(try settings(w0) == expected)
        }
        #expect(try settings(w1) == other)
    }
}
