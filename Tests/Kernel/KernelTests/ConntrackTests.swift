import CNetlink
import Glibc
import Model
import Netlink
import Plan
import Testing

@testable import LinuxKernel

/// Which sessions a sweep deletes, and which it doesn't touch.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct ConntrackTests {
    let bench: ConntrackBench
    let first = ConntrackBench.first
    let mask = ConntrackBench.mask

    init() throws { bench = try ConntrackBench() }

    static let tcp = "-p tcp --sport 1000 --dport 443 --state ESTABLISHED"
    static let udp = "-p udp --sport 1000 --dport 53"

    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test(
        "a sweep that is to be told names the open TCP sessions that it deletes, as their clients know them, and no others",
        arguments: SessionTable.Method.all)
    func moved(_ method: SessionTable.Method) async throws {
        func tcp(_ state: String) -> String { "-p tcp --sport 1000 --dport 443 --state \(state)" }
        let out = "--src-nat 100.64.1.2 --mark 0x1000000"
        try bench.insert([
            "-s 192.168.1.1 -d 203.0.113.9 \(tcp("ESTABLISHED")) \(out)", "-s 192.168.1.2 -d 203.0.113.9 \(tcp("CLOSE_WAIT")) \(out)",
            "-s 192.168.1.3 -d 203.0.113.9 \(tcp("SYN_SENT")) \(out)", "-s 192.168.1.4 -d 203.0.113.9 \(tcp("TIME_WAIT")) \(out)",
            "-s 192.168.1.5 -d 203.0.113.9 \(Self.udp) \(out)", "-s 100.64.1.2 -d 203.0.113.10 \(tcp("ESTABLISHED")) --mark 0x1000000",
            "-s fd00::1 -d 2001:db8::9 \(tcp("ESTABLISHED")) --src-nat 2001:db8:1::2 --mark 0x1000000",
            // Older than the marks.
            "-s 192.168.1.6 -d 203.0.113.9 \(tcp("ESTABLISHED")) --src-nat 100.64.1.2",
            "-s 192.168.2.1 -d 203.0.113.9 \(tcp("ESTABLISHED")) --src-nat 100.64.2.2 --mark 0x2000000",
            "-s 192.168.2.2 -d 192.168.3.1 \(tcp("ESTABLISHED"))",
        ])
        let scope = SessionSweep.Scope.wan(mark: first, mask: mask, addresses: [try address("100.64.1.2")])
        func session(_ client: String, _ server: String = "203.0.113.9", isUnchanged: Bool = false) throws -> MovedSession {
            MovedSession(
                client: try address(client), clientPort: 1000, server: try address(server), serverPort: 443, isUnchanged: isUnchanged)
        }
        let swept = try await SessionTable(method: method).swept(SessionSweep(id: 1, scope: scope, isTold: true))
        #expect(
            swept.moved == [
                try session("192.168.1.1"), try session("192.168.1.2"), try session("fd00::1", "2001:db8::9"), try session("192.168.1.6"),
                try session("100.64.1.2", "203.0.113.10", isUnchanged: true),
            ])
        #expect(swept.outcome.deleted == 8)
        #expect(try await SessionTable(method: method).swept(SessionSweep(id: 2, scope: scope)).moved.isEmpty)
    }

    @Test("what left or came in by a WAN goes, and nothing else", arguments: SessionTable.Method.all)
    func wan(_ method: SessionTable.Method) async throws {
        let out = "-d 203.0.113.9 \(Self.tcp) --src-nat"
        let out6 = "-d 2001:db8::9 \(Self.tcp)"
        try await bench.check(
            .wan(mark: first, mask: mask, addresses: [try address("100.64.1.2"), try address("2001:db8:1::2")]), by: method,
            [
                // With its mark: both families, any protocol, whatever else is in the mark.
                ("-s 192.168.1.1 \(out) 100.64.1.2 --mark 0x1000000", true),
                ("-s 192.168.1.2 \(out) 100.64.1.2 --mark 0xf1ff04ff", true),
                (
                    "-s 192.168.1.3 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 7 --src-nat 100.64.1.2 --mark 0x1000000",
                    true
                ),
                ("-s 192.168.1.4 -d 203.0.113.9 \(Self.udp) --mark 0x1000000 --zone 5", true),
                ("-s fd00::1 \(out6) --mark 0x1000000", true),
                ("-s fd00::2 \(out6) --mark 0x1000000 --zone 5", true),
                ("-s fd00::3 -d 2001:db8::9 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 7 --mark 0x1000000", true),
                // Came in by it: a port forward.
                ("-s 203.0.113.5 -d 100.64.1.2 \(Self.tcp) --dst-nat 192.168.1.80 --mark 0x1000000", true),
                // Older than the marks.
                ("-s 192.168.1.5 \(out) 100.64.1.2", true),
                ("-s 192.168.1.6 \(out) 100.64.1.2 --mark 0xf0ffffff", true),
                ("-s 192.168.1.7 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 8 --src-nat 100.64.1.2", true),
                ("-s 192.168.1.8 -d 203.0.113.9 \(Self.udp) --src-nat 100.64.1.2 --zone 5", true),
                ("-s 2001:db8:1::2 \(out6)", true),
                ("-s fd00::4 \(out6) --src-nat 2001:db8:1::2", true),
                ("-s fd00::5 -d 2001:db8::9 \(Self.udp) --src-nat 2001:db8:1::2 --zone 5 --mark 0xf0ffffff", true),

                // Another WAN's, also one whose mark has a bit in common, or that has the same address.
                ("-s 192.168.2.1 \(out) 100.64.2.2 --mark 0x2000000", false),
                ("-s 192.168.2.2 \(out) 100.64.2.2 --mark 0x3000000", false),
                ("-s 192.168.2.3 \(out) 100.64.1.2 --mark 0x2000000", false),
                ("-s fd00::21 \(out6) --mark 0x2000000", false),
                ("-s 203.0.113.6 -d 100.64.2.2 \(Self.tcp) --dst-nat 192.168.1.80 --mark 0x2000000", false),
                ("-s 192.168.2.7 -d 203.0.113.9 \(Self.udp) --src-nat 100.64.2.2 --mark 0x2000000", false),
                ("-s fd00::25 -d 2001:db8::9 \(Self.udp) --src-nat 2001:db8:2::2 --mark 0x3000000", false),
                ("-s 192.168.2.8 -d 192.168.3.1 \(Self.udp)", false),
                // Nobody's.
                ("-s 192.168.2.4 \(out) 100.64.2.2", false),
                ("-s 192.168.2.5 -d 192.168.3.1 \(Self.tcp)", false),
                ("-s fd00::22 -d fd00:3::1 \(Self.tcp)", false),
                ("-s 2001:db8:1::3 \(out6)", false),
                ("-s fd00::23 \(out6) --src-nat 2001:db8:2::2", false),
                ("-s fd00::24 \(out6) --src-nat 2001:db8:1::2 --mark 0x2000000", false),
                ("-s 203.0.113.7 -d 100.64.1.2 \(Self.tcp)", false),
                // The bits of the mark in the wrong half of the word.
                ("-s 192.168.2.6 \(out) 100.64.2.2 --mark 0x1", false),
            ])
    }

    @Test("the order that lets UDP go first deletes UDP of that mark and family, and nothing else")
    func udpFirst() throws {
        try bench.insert([
            "-s 192.168.1.1 -d 203.0.113.9 \(Self.udp) --src-nat 100.64.1.2 --mark 0x1000000",
            "-s 192.168.1.2 -d 203.0.113.9 \(Self.tcp) --src-nat 100.64.1.2 --mark 0x1000000",
            "-s 192.168.1.3 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 7 --src-nat 100.64.1.2 --mark 0x1000000",
            "-s fd00::1 -d 2001:db8::9 \(Self.udp) --mark 0x1000000", "-s 192.168.1.4 -d 203.0.113.9 \(Self.udp) --mark 0x2000000",
            "-s 192.168.1.5 -d 203.0.113.9 \(Self.udp)",
        ])
        let socket = try NetlinkSocket(NETLINK_NETFILTER)
        var left = 6
        for family in IPFamily.allCases {
            do throws(NetlinkFailure) {
                try socket.exchange(ConntrackRequest.flush(SessionTimeouts.udp, family, SessionMark(mark: first, mask: mask)))
                left -= 1
            } catch {
                // Linux before 6.12: refused, and nothing done.
                #expect(error.code == EINVAL || error.code == EOPNOTSUPP)
            }
            #expect(try socket.sessionCount() == left)
        }
    }

    @Test("of one family, those of the other stay", arguments: SessionTable.Method.all, [IPFamily.v4, .v6])
    func family(_ method: SessionTable.Method, _ family: IPFamily) async throws {
        let out = "-d 203.0.113.9 \(Self.tcp) --src-nat"
        let out6 = "-d 2001:db8::9 \(Self.tcp)"
        try await bench.check(
            .only(family, .wan(mark: first, mask: mask, addresses: [try address("100.64.1.2"), try address("2001:db8:1::2")])), by: method,
            [
                ("-s 192.168.1.1 \(out) 100.64.1.2 --mark 0x1000000", family == .v4),
                ("-s fd00::1 \(out6) --mark 0x1000000", family == .v6),
                ("-s 192.168.1.5 \(out) 100.64.1.2", family == .v4), ("-s fd00::4 \(out6) --src-nat 2001:db8:1::2", family == .v6),
                ("-s 192.168.2.1 \(out) 100.64.2.2 --mark 0x2000000", false), ("-s fd00::21 \(out6) --mark 0x2000000", false),
            ])
    }

    @Test("the same at the end of a drain", arguments: SessionTable.Method.all, [IPFamily.v4, .v6])
    func familyDrained(_ method: SessionTable.Method, _ family: IPFamily) async throws {
        let out = "-d 203.0.113.9 \(Self.tcp) --src-nat"
        let out6 = "-d 2001:db8::9 \(Self.tcp)"
        try await bench.check(
            .only(family, .allBut([], mark: first, mask: mask)), by: method,
            [
                ("-s 192.168.1.31 \(out) 100.64.1.2 --mark 0x1000000", family == .v4),
                ("-s fd00::31 \(out6) --src-nat 2001:db8:1::2 --mark 0x1000000", family == .v6),
                ("-s fd00::32 \(out6) --src-nat 2001:db8:1::2 --mark 0x2000000", false),
            ])
    }

    @Test("of two WANs with the same address, and no address given, only the marks count", arguments: SessionTable.Method.all)
    func sameAddress(_ method: SessionTable.Method) async throws {
        let out = "-d 203.0.113.9 \(Self.tcp) --src-nat 192.168.100.2"
        try await bench.check(
            .wan(mark: first, mask: mask, addresses: []), by: method,
            [
                ("-s 192.168.1.1 \(out) --mark 0x1000000", true),
                ("-s 192.168.1.2 \(out) --mark 0x2000000", false),
                ("-s 192.168.1.3 \(out)", false),
            ])
    }

    static let voice = SessionClass(transport: 17, ports: [500...500, 5060...5061])
    static let shell = SessionClass(transport: 6, ports: [22...22])
    static let gre = SessionClass(transport: 47)

    /// In one of those classes or not; of the first WAN.
    static let classified: [(session: String, isIn: Bool)] = [
        ("-s 192.168.1.1 -d 203.0.113.9 -p tcp --sport 1000 --dport 22 --state ESTABLISHED --src-nat 100.64.1.2", true),
        ("-s 192.168.1.2 -d 203.0.113.9 -p udp --sport 1000 --dport 500 --src-nat 100.64.1.2", true),
        ("-s 192.168.1.3 -d 203.0.113.9 -p udp --sport 1000 --dport 5060 --src-nat 100.64.1.2", true),
        ("-s fd00::1 -d 2001:db8::9 -p udp --sport 1000 --dport 5061 --src-nat 2001:db8:1::2", true),
        ("-s 192.168.1.4 -d 203.0.113.9 -p gre --srckey 1 --dstkey 2 --src-nat 100.64.1.2", true),
        ("-s 192.168.1.5 -d 203.0.113.9 -p udp --sport 5060 --dport 5062 --src-nat 100.64.1.2", false),
        ("-s 192.168.1.6 -d 203.0.113.9 -p udp --sport 1000 --dport 22 --src-nat 100.64.1.2", false),
        ("-s fd00::2 -d 2001:db8::9 -p tcp --sport 22 --dport 5060 --state ESTABLISHED --src-nat 2001:db8:1::2", false),
        ("-s 192.168.1.7 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 5060 --src-nat 100.64.1.2", false),
        ("-s fd00::3 -d 2001:db8::9 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 5060 --src-nat 2001:db8:1::2", false),
    ]

    static func cases(in goes: Bool) -> [(session: String, goes: Bool)] {
        classified.map { ("\($0.session) --mark 0x1000000", $0.isIn == goes) } + [
            // Came in from outside, and the box's own, in every class and in none: they can't begin anew by another WAN.
            (
                "-s 203.0.113.5 -d 100.64.1.2 -p tcp --sport 1000 --dport 22 --state ESTABLISHED --dst-nat 192.168.1.80 --mark 0x1000000",
                false
            ),
            (
                "-s 203.0.113.6 -d 100.64.1.2 -p tcp --sport 1000 --dport 80 --state ESTABLISHED --dst-nat 192.168.1.80 --mark 0x1000000",
                false
            ),
            ("-s 100.64.1.2 -d 203.0.113.9 -p udp --sport 2000 --dport 500 --mark 0x1000000", false),
            ("-s 100.64.1.3 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 9 --mark 0x1000000", false),
            // Another WAN's, and nobody's, in every class and in none.
            ("-s 192.168.2.1 -d 203.0.113.9 -p tcp --sport 1000 --dport 22 --state ESTABLISHED --mark 0x2000000", false),
            ("-s 192.168.2.2 -d 203.0.113.9 -p tcp --sport 1000 --dport 23 --state ESTABLISHED --mark 0x3000000", false),
            ("-s 192.168.2.3 -d 203.0.113.9 -p tcp --sport 1000 --dport 22 --state ESTABLISHED", false),
            ("-s 192.168.2.4 -d 203.0.113.9 -p tcp --sport 1000 --dport 23 --state ESTABLISHED", false),
        ]
    }

    @Test("of a WAN's sessions those in some classes go")
    func classes() async throws {
        try await bench.check(
            .classes([Self.voice, Self.shell, Self.gre], mark: first, mask: mask), by: .filter, Self.cases(in: true))
    }

    @Test("of a WAN's sessions all but those in some classes go")
    func allBut() async throws {
        try await bench.check(
            .allBut([Self.voice, Self.shell, Self.gre], mark: first, mask: mask), by: .filter, Self.cases(in: false))
    }

    @Test("a mark that is no WAN's deletes nothing", arguments: SessionTable.Method.all)
    func noMark(_ method: SessionTable.Method) async throws {
        try bench.insert(["-s 192.168.1.1 -d 192.168.3.1 \(Self.tcp)", "-s 192.168.1.2 -d 192.168.3.1 \(Self.tcp) --mark 0x1000000"])
        for (mark, mask) in [(0, 0), (0, mask), (first, 0), (0x1000_0001, mask)] as [(UInt32, UInt32)] {
            for scope in [
                .wan(mark: mark, mask: mask, addresses: []), .allBut([], mark: mark, mask: mask),
            ] as [SessionSweep.Scope] {
                let error = await #expect(throws: KernelError.self) {
                    try await SessionTable(method: method).sweep(SessionSweep(id: 1, scope: scope))
                }
                #expect(error?.text == "Invalid argument (that is no WAN's mark)")
            }
        }
        #expect(try bench.count() == 2)
    }

    @Test("2,500 of 10,000 sessions go, by several sweeps at once, one after the other", arguments: SessionTable.Method.all)
    func many(_ method: SessionTable.Method) async throws {
        try bench.insert(
            (0..<10_000).map { number in
                let mark = ["", "--mark 0x1000000", "--mark 0x2000000", "--mark 0x400"][number % 4]
                return number % 8 < 4
                    ? "-s 10.\(number / 250).\(number % 250).1 -d 203.0.113.9 \(Self.tcp) \(mark)"
                    : "-s fd00::\(String(number, radix: 16)) -d 2001:db8::9 \(Self.udp) \(mark)"
            })
        let table = SessionTable(method: method)
        let sweep = SessionSweep(id: 1, scope: .wan(mark: first, mask: mask, addresses: []))
        async let a = table.sweep(sweep)
        async let b = table.sweep(sweep)
        async let c = table.sweep(sweep)
        #expect(try await [a, b, c].map(\.deleted).sorted() == [0, 0, 2500])
        #expect(try bench.count() == 7500)
        let left = try run(["conntrack", "-L", "--mark", "0x1000000/0xf000000"])
        #expect(left.hasPrefix("conntrack v"), "\(left)")
    }

    @Test("what two delete at the same time is counted once")
    func race() async throws {
        try bench.insert((0..<5000).map { "-s 10.0.\($0 / 250).\($0 % 250) -d 203.0.113.9 \(Self.tcp) --mark 0x1000000" })
        let sweep = SessionSweep(id: 1, scope: .wan(mark: first, mask: mask, addresses: []))
        async let a = SessionTable(method: .single).sweep(sweep)
        async let b = SessionTable(method: .single).sweep(sweep)
        #expect(try await a.deleted + b.deleted == 5000)
        #expect(try bench.count() == 0)
    }

    @Test("what is gone when its turn comes isn't counted, and what began anew meanwhile stays")
    func gone() async throws {
        let session = { (number: Int) in "-s 192.168.1.\(number) -d 203.0.113.9 \(Self.tcp) --mark 0x1000000" }
        let total = MessageBatch.capacity
        try bench.insert((1...total).map(session))
        var batch = MessageBatch()
        let socket = try NetlinkSocket(NETLINK_NETFILTER)
        #expect(
            try socket.walk(ConntrackRequest.dump(SessionMark(mark: first, mask: mask))) { ConntrackEntry($0)?.delete(in: &batch) })
        #expect(batch.count == total)
        for number in 1...40 { try run(["conntrack", "-D", "-s", "192.168.1.\(number)"]) }
        // The same addresses and ports again: another session.
        try run(["conntrack", "-R", "-"], input: (1...30).map { "-I -t 1000 -u SEEN_REPLY \(session($0))\n" }.joined())
        let gone = try socket.exchange(&batch)
        // An id is made of the session's place in memory, which now and then is the same again.
        #expect((30...40).contains(gone))
        let left = try bench.sources()
        #expect(left.count == gone - 10)
        #expect(left.isSubset(of: (1...30).map { "192.168.1.\($0)" }))
        // The answers are all read: the socket is as good as new.
        #expect(batch.count == 0)
        var count = 0
        #expect(try socket.walk(ConntrackRequest.dump(SessionMark(mark: first, mask: mask))) { _ in count += 1 })
        #expect(count == left.count)
    }

    @Test("a whole batch of refusals is read to the end")
    func refusals() throws {
        try bench.insert((1...MessageBatch.capacity).map { "-s 192.168.1.\($0) -d 203.0.113.9 \(Self.tcp) --mark 0x1000000" })
        var batch = MessageBatch()
        let socket = try NetlinkSocket(NETLINK_NETFILTER)
        #expect(try socket.walk(ConntrackRequest.dump(SessionMark(mark: first, mask: mask))) { ConntrackEntry($0)?.delete(in: &batch) })
        #expect(batch.isFull)
        try run(["conntrack", "-F"])
        #expect(try socket.exchange(&batch) == MessageBatch.capacity)
    }

    @Test("an order that an older kernel would take for one to delete a single session deletes nothing")
    func withoutFilter() throws {
        try bench.insert(["-s 192.168.1.1 -d 203.0.113.9 \(Self.tcp) --src-nat 100.64.1.2"])
        let address = try #require(IPv4Address("100.64.1.2"))
        let request = try ConntrackRequest.flush(repliesTo: address, SessionMark(mark: 0, mask: mask))
        // As Linux before 5.8 reads it, which knows no filter: an attribute of another number.
        let header = try request.header()
        let bytes = UnsafeMutableRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len))
        let place = bytes.count - 12
        #expect(bytes.load(fromByteOffset: place + 2, as: UInt16.self) == UInt16(CTA_FILTER.rawValue) | 0x8000)
        bytes.storeBytes(of: 0x80ff, toByteOffset: place + 2, as: UInt16.self)
        let socket = try NetlinkSocket(NETLINK_NETFILTER)
        let error = #expect(throws: NetlinkFailure.self) { try socket.exchange(request) }
        #expect(error?.code == EINVAL)
        #expect(try bench.count() == 1)
    }
}
