import Dispatch
import LinuxKernel
import Model
import Synchronization
import Testing

/// Real connections on the loopback of the namespace, of which those to 127.0.0.2 carry a mark.
@Suite(.serialized, .enabled(if: Place.isNamespace)) final class NewSessionWatchTests {
    private static let mark: UInt32 = 0x0200_0000
    private static let rules = [
        ["-t", "mangle", "-A", "POSTROUTING", "-d", "127.0.0.2", "-j", "CONNMARK", "--set-mark", "\(mark)"],
        ["-A", "INPUT", "-d", "127.0.0.2", "-p", "tcp", "--dport", "81", "-j", "DROP"],
        ["-A", "INPUT", "-d", "127.0.0.2", "-p", "udp", "--dport", "53", "-j", "DROP"],
    ]

    final class Heard: Sendable {
        private let state = Mutex<[NewSessions.Kind: NewSessions.Count]>([:])
        var counts: [NewSessions.Kind: NewSessions.Count] { state.withLock { $0 } }
        func add(_ sessions: NewSessions) {
            state.withLock { counts in
                for kind in NewSessions.Kind.allCases {
                    let (old, new) = (counts[kind] ?? .init(), sessions[kind])
                    let sum = NewSessions.Count(answered: old.answered + new.answered, unanswered: old.unanswered + new.unanswered)
                    if sum != .init() { counts[kind] = sum }
                }
            }
        }
    }

    private let bench: ConntrackBench
    private let heard = Heard()

    init() throws {
        bench = try ConntrackBench()
        for rule in Self.rules { try run(["iptables-nft"] + rule) }
    }

    deinit {
        for rule in Self.rules { _ = try? run(["iptables-nft"] + rule.map { $0 == "-A" ? "-D" : $0 }) }
    }

    private func watch(mark: UInt32 = mark, address: String = "127.0.0.1") throws -> NewSessionWatch {
        let watch = NewSessionWatch { [heard] _, sessions in heard.add(sessions) }
        try watch.watch(
            SessionScope(
                wan: try #require(WANName("telkom")), mark: mark, mask: 0x0f00_0000, addresses: Set([IPAddress(address)].compactMap { $0 }))
        )
        return watch
    }

    /// Refused at ports 80 and 443, unanswered at 81 and 53; the same to an address without a mark, which would be told of first.
    private func connect() throws {
        for host in ["127.0.0.3", "127.0.0.2"] {
            for port in [80, 443, 81] { try run(["sh", "-c", "timeout 0.2 bash -c ': > /dev/tcp/\(host)/\(port)' 2>/dev/null || true"]) }
            for port in [53, 54] { try run(["bash", "-c", "printf x > /dev/udp/\(host)/\(port) || true"]) }
        }
    }

    @Test(
        "of sessions with its mark those that are refused are answered, those that are dropped aren't, by their kinds; others aren't counted"
    )
    func counts() throws {
        let watch = try watch()
        try connect()
        let expected: [NewSessions.Kind: NewSessions.Count] = [
            .web: .init(answered: 1), .tcp: .init(answered: 1, unanswered: 1), .dns: .init(unanswered: 1),
        ]
        #expect(eventually(within: .seconds(30)) { heard.counts == expected }, "\(heard.counts)")
        withExtendedLifetime(watch) {}
    }

    @Test(
        "what comes in by a WAN, and what carries another's mark, isn't of its clients",
        arguments: [(mark, "127.0.0.9"), (mark * 2, "127.0.0.1")])
    func others(mark: UInt32, address: String) throws {
        let others = try watch(mark: mark, address: address)
        let own = NewSessionWatch { [heard] _, sessions in heard.add(sessions) }
        try own.watch(
            SessionScope(
                wan: try #require(WANName("telkom")), mark: Self.mark, mask: 0x0f00_0000,
                addresses: Set([IPAddress("127.0.0.1")].compactMap { $0 })))
        try connect()
        // Those of `own`, once: both are told of at the same time.
        #expect(eventually(within: .seconds(30)) { heard.counts[.tcp]?.unanswered == 1 && heard.counts[.dns]?.unanswered == 1 })
        #expect(heard.counts[.web] == .init(answered: 1) && heard.counts[.tcp] == .init(answered: 1, unanswered: 1))
        withExtendedLifetime((others, own)) {}
    }

    @Test("the next scope is what counts from then on, and none is none")
    func changes() throws {
        let watch = try watch(mark: Self.mark * 2)
        try watch.watch(nil)
        try watch.watch(
            SessionScope(
                wan: try #require(WANName("smartfren")), mark: Self.mark, mask: 0x0f00_0000,
                addresses: Set([IPAddress("127.0.0.1")].compactMap { $0 })))
        try connect()
        #expect(eventually(within: .seconds(30)) { heard.counts[.web]?.answered == 1 })
        withExtendedLifetime(watch) {}
    }
}
