import Glibc
import LinuxKernel
import Model
import Plan
import Testing

/// What only the real kernel can show of IPv6: advertisements and their lifetimes.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct LinuxKernel6Tests {
    let w0: InterfaceName
    let w1: InterfaceName
    let bench: LinuxBench
    var linux: LinuxKernel { bench.linux }

    init() throws {
        w0 = try #require(InterfaceName("w0-\(getpid())"))
        w1 = try #require(InterfaceName("w1-\(getpid())"))
        bench = try LinuxBench()
        try bench.plug(w0, [try #require(IPv4Prefix("192.0.2.10/24"))])
        // The router at the other end has nothing to learn from itself, and what it gives is used at once.
        try run(["sysctl", "-qw", "net.ipv6.conf.c\(w0).accept_ra=0", "net.ipv6.conf.\(w0).accept_dad=0"])
        try ip("addr", "add", "fe80::1/64", "dev", "c\(w0)", "nodad")
        _ = try eventually { try linux.snapshot(of: [w0]).interface(w0)?.hasCarrier == true }
    }

    func route(_ text: String) throws -> Route { try #require(Route(text.replacing("W0", with: "\(w0)").replacing("W1", with: "\(w1)"))) }

    /// A router advertisement (RFC 4861, section 4.2) with one prefix.
    func advertise(lifetime: Int) throws {
        let script = """
            import socket, struct
            index = socket.if_nametoindex("c\(w0)")
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            s.bind(("fe80::1", 0, 0, index))
            prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 7200, 3600, 0) + socket.inet_pton(socket.AF_INET6, "2001:db8:5::")
            s.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, \(lifetime), 0, 0) + prefix, ("ff02::1", 0, 0, index))
            """
        try run(["python3", "-c", script])
    }

    func routes() throws -> [Route] { try linux.snapshot(of: [w0]).routes.filter { $0.family == .v6 } }

    /// Reads until there is nothing more.
    func drain(_ notices: KernelNotices) throws -> Set<KernelNotice> {
        var all: Set<KernelNotice> = []
        while true {
            let before = notices.counters
            let some = try notices.read()
            all.formUnion(some)
            if some.isEmpty, notices.counters == before { return all }
        }
    }

    @Test("a router's advertisement is told and read, its repetition isn't told, and its end is")
    func advertisement() throws {
        let notices = try KernelNotices()
        _ = try drain(notices)
        let learned = try route("::/0 via fe80::1 dev W0 proto ra metric 1024 hoplimit 64")
        try advertise(lifetime: 1800)
        #expect(try eventually { try routes() == [learned] })
        #expect(try eventually { try linux.snapshot(of: [w0]).interface(w0)?.reachesBeyondLink6 == true })
        #expect(try drain(notices).contains(.routing))

        for _ in 1...3 {
            let before = notices.counters.irrelevant
            try advertise(lifetime: 1800)
            var all: Set<KernelNotice> = []
            #expect(
                try eventually {
                    all.formUnion(try notices.read())
                    return notices.counters.irrelevant > before
                }, "the kernel tells of the addresses again")
            #expect(all.isEmpty)
        }

        try advertise(lifetime: 0)
        #expect(try eventually { try routes().isEmpty })
        #expect(try drain(notices).contains(.routing))
    }

    /// The kernel lists it for half a minute more.
    @Test("a default route whose lifetime is over is none")
    func expiry() throws {
        try ip("-6", "route", "add", "default", "via", "fe80::1", "dev", "\(w0)", "proto", "ra", "metric", "1024", "expires", "1")
        #expect(try eventually(within: .seconds(30)) { try routes().isEmpty })
    }

    @Test("a route that is moved takes what is left of its lifetime along, and a newer one is passed on")
    func movedLifetime() throws {
        let (original, copy) = (
            try route("::/0 via fe80::1 dev W0 proto ra metric 2"), try route("::/0 via fe80::1 dev W0 proto ra metric 2002")
        )
        func seconds(_ metric: Int) throws -> Int? {
            let line = try ip("-6", "route", "show", "default").split(separator: "\n").first { $0.contains("metric \(metric) ") }
            return line?.split(separator: " ").first { $0.hasSuffix("sec") }.flatMap { Int($0.dropLast(3)) }
        }
        func comes(for seconds: Int) throws {
            try ip(
                "-6", "route", "add", "default", "via", "fe80::1", "dev", "\(w0)", "proto", "ra", "metric", "2", "expires", "\(seconds)")
        }
        try comes(for: 1000)
        for _ in 1...2 {
            try linux.apply(.addRoute(copy))
            try linux.apply(.deleteRoute(original))
            #expect(try routes() == [copy])
        }
        let first = try #require(try seconds(2002))
        #expect((500...1000).contains(first))
        try comes(for: 3000)
        try linux.apply(.addRoute(copy))
        try linux.apply(.deleteRoute(original))
        let second = try #require(try seconds(2002))
        #expect((2500...3000).contains(second))
        try linux.apply(.addRoute(original))
        try linux.apply(.deleteRoute(copy))
        #expect(try routes() == [original])
        let last = try #require(try seconds(2))
        #expect((2500...3000).contains(last))
        // Ours has none, whatever the others have.
        try linux.apply(.addRoute(try route("::/0 via fe80::1 dev W0 proto uplinkd metric 1")))
        #expect(try seconds(1) == nil)
    }

    @Test("an address that is still being checked, or that somebody else has, is none")
    func tentative() throws {
        try run(["sysctl", "-qw", "net.ipv6.conf.\(w0).accept_dad=1", "net.ipv6.conf.\(w0).dad_transmits=100000"])
        func addresses() throws -> [String] { try linux.snapshot(of: [w0]).interface(w0)?.addresses6.map(\.description) ?? [] }
        try ip("addr", "add", "2001:db8:7::7/64", "dev", "\(w0)")
        try ip("addr", "add", "2001:db8:7::8/64", "dev", "\(w0)", "nodad")
        #expect(try ip("-6", "addr", "show", "dev", "\(w0)", "tentative").contains("2001:db8:7::7"))
        #expect(try addresses() == ["2001:db8:7::8/64"])
        try ip("addr", "add", "2001:db8:7::9/64", "dev", "c\(w0)", "nodad")
        try ip("addr", "add", "2001:db8:7::9/64", "dev", "\(w0)")
        #expect(
            try eventually(within: .seconds(30)) { try ip("-6", "addr", "show", "dev", "\(w0)", "dadfailed").contains("2001:db8:7::9") })
        #expect(try addresses() == ["2001:db8:7::8/64"])
        // It goes on being used by what has begun with it.
        try ip("addr", "change", "2001:db8:7::8/64", "dev", "\(w0)", "preferred_lft", "0", "valid_lft", "1000")
        #expect(try ip("-6", "addr", "show", "dev", "\(w0)", "deprecated").contains("2001:db8:7::8"))
        #expect(try addresses() == ["2001:db8:7::8/64"])
    }

    @Test("what is marked takes its WAN's default, but no default where the main table knows better", arguments: IPFamily.allCases)
    func marked(_ family: IPFamily) throws {
        try bench.plug(w1, [try #require(IPv4Prefix("198.51.100.10/24"))], [try #require(IPv6Prefix("2001:db8:2::10/64"))])
        let (first, second, near, far) =
            family == .v4
            ? ("default via 192.0.2.1", "default via 198.51.100.1", "198.51.100.77", "203.0.113.9")
            : ("::/0 via fe80::1", "::/0 via fe80::2", "2001:db8:2::77", "2001:db8:9::9")
        try linux.apply(.addRoute(try route("\(first) dev W0 table 8501 proto uplinkd")))
        try linux.apply(.addRoute(try route("\(second) dev W1 proto uplinkd metric 1")))
        func way(_ address: String) throws -> InterfaceName? {
            let words = try ip("route", "get", address, "mark", "0x1000000").split(separator: " ")
            return words.firstIndex(of: "dev").flatMap { InterfaceName(String(words[$0 + 1])) }
        }
        #expect(try way(near) == w1 && way(far) == w1, "no rule yet")
        try linux.apply(.addRule(Rule(family: family, priority: 8501, mark: 1 << 24, mask: 0x0f00_0000, table: 8501)))
        #expect(try way(near) == w0 && way(far) == w0, "this is what the other rule is for")
        try linux.apply(.addRule(.beforeMarks(family, mask: 0x0f00_0000)))
        #expect(try way(near) == w1 && way(far) == w0)
    }
}
