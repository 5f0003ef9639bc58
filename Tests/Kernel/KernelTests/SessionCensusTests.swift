import Foundation
import LinuxKernel
import Model
import Plan
import Testing

/// The kernel's table of sessions, counted.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct SessionCensusTests {
    let bench: ConntrackBench

    init() throws { bench = try ConntrackBench() }

    struct Seen: Sendable {
        var entries: [SessionEntry] = []
        var idle: [UInt32?] = []

        mutating func add(_ entry: SessionEntry, _ timeouts: SessionTimeouts) {
            entries.append(entry)
            idle.append(timeouts.idleSeconds(of: entry))
        }
    }

    func census() async throws -> Seen { try await SessionCensus().count(into: Seen()) { $0.add($1, $2) } }

    @Test("every session of both families is told whole")
    func whole() async throws {
        try bench.insert([
            "-s 192.168.1.1 -d 203.0.113.9 -p tcp --sport 1 --dport 443 --state FIN_WAIT --src-nat 100.64.1.2 --mark 0x1000000",
            "-s fd00::2 -d 2001:db8::9 -p udp --sport 1 --dport 53 --src-nat 2001:db8:1::2 --mark 0x2000001",
            "-s 192.168.1.3 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 9",
            "-s 203.0.113.9 -d 100.64.1.2 -p udp --sport 1 --dport 53 --dst-nat 192.168.1.4 -u ASSURED",
        ])
        let entries = try await census().entries
        #expect(Set(entries.map(\.id)).count == 4)
        let lines = entries.map { entry in
            let left = entry.expiresInSeconds.map { (990...1000).contains($0) }
            return
                "\(entry.source) \(entry.destination) \(entry.repliesTo) \(entry.transport) \(hexadecimal(entry.mark)) "
                + "\(entry.tcpState ?? 0) \(entry.isAnswered) \(entry.isAssured) \(left ?? false) \(entry.bytes ?? 77)"
        }
        #expect(
            lines.sorted() == [
                "192.168.1.1 203.0.113.9 100.64.1.2 6 0x1000000 4 true false true 77",
                "192.168.1.3 203.0.113.9 192.168.1.3 1 0x0 0 true false true 77",
                "203.0.113.9 100.64.1.2 203.0.113.9 17 0x0 0 true true true 77",
                "fd00::2 2001:db8::9 2001:db8:1::2 17 0x2000001 0 true false true 77",
            ])
    }

    @Test("their silence is told by the timeouts that are set here")
    func silence() async throws {
        let saved = try run(["sysctl", "-n", "net.netfilter.nf_conntrack_udp_timeout_stream"])
        try run(["sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout_stream=2000"])
        defer { _ = try? run(["sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout_stream=\(saved)"]) }
        try bench.insert(["-s 192.168.1.1 -d 203.0.113.9 -p udp --sport 1 --dport 53 -u ASSURED"])
        let idle = try await census().idle
        #expect(idle.count == 1)
        #expect((1000...1010).contains(try #require(idle.first ?? nil)))
    }

    @Test("bytes are told where the kernel counts them")
    func bytes() async throws {
        try run(["sysctl", "-qw", "net.netfilter.nf_conntrack_acct=1"])
        defer { _ = try? run(["sysctl", "-qw", "net.netfilter.nf_conntrack_acct=0"]) }
        let echo = try Echo()
        defer { echo.close() }
        try echo.ask()
        try echo.answer()
        let entries = try await census().entries.filter { $0.mark == Echo.mark }
        // An IP header and a UDP header around four bytes, both ways.
        #expect(entries.map(\.bytes) == [64])
    }

    @Test("an empty table is one, too")
    func empty() async throws { #expect(try await census().entries.isEmpty) }

    @Test("200,000 sessions are counted with no memory for them")
    func many() async throws {
        let count = 200_000
        let line = "-I -s 10.1.%d.%d -d 203.0.113.%d -p tcp --sport %d --dport 443 --state ESTABLISHED -t 10000 -u SEEN_REPLY"
        try await runAside([
            "sh", "-c",
            #"awk 'BEGIN { for (i = 0; i < \#(count); i++) printf "\#(line)\n", i / 250 % 250, i % 250, i / 50000, 1024 + i % 50000 }' | conntrack -R -"#,
        ])
        try #require(try bench.count() == count)
        // Once before, for what is only made once.
        _ = try await SessionCensus().count(into: 0) { tally, _, _ in tally += 1 }
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        let before = try peak()
        let clock = ContinuousClock()
        let start = clock.now
        let counted = try await SessionCensus().count(into: 0) { tally, entry, _ in if entry.isAnswered { tally += 1 } }
        let time = clock.now - start
        let growth = try peak() - before
        #expect(counted == count)
        #expect(growth < 2048)
        print("\(Place.measurement)\(counted) sessions counted in \(time), \(growth) KiB more at the peak")
    }

    /// The most memory that this process has had, in KiB, since `clear_refs` was written to.
    func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }
}
