import Glibc
import Model
import Plan
import Testing

/// What every `Kernel` does for IPv6. Linux has other rules there than for IPv4.
@Suite(.serialized) struct KernelContract6 {
    let w0: InterfaceName
    let w1: InterfaceName

    init() throws {
        w0 = try #require(InterfaceName("w0-\(getpid())"))
        w1 = try #require(InterfaceName("w1-\(getpid())"))
    }

    /// W0 and W1 stand for the names of the interfaces.
    func route(_ text: String) throws -> Route {
        try #require(Route(text.replacing("W0", with: "\(w0)").replacing("W1", with: "\(w1)")), "\(text)")
    }

    func twoWANs(_ side: Side) throws -> any Bench {
        let bench = try side.bench()
        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24"))], [try #require(IPv6Prefix("2001:db8:1::10/64"))])
        try bench.plug(w1, [], [try #require(IPv6Prefix("2001:db8:2::10/128"))])
        return bench
    }

    func add(_ texts: [String], _ bench: any Bench) throws { for text in texts { try bench.kernel.apply(.addRoute(route(text))) } }

    func texts(_ bench: any Bench, of interfaces: Set<InterfaceName>? = nil) throws -> [String] {
        try bench.kernel.snapshot(of: interfaces ?? [w0, w1]).routes.filter { $0.family == .v6 }
            .map { $0.description.replacing("\(w0)", with: "W0").replacing("\(w1)", with: "W1") }
    }

    func code(_ body: () throws -> Void) -> Int32? {
        do { try body() } catch let error as KernelError { return error.code } catch { Issue.record(error) }
        return nil
    }

    @Test("an interface's addresses and settings are described", arguments: Side.available)
    func interface(_ side: Side) throws {
        let bench = try twoWANs(side)
        let snapshot = try bench.kernel.snapshot(of: [w0, w1])
        let first = try #require(snapshot.interface(w0))
        #expect(first.addresses6.map(\.description) == ["2001:db8:1::10/64"])
        #expect(first.addresses.map(\.description) == ["192.0.2.10/24"])
        #expect(first.forwards6 == false && first.acceptsRA == 1)
        #expect(snapshot.interface(w1)?.addresses == [])
    }

    @Test("a route that was added is in the snapshot, word for word", arguments: Side.available)
    func addition(_ side: Side) throws {
        let bench = try twoWANs(side)
        let wanted = [
            "::/0 via fe80::1 dev W0 proto uplinkd metric 1", "::/0 via fe80::2 dev W1 table 8501 proto uplinkd metric 1024",
            "::/0 via 2001:db8:1::1 dev W0 proto dhcp src 2001:db8:1::10 metric 2100",
            "::/0 via 2001:db8:2::1 dev W1 proto uplinkd metric 700 onlink", "::/0 via fe80::3 dev W1 proto ra metric 101 pref high",
            "::/0 via fe80::3 dev W1 proto static metric 102 pref low", "::/0 dev W1 proto uplinkd metric 1002",
            "::/0 dev W0 table 8502 proto uplinkd metric 5",
        ]
        try add(wanted, bench)
        let found = try texts(bench)
        #expect(Set(found) == Set(wanted))
        #expect(found.count == wanted.count)
    }

    @Test("adding twice and deleting twice are as good as once, of routes and of each kind of rule", arguments: Side.available)
    func idempotence(_ side: Side) throws {
        let bench = try twoWANs(side)
        let route = try route("::/0 via fe80::1 dev W0 proto uplinkd metric 1")
        let rules = IPFamily.allCases.flatMap { family in
            [
                Rule.beforeMarks(family, mask: 0x0f00_0000),
                Rule(family: family, priority: 8501, mark: 1 << 24, mask: 0x0f00_0000, table: 8501),
            ]
        }
        for _ in 1...2 {
            try bench.kernel.apply(.addRoute(route))
            for rule in rules { try bench.kernel.apply(.addRule(rule)) }
        }
        var snapshot = try bench.kernel.snapshot(of: [w0])
        #expect(snapshot.routes == [route])
        for family in IPFamily.allCases {
            #expect(snapshot.rules.filter { $0.family == family } == rules.filter { $0.family == family })
        }
        #expect(snapshot.rules.count == rules.count)
        // One family's, and the other's stays.
        for _ in 1...2 {
            try bench.kernel.apply(.deleteRoute(route))
            for rule in rules where rule.family == .v6 { try bench.kernel.apply(.deleteRule(rule)) }
        }
        snapshot = try bench.kernel.snapshot(of: [w0])
        #expect(snapshot.routes.isEmpty)
        #expect(snapshot.rules == rules.filter { $0.family == .v4 })
    }

    @Test("a new gateway stands beside the old one until that goes", arguments: Side.available)
    func replacement(_ side: Side) throws {
        let bench = try twoWANs(side)
        let (old, new) = ("::/0 via fe80::1 dev W0 proto uplinkd metric 1", "::/0 via fe80::2 dev W0 proto uplinkd metric 1")
        try add([old, new], bench)
        #expect(try texts(bench) == [old, new])
        #expect(try bench.kernel.snapshot(of: [w0]).wayOut6 == w0)
        try bench.kernel.apply(.deleteRoute(route(old)))
        #expect(try texts(bench) == [new])
    }

    @Test("routes come in the order of their metrics", arguments: Side.available)
    func order(_ side: Side) throws {
        let bench = try twoWANs(side)
        let expected = [1, 7, 1002, 2100].map { "::/0 via fe80::1 dev W0 proto uplinkd metric \($0)" }
        try add([2, 0, 3, 1].map { expected[$0] }, bench)
        #expect(try texts(bench) == expected)
    }

    @Test(
        "only the very route that was named is deleted", arguments: Side.available,
        [
            ("via fe80::1 dev W0 proto uplinkd metric 1", "via fe80::2 dev W0 proto uplinkd metric 1"),
            ("via fe80::1 dev W0 proto uplinkd metric 1", "via fe80::1 dev W0 proto uplinkd metric 2"),
            ("via fe80::1 dev W0 proto uplinkd metric 1", "via fe80::1 dev W1 proto uplinkd metric 1"),
            ("via fe80::1 dev W0 proto uplinkd metric 1", "via fe80::1 dev W0 table 8501 proto uplinkd metric 1"),
            ("via fe80::1 dev W0 proto ra metric 1024", "via fe80::1 dev W0 proto ra metric 3024"),
            ("dev W0 proto uplinkd metric 1", "via fe80::1 dev W0 proto uplinkd metric 1"),
            ("via fe80::1 dev W0 proto uplinkd metric 1", "dev W0 proto uplinkd metric 1"),
            ("dev W0 proto uplinkd metric 1", "dev W1 proto uplinkd metric 1"),
        ])
    func neighbours(_ side: Side, _ pair: (String, String)) throws {
        let bench = try twoWANs(side)
        let (named, neighbour) = ("::/0 \(pair.0)", "::/0 \(pair.1)")
        try add([named, neighbour], bench)
        #expect(Set(try texts(bench)) == [named, neighbour])
        // The second time it isn't there any more, and its neighbour has to stay all the same.
        for _ in 1...2 {
            try bench.kernel.apply(.deleteRoute(route(named)))
            #expect(try texts(bench) == [neighbour])
        }
    }

    /// The kernel has no words for "without a gateway".
    @Test("a route that can't be told from the one in front of it is not deleted in its place", arguments: Side.available)
    func hidden(_ side: Side) throws {
        let bench = try twoWANs(side)
        let (front, bare) = ("::/0 via fe80::1 dev W0 proto uplinkd metric 1", "::/0 dev W0 proto uplinkd metric 1")
        try add([front, bare], bench)
        #expect(code { try bench.kernel.apply(.deleteRoute(route(bare))) } == EBUSY)
        #expect(Set(try texts(bench)) == [front, bare])
        for text in [front, bare] { try bench.kernel.apply(.deleteRoute(route(text))) }
        #expect(try texts(bench).isEmpty)
    }

    @Test("a route whose place somebody else's has is refused, not taken for there", arguments: Side.available)
    func occupied(_ side: Side) throws {
        let bench = try twoWANs(side)
        let theirs = "::/0 via fe80::1 dev W0 proto static metric 1"
        try add([theirs], bench)
        for text in ["::/0 via fe80::1 dev W0 proto uplinkd metric 1", "::/0 via fe80::1 dev W0 proto static metric 1 pref high"] {
            #expect(code { try bench.kernel.apply(.addRoute(route(text))) } == EEXIST)
        }
        #expect(try texts(bench) == [theirs])
    }

    @Test("several gateways at one metric have the owner of the first to show, and go one by one all the same", arguments: Side.available)
    func merged(_ side: Side) throws {
        let bench = try twoWANs(side)
        try add(["::/0 via fe80::1 dev W0 proto static metric 1", "::/0 via fe80::2 dev W1 proto uplinkd metric 1"], bench)
        let shown = ["::/0 via fe80::1 dev W0 proto static metric 1", "::/0 via fe80::2 dev W1 proto static metric 1"]
        #expect(try texts(bench) == shown)
        try bench.kernel.apply(.deleteRoute(route(shown[1])))
        #expect(try texts(bench) == [shown[0]])
    }

    @Test("the snapshot has others' routes of the main table by the interfaces asked for, and ours everywhere", arguments: Side.available)
    func territory(_ side: Side) throws {
        let bench = try twoWANs(side)
        let seen = [
            "::/0 via fe80::1 dev W0 proto ra metric 1024", "::/0 via fe80::1 dev W0 table 8501 proto uplinkd metric 1024",
            "::/0 via fe80::2 dev W1 proto uplinkd metric 2", "::/0 via fe80::2 dev W1 table 8502 proto uplinkd metric 9",
        ]
        let unseen = ["::/0 via fe80::1 dev W0 table 777 proto ra metric 100", "::/0 via fe80::2 dev W1 proto ra metric 100"]
        try add(seen + unseen, bench)
        let found = try texts(bench, of: [w0])
        #expect(Set(found) == Set(seen))
        #expect(found.count == seen.count)
    }

    @Test("an interface that goes takes its routes along, and so does one that is taken down", arguments: Side.available)
    func gone(_ side: Side) throws {
        let bench = try twoWANs(side)
        let (first, second) = ("::/0 via fe80::1 dev W0 proto uplinkd metric 1", "::/0 via fe80::2 dev W1 proto uplinkd metric 2")
        try add([first, second], bench)
        try bench.setUp(false, w0)
        #expect(try texts(bench) == [second])
        let down = try #require(try bench.kernel.snapshot(of: [w0]).interface(w0))
        #expect(down.addresses6.isEmpty && down.addresses.count == 1, "IPv6 addresses go as well, IPv4's stay")
        #expect(code { try bench.kernel.apply(.addRoute(route(first))) } == ENETDOWN)
        try bench.unplug(w0)
        #expect(code { try bench.kernel.apply(.addRoute(route(first))) } == ENODEV)
        try bench.kernel.apply(.deleteRoute(route(first)))
        #expect(try texts(bench) == [second])
        try bench.setCarrier(false, w1)
        #expect(try eventually { try bench.kernel.snapshot(of: [w1]).interface(w1)?.hasCarrier == false })
        #expect(try texts(bench) == [second], "routes outlive the loss of the carrier")
    }

    @Test("a gateway out of reach, and a source that nobody has, are refused", arguments: Side.available)
    func refused(_ side: Side) throws {
        let bench = try twoWANs(side)
        let far = try route("::/0 via 2001:db8:9::1 dev W0 proto uplinkd metric 1")
        let error = #expect(throws: KernelError.self) { try bench.kernel.apply(.addRoute(far)) }
        #expect(error?.code == EHOSTUNREACH)
        #expect(error?.operation == "ip route prepend \(far)")
        #expect(code { try bench.kernel.apply(.addRoute(route("::/0 via fe80::1 dev W0 src 2001:db8:1::77 metric 1"))) } == EINVAL)
        #expect(try texts(bench).isEmpty)
    }

    @Test("the way out of each family is that of its lowest metric, whoever made it", arguments: Side.available)
    func wayOut(_ side: Side) throws {
        let bench = try twoWANs(side)
        func ways() throws -> [InterfaceName?] {
            let snapshot = try bench.kernel.snapshot(of: [w0])
            return [snapshot.wayOut, snapshot.wayOut6]
        }
        #expect(try ways() == [nil, nil])
        try add(["default via 192.0.2.1 dev W0 proto uplinkd metric 1", "::/0 via fe80::1 dev W0 proto uplinkd metric 1001"], bench)
        #expect(try ways() == [w0, w0])
        // Of an interface that nobody asked about.
        try add(["::/0 via fe80::2 dev W1 proto ra metric 1000"], bench)
        #expect(try ways() == [w0, w1])
    }

    @Test("a plan makes it so, a second one has nothing to do, and teardown leaves what was there", arguments: Side.available)
    func plan(_ side: Side) throws {
        let bench = try twoWANs(side)
        // One is where the router's advertisements put it, the other one exactly where ours has to be.
        let before = ["::/0 via fe80::1 dev W0 proto static metric 1 pref high", "::/0 via fe80::2 dev W1 proto ra metric 1024"]
        try add(before, bench)
        func printed() throws -> String { side == .linux ? try ip("-6", "route") : "" }
        let table = try printed()
        var undo = Undo()
        func reach(_ make: (Snapshot) -> Desired) throws {
            let first = try bench.kernel.snapshot(of: [w0, w1])
            let plan = Plan(desired: make(first), observed: first, undo: undo)
            #expect(bench.kernel.carryOut(plan.operations).isEmpty)
            let second = try bench.kernel.snapshot(of: [w0, w1])
            let rest = Plan(desired: make(second), observed: second, undo: plan.undo)
            #expect(rest.operations.isEmpty)
            undo = rest.undo
        }
        let names = try ["telkom", "smartfren"].map { try #require(WANName($0)) }
        func desired(_ snapshot: Snapshot, selected: Int) -> Desired {
            let wans = [w0, w1].enumerated().map { place, interface in
                Desired.WAN(
                    settings: WANSettings(name: names[place], interface: interface, metric: UInt32(place + 1), number: place + 1),
                    interface: snapshot.interface(interface), gateway: nil, gateway6: IPv6Address("fe80::\(place + 1)"), isUsable: true,
                    keepsSessions: true)
            }
            return Desired(lan: [], wans: wans, selected: names[selected])
        }
        let others = ["::/0 via fe80::2 dev W1 proto ra metric 1024", "::/0 via fe80::1 dev W0 proto static metric 2001 pref high"]
        let tables = (1...2).map { "::/0 via fe80::\($0) dev W\($0 - 1) table 850\($0) proto uplinkd metric 1024" }
        for (selected, metrics) in [(0, [1, 2]), (1, [1001, 2]), (0, [1, 2])] {
            try reach { desired($0, selected: selected) }
            let ours = metrics.enumerated().map { "::/0 via fe80::\($0 + 1) dev W\($0) proto uplinkd metric \($1)" }
            #expect(Set(try texts(bench)) == Set(ours + tables + others))
            #expect(try bench.kernel.snapshot(of: []).rules.map(\.priority) == [8500, 8501, 8502])
            #expect(try bench.kernel.snapshot(of: []).wayOut6 == [w0, w1][selected])
        }
        try reach { _ in Desired() }
        #expect(Set(try texts(bench)) == Set(before))
        #expect(try bench.kernel.snapshot(of: []).rules.isEmpty)
        #expect(undo.displaced.isEmpty)
        #expect(try printed() == table)
    }
}
