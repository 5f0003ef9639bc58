import CNetlink
import Glibc
import Model
import Plan
import Testing

@testable import LinuxKernel
@testable import Netlink

/// What only the real kernel can show.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct LinuxKernelTests {
    let w0: InterfaceName
    let w1: InterfaceName
    let bench: LinuxBench
    var linux: LinuxKernel { bench.linux }

    init() throws {
        w0 = try #require(InterfaceName("w0-\(getpid())"))
        w1 = try #require(InterfaceName("w1-\(getpid())"))
        bench = try LinuxBench()
        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24"))])
        try bench.plug(w1, [try #require(IPv4Prefix("198.51.100.10/24"))])
    }

    func route(_ text: String) throws -> Route { try #require(Route(text)) }

    @Test("thousands of routes elsewhere are not sent to us")
    func filter() throws {
        try linux.apply(.addRoute(try route("default via 192.0.2.1 dev \(w0) proto 85 metric 1")))
        // The first looks for what an earlier run has left in any table.
        _ = try linux.snapshot(of: [w0])
        let before = linux.messagesReceived
        let quiet = try linux.snapshot(of: [w0])
        let cost = linux.messagesReceived - before

        var batch = ""
        for number in 0..<4000 {
            let prefix = "10.\(number / 250).\(number % 250).0/24"
            batch += "route add \(prefix) dev \(w1)\nroute add \(prefix) dev \(w0) table 100\n"
            batch += "route add 2001:db8:\(number)::/64 dev \(w1)\nroute add 2001:db8:\(number)::/64 dev \(w0) table 100\n"
        }
        for number in 0..<200 { batch += "addr add 203.0.113.\(number)/32 dev \(w1)\n" }
        try run(["ip", "-batch", "-"], input: batch)

        let start = linux.messagesReceived
        #expect(try linux.snapshot(of: [w0]) == quiet)
        #expect(linux.messagesReceived - start == cost)
        #expect(cost < 20)
    }

    @Test("of a long table no more is read than its beginning, also where routes lie at 0.0.0.0 and the others lead by a WAN")
    func longTable() throws {
        try linux.apply(.addRoute(try route("default via 192.0.2.1 dev \(w0) proto 85 metric 1")))
        try linux.apply(.addRoute(try route("default via 192.0.2.1 dev \(w0) proto 85 table 8501")))
        _ = try linux.snapshot(of: [w0])
        var batch = "route add 0.0.0.0/8 dev \(w0)\nroute add 0.0.0.0/1 dev \(w0)\nroute add default dev \(w1) metric 7\n"
        for number in 0..<8000 { batch += "route add 10.\(number / 250).\(number % 250).0/24 dev \(w0)\n" }
        try run(["ip", "-batch", "-"], input: batch)
        let start = linux.messagesReceived
        let snapshot = try linux.snapshot(of: [w0, w1])
        #expect(linux.messagesReceived - start < 40)
        #expect(
            Set(snapshot.routes.filter { $0.family == .v4 }.map { "\($0.interface) \($0.metric) \($0.table)" })
                == ["\(w0) 1 254", "\(w0) 0 8501", "\(w1) 7 254"])
    }

    @Test("the way of clients is that which somebody's rule for them decides, and the rule is found; one that refuses is no way")
    func clients() throws {
        let lan = try #require(InterfaceName("l0-\(getpid())"))
        try bench.plug(lan, [try #require(IPv4Prefix("192.168.88.1/24"))])
        defer { try? bench.unplug(lan) }
        try linux.apply(.addRoute(try route("default via 192.0.2.1 dev \(w0) proto 85 metric 1")))
        try linux.apply(.set(.forwarding, of: lan, to: 1))
        func way() throws -> ClientWay? { try linux.snapshot(of: [w0, lan], lan: [lan]).clientWays.first }
        #expect(try eventually { try way() == ClientWay(lan: lan, family: .v4, interface: w0, table: 254, rule: 32766) })
        try ip("route", "add", "default", "via", "198.51.100.1", "dev", "\(w1)", "table", "101")
        try ip("rule", "add", "pref", "200", "from", "192.168.88.0/24", "lookup", "101")
        #expect(try way() == ClientWay(lan: lan, family: .v4, interface: w1, table: 101, rule: 200))
        #expect(try linux.snapshot(of: [w0]).wayOut == w0)
        try ip("rule", "del", "pref", "200")
        for refusal in ["unreachable", "prohibit", "blackhole"] {
            try ip("rule", "add", "pref", "201", "from", "192.168.88.0/24", refusal)
            #expect(try way() == ClientWay(lan: lan, family: .v4, rule: 201), "\(refusal)")
            try ip("rule", "del", "pref", "201")
        }
        try ip("route", "add", "blackhole", "default")
        #expect(try way() == ClientWay(lan: lan, family: .v4))
        #expect(try linux.snapshot(of: [w0]).wayOut == nil)
        try ip("route", "del", "blackhole", "default")
        try ip("route", "flush", "table", "101")
    }

    @Test("a list that changes while it is read is read again, and after five times it is an error")
    func interruption() throws {
        let socket = try NetlinkSocket()
        let index = try #require(try linux.snapshot(of: [w1]).interface(w1)).index
        // So many that the list takes more than two datagrams: the second is filled before the first is handed over.
        let crowd = (0..<1500).map { "addr add 10.1.\($0 / 250).\($0 % 250)/32 dev \(w1)\n" }.joined()
        try run(["ip", "-batch", "-"], input: crowd)

        // Reads the addresses, and has one come or go at the beginning of each of the first `limit` readings.
        var readings = 0
        func disturbed(_ limit: Int) throws(NetlinkFailure) -> [IPv4Prefix] {
            readings = 0
            // Of all interfaces: the kernel marks no changes in the list of one.
            return try socket.dump(AddressRequest.dump(of: 0)) { reply -> IPv4Prefix? in
                let address = IPv4Prefix(reply, of: index)
                guard address?.description == "198.51.100.10/24" else { return address }
                readings += 1
                if readings <= limit {
                    do {
                        try ip("addr", readings % 2 == 1 ? "add" : "del", "10.2.0.1/32", "dev", "\(w1)")
                    } catch { Issue.record(error) }
                }
                return address
            }
        }

        let found = try disturbed(1)
        #expect(readings == 2)
        #expect(found.count == 1502 && Set(found).count == 1502)
        try ip("addr", "del", "10.2.0.1/32", "dev", "\(w1)")

        let error = #expect(throws: NetlinkFailure.self) { try disturbed(.max) }
        #expect(error?.code == EINTR)
        #expect(readings == NetlinkSocket.dumpAttempts)
        // And the socket is none the worse for it.
        #expect(try disturbed(0).count == 1502)
    }

    @Test("a rule like ours that is somebody else's is not taken for ours")
    func foreignRule() throws {
        let rule = Rule(priority: 8501, mark: 1 << 24, mask: 0x0f00_0000, table: 8501)
        try ip("rule", "add", "pref", "8501", "fwmark", "0x1000000/0xf000000", "lookup", "8501", "proto", "static")
        #expect(try linux.snapshot(of: []).rules.isEmpty)
        for _ in 1...2 {
            try linux.apply(.addRule(rule))
            #expect(try linux.snapshot(of: []).rules == [rule])
        }
        for _ in 1...2 {
            try linux.apply(.deleteRule(rule))
            #expect(try linux.snapshot(of: []).rules.isEmpty)
        }
        #expect(try ip("rule", "show", "pref", "8501").contains("proto static"))
        try ip("rule", "del", "pref", "8501")
    }

    @Test("only unicast default routes with no type of service are read")
    func otherKinds() throws {
        try ip("route", "add", "unreachable", "default", "metric", "50")
        try ip("route", "add", "default", "via", "192.0.2.1", "dev", "\(w0)", "tos", "0x10", "metric", "51")
        try ip("route", "add", "10.0.0.0/8", "via", "192.0.2.1", "dev", "\(w0)")
        try ip("route", "add", "0.0.0.0/1", "via", "192.0.2.1", "dev", "\(w0)")
        try ip("-4", "route", "add", "default", "via", "inet6", "fe80::1", "dev", "\(w0)", "metric", "52")
        try ip("-6", "route", "add", "unreachable", "default", "metric", "53")
        try ip("-6", "route", "add", "default", "from", "2001:db8::/56", "via", "fe80::1", "dev", "\(w0)", "metric", "54")
        try ip("-6", "route", "add", "2000::/3", "via", "fe80::1", "dev", "\(w0)", "metric", "55")
        #expect(try linux.snapshot(of: [w0, w1]).routes.isEmpty)
        try ip("route", "del", "unreachable", "default", "metric", "50")
        try ip("-6", "route", "del", "unreachable", "default", "metric", "53")
    }

    @Test("a route over several gateways is one route for each, and goes as a whole")
    func multipath() throws {
        try ip(
            "route", "add", "default", "proto", "static", "metric", "9", "nexthop", "via", "192.0.2.1", "dev", "\(w0)", "nexthop", "via",
            "198.51.100.1", "dev", "\(w1)")
        let expected = [
            try route("default via 192.0.2.1 dev \(w0) proto static metric 9"),
            try route("default via 198.51.100.1 dev \(w1) proto static metric 9"),
        ]
        #expect(Set(try linux.snapshot(of: [w0, w1]).routes) == Set(expected))
        #expect(try linux.snapshot(of: [w1]).routes == [expected[1]])
        try linux.apply(.deleteRoute(expected[1]))
        try linux.apply(.deleteRoute(expected[0]))
        #expect(try linux.snapshot(of: [w0, w1]).routes.isEmpty)
    }

    @Test("a route by a next-hop object is read and deleted like any other")
    func nextHopObject() throws {
        try ip("nexthop", "add", "id", "7", "via", "192.0.2.1", "dev", "\(w0)")
        try ip("route", "add", "default", "nhid", "7", "proto", "static", "metric", "3")
        let expected = try route("default via 192.0.2.1 dev \(w0) proto static metric 3")
        #expect(try linux.snapshot(of: [w0]).routes == [expected])
        try linux.apply(.deleteRoute(expected))
        #expect(try linux.snapshot(of: [w0]).routes.isEmpty)
        try ip("nexthop", "del", "id", "7")
    }

    @Test("another name for an interface is not its name")
    func alternativeName() throws {
        let other = try #require(InterfaceName("other\(getpid())"))
        try ip("link", "property", "add", "dev", "\(w0)", "altname", "\(other)")
        #expect(try linux.snapshot(of: [other]).interfaces.isEmpty)
        #expect(throws: KernelError.self) { try linux.apply(.addRoute(try route("default dev \(other) proto 85 scope link metric 1"))) }
    }

    @Test("the kernel's own words are in the error")
    func words() throws {
        let error = #expect(throws: KernelError.self) {
            try linux.apply(.addRoute(try route("default via 203.0.113.1 dev \(w0) proto 85 metric 1")))
        }
        #expect(error?.text == "Network is unreachable (Nexthop has invalid gateway)")
        let missing = #expect(throws: KernelError.self) { try linux.apply(.set(.forwarding, of: InterfaceName("none") ?? w0, to: 1)) }
        #expect(missing?.description == "sysctl -w net.ipv4.conf.none.forwarding=1: No such device (there is no interface none)")
    }

    @Test("an interface's counters are those that ip shows, and one that is gone has none")
    func counters() throws {
        let index = try #require(try linux.snapshot(of: [w0]).interface(w0)).index
        // A packet socket's, so that nothing but this test decides how many there are: IPv6 sends when it likes.
        try run(["sysctl", "-qw", "net.ipv6.conf.\(w0).disable_ipv6=1", "net.ipv6.conf.c\(w0).disable_ipv6=1"])
        let before = try #require(try linux.linkCounters(of: index))
        for (sender, count) in [("\(w0)", 3), ("c\(w0)", 5)] {
            let script = """
                import socket
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                s.bind(("\(sender)", 0x88b5))
                for _ in range(\(count)): s.send(bytes(60))
                """
            try run(["python3", "-c", script])
        }
        let after = try #require(try linux.linkCounters(of: index))
        #expect(after.sent - before.sent == 3)
        #expect(after.received - before.received == 5)
        let shown = try ["rx", "tx"].map { try run(["cat", "/sys/class/net/\(w0)/statistics/\($0)_packets"]) }
        #expect(shown == ["\(after.received)\n", "\(after.sent)\n"])

        let time = try ContinuousClock().measure { for _ in 0..<1000 { _ = try linux.linkCounters(of: index) } }
        print("\(Place.measurement)the counters of an interface: \(Int(time / 1000 / .microseconds(1))) µs")

        try bench.unplug(w0)
        #expect(try linux.linkCounters(of: index) == nil)
    }

    @Test("several sockets in one process don't get in each other's way")
    func severalSockets() throws {
        let kernels = try (0..<20).map { _ in try LinuxKernel() }
        let expected = try linux.snapshot(of: [w0, w1])
        for kernel in kernels { #expect(try kernel.snapshot(of: [w0, w1]) == expected) }
    }

    /// No assertion on the clock: a loaded machine may take any time. The number is for whoever reads the output.
    @Test("a thousand changes of a default route leave it as it was")
    func pace() throws {
        let pair = [
            try route("default via 192.0.2.1 dev \(w0) proto 85 metric 1"),
            try route("default via 192.0.2.1 dev \(w0) proto 85 metric 1001"),
        ]
        try linux.apply(.addRoute(pair[0]))
        let time = try ContinuousClock().measure {
            for turn in 0..<1000 {
                try linux.apply(.addRoute(pair[(turn + 1) % 2]))
                try linux.apply(.deleteRoute(pair[turn % 2]))
            }
        }
        let snapshots = try ContinuousClock().measure {
            for _ in 0..<100 { _ = try linux.snapshot(of: [w0, w1]) }
        }
        #expect(try linux.snapshot(of: [w0, w1]).routes == [pair[0]])
        func microseconds(_ time: Duration, _ count: Int) -> Int { Int(time / count / .microseconds(1)) }
        print(
            "\(Place.measurement)a route added and one deleted, both acknowledged: \(microseconds(time, 1000)) µs;",
            "a snapshot of two interfaces: \(microseconds(snapshots, 100)) µs")
    }
}
