import CNetlink
import Glibc
import Model
import Netlink
import Plan
import Testing

@testable import LinuxKernel

/// The kernel sends its notices before the order that caused them is acknowledged, so "nothing was told" can be tested at once.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct NoticeTests {
    let w0: InterfaceName
    let bench: LinuxBench

    init() throws {
        w0 = try #require(InterfaceName("w0-\(getpid())"))
        bench = try LinuxBench()
        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24"))], [try #require(IPv6Prefix("2001:db8::9/64"))])
    }

    /// Reads until there is nothing more, or for ten seconds if there always is.
    func drain(_ notices: KernelNotices) throws -> Set<KernelNotice> {
        var all: Set<KernelNotice> = []
        let isDry = try eventually {
            let before = notices.counters
            let some = try notices.read()
            all.formUnion(some)
            return some.isEmpty && notices.counters == before
        }
        #expect(isDry, "the notices never end")
        return all
    }

    func told(_ notices: KernelNotices, _ expected: KernelNotice) throws -> Bool {
        var all: Set<KernelNotice> = []
        return try eventually {
            all.formUnion(try notices.read())
            return all.contains(expected)
        }
    }

    @Test(
        "each kind of change is told",
        arguments: [
            ["link", "set", "W0", "down"], ["link", "set", "W0", "mtu", "1400"], ["link", "set", "cW0", "down"],
            ["addr", "add", "192.0.2.11/24", "dev", "W0"], ["addr", "del", "192.0.2.10/24", "dev", "W0"],
            ["route", "add", "default", "via", "192.0.2.1", "dev", "W0"],
            ["route", "add", "default", "via", "192.0.2.1", "dev", "W0", "table", "8501", "proto", "85"],
            ["rule", "add", "pref", "8501", "fwmark", "1", "lookup", "8501", "proto", "85"], ["link", "del", "W0"],
            ["addr", "add", "2001:db8::7/64", "dev", "W0", "nodad"], ["addr", "del", "2001:db8::9/64", "dev", "W0"],
            ["route", "add", "::/0", "via", "fe80::1", "dev", "W0"],
            ["route", "add", "::/0", "via", "fe80::1", "dev", "W0", "table", "8501", "proto", "85"],
            ["-6", "rule", "add", "pref", "8501", "fwmark", "1", "lookup", "8501", "proto", "85"],
        ])
    func kinds(_ command: [String]) throws {
        let notices = try KernelNotices()
        // The carrier of a new pair is told of a little later, by a worker of the kernel's.
        _ = try eventually { try bench.linux.snapshot(of: [w0]).interface(w0)?.hasCarrier == true }
        _ = try drain(notices)
        try run(["ip"] + command.map { $0.replacing("W0", with: "\(w0)") })
        #expect(try told(notices, .routing))
        if command[1] == "del" && command[0] == "link" { try bench.plug(w0, []) }
    }

    @Test(
        "a setting of an interface that somebody writes is told, in both families",
        arguments: [
            "ipv4.ip_forward", "ipv4.conf.W0.forwarding", "ipv4.conf.W0.rp_filter", "ipv4.conf.W0.ignore_routes_with_linkdown",
            "ipv6.conf.all.forwarding", "ipv6.conf.W0.forwarding",
        ])
    func settings(_ name: String) throws {
        let notices = try KernelNotices()
        _ = try eventually { try bench.linux.snapshot(of: [w0]).interface(w0)?.hasCarrier == true }
        let path = "/proc/sys/net/" + name.split(separator: ".").joined(separator: "/").replacing("W0", with: "\(w0)")
        let before = try run(["cat", path])
        _ = try drain(notices)
        try run(["tee", path], input: before == "1\n" ? "0" : "1")
        #expect(try told(notices, .routing))
        try run(["tee", path], input: before)
    }

    @Test("a route that goes is told", arguments: ["default via 192.0.2.1", "::/0 via fe80::1"])
    func deletion(_ way: String) throws {
        let route = try #require(Route("\(way) dev \(w0) proto 85 metric 1"))
        try bench.linux.apply(.addRoute(route))
        let notices = try KernelNotices()
        _ = try drain(notices)
        try bench.linux.apply(.deleteRoute(route))
        #expect(try told(notices, .routing))
    }

    @Test("routes that aren't defaults don't even reach us")
    func churn() throws {
        let notices = try KernelNotices()
        _ = try drain(notices)
        let before = notices.counters
        let routes = (0..<2000).map { "route add \($0 % 2 == 0 ? "10.0.\($0 / 250).\($0 % 250)/32" : "2001:db8:1::\($0)/128") dev \(w0)\n" }
            .joined()
        try run(["ip", "-batch", "-"], input: routes)
        let seen = try drain(notices)
        // A late word on the carrier may be among them, but none of two thousand routes.
        #expect(!seen.contains(.overrun))
        #expect(notices.counters == before)
    }

    @Test(
        "a change of a table of ours is told as that table's, and one of another table isn't",
        arguments: [
            ("iptables-nft", "nat", .nat), ("iptables-nft", "mangle", .mangle), ("ip6tables-nft", "nat", .nat6),
            ("ip6tables-nft", "mangle", .mangle6), ("iptables-nft", "filter", .filter), ("ip6tables-nft", "filter", .filter6),
            ("iptables-nft", "raw", nil), ("ip6tables-nft", "raw", nil),
        ] as [(String, String, FirewallPlace?)])
    func firewall(_ program: String, _ table: String, _ place: FirewallPlace?) throws {
        let notices = try KernelNotices()
        #expect(notices.firewallProblem == nil)
        #expect(notices.descriptors.count == 2)
        // The first command makes the table, and the chain; what counts is the second.
        let chain = "T\(getpid())"
        try run([program, "-t", table, "-N", chain])
        _ = try drain(notices)
        try run([program, "-t", table, "-A", chain, "-j", "RETURN"])
        if let place {
            #expect(try told(notices, .firewall(place)))
        } else {
            let before = notices.counters.irrelevant
            #expect(try drain(notices).isEmpty)
            #expect(notices.counters.irrelevant > before)
        }
        _ = try drain(notices)
        try run([program, "-t", table, "-F", chain])
        try run([program, "-t", table, "-X", chain])
        #expect(try drain(notices) == Set(place.map { [.firewall($0)] } ?? []))
    }

    @Test("our own table of nftables is told of, and somebody else's isn't", arguments: [("uplinkd", true), ("uplinkd2", false)])
    func ownTable(_ table: String, _ isOurs: Bool) throws {
        let notices = try KernelNotices()
        _ = try drain(notices)
        try run(["nft", "add", "table", "inet", table])
        #expect(try drain(notices) == (isOurs ? [.firewall(.inet)] : []))
        try run(["nft", "add", "chain", "inet", table, "c"])
        #expect(try drain(notices) == (isOurs ? [.firewall(.inet)] : []))
        try run(["nft", "delete", "table", "inet", table])
        #expect(try drain(notices) == (isOurs ? [.firewall(.inet)] : []))
    }

    @Test("a storm that doesn't fit into the buffer comes out as an overrun, and what follows is told again")
    func overrun() throws {
        let notices = try KernelNotices(receiveBuffer: 8192)
        _ = try drain(notices)
        let rule = Rule(priority: 8501, mark: 1 << 24, mask: 0x0f00_0000, table: 8501)
        for _ in 1...500 {
            try bench.linux.apply(.addRule(rule))
            try bench.linux.apply(.deleteRule(rule))
        }
        #expect(try drain(notices).contains(.overrun))
        #expect(notices.counters.overruns > 0)
        try bench.linux.apply(.addRule(rule))
        #expect(try drain(notices) == [.routing])
    }

    @Test("what other processes send is counted and not believed, be it garbage or a perfect forgery")
    func foreign() throws {
        let notices = try KernelNotices()
        _ = try eventually { try bench.linux.snapshot(of: [w0]).interface(w0)?.hasCarrier == true }
        _ = try drain(notices)
        let before = notices.counters
        var forgery = nlmsghdr()
        forgery.nlmsg_len = UInt32(MemoryLayout<nlmsghdr>.size)
        forgery.nlmsg_type = UInt16(RTM_NEWRULE)
        let messages = [
            Array(repeating: UInt8(0xff), count: 7), Array(repeating: UInt8(0), count: 100),
            withUnsafeBytes(of: forgery) { Array($0) },
        ]
        let descriptor = notices.descriptors[0]
        var own = sockaddr_nl()
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let sender = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), NETLINK_ROUTE)
        defer { close(sender) }
        try #require(sender >= 0)
        withUnsafeMutablePointer(to: &own) { own in
            own.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(getsockname(descriptor, address, &length) == 0)
                own.pointee.nl_groups = 0
                for message in messages { #expect(sendto(sender, message, message.count, 0, address, length) == message.count) }
            }
        }
        #expect(try !drain(notices).contains(.routing))
        // The filter drops what is too short to have a type before it is counted.
        #expect(notices.counters.foreign >= before.foreign + 2)
        #expect(notices.counters.malformed == before.malformed)
    }
}
