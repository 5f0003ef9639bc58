import Model
import Testing

@testable import Probing

/// Messages as other programs write them: NXDOMAIN is a resolver's of the network these tests were written in, the rest are dnspython's,
/// with its compression.
private enum Captured {
    static let a = """
        12 34 81 80 00 01 00 02 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01 c0
        0c 00 01 00 01 00 00 01 2c 00 04 5d b8 d7 0f c0 0c 00 01 00 01 00 00 01 2c 00 04 5d b8 d7
        0e
        """
    /// www.Example.com → edge.Example.net (3600 s) → a.edge.example.net (60 s) → 192.0.2.7 (20 s).
    static let aliases = """
        12 34 81 80 00 01 00 03 00 00 00 00 03 77 77 77 07 45 78 61 6d 70 6c 65 03 63 6f 6d 00 00
        01 00 01 c0 0c 00 05 00 01 00 00 0e 10 00 12 04 65 64 67 65 07 45 78 61 6d 70 6c 65 03 6e
        65 74 00 c0 2d 00 05 00 01 00 00 00 3c 00 04 01 61 c0 2d c0 4b 00 01 00 01 00 00 00 14 00
        04 c0 00 02 07
        """
    static let aaaa = """
        12 34 81 80 00 01 00 01 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 1c 00 01 c0
        0c 00 1c 00 01 00 00 01 2c 00 10 26 06 28 00 02 1f cb 07 68 20 80 da af 6b 8b 2c
        """
    static let mx = """
        12 34 81 80 00 01 00 02 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 0f 00 01 c0
        0c 00 0f 00 01 00 00 01 2c 00 09 00 0a 04 6d 61 69 6c c0 0c c0 0c 00 0f 00 01 00 00 01 2c
        00 12 00 14 02 6d 78 07 65 78 61 6d 70 6c 65 03 6f 72 67 00
        """
    static let ns = """
        12 34 81 80 00 01 00 02 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 02 00 01 c0
        0c 00 02 00 01 00 00 01 2c 00 14 01 61 0c 69 61 6e 61 2d 73 65 72 76 65 72 73 03 6e 65 74
        00 c0 0c 00 02 00 01 00 00 01 2c 00 04 01 62 c0 2b
        """
    static let soa = """
        12 34 81 80 00 01 00 01 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 06 00 01 c0
        0c 00 06 00 01 00 00 01 2c 00 2c 02 6e 73 05 69 63 61 6e 6e 03 6f 72 67 00 03 6e 6f 63 03
        64 6e 73 c0 2c 78 a5 08 1c 00 00 1c 20 00 00 0e 10 00 12 75 00 00 00 0e 10
        """
    static let txt = """
        12 34 81 80 00 01 00 02 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 10 00 01 c0
        0c 00 10 00 01 00 00 01 2c 00 0c 0b 76 3d 73 70 66 31 20 2d 61 6c 6c c0 0c 00 10 00 01 00
        00 01 2c 00 0d 04 74 77 6f 20 07 73 74 72 69 6e 67 73
        """
    static let ptr = """
        12 34 81 80 00 01 00 01 00 00 00 00 01 38 01 38 01 38 01 38 07 69 6e 2d 61 64 64 72 04 61
        72 70 61 00 00 0c 00 01 c0 0c 00 0c 00 01 00 00 01 2c 00 0c 03 64 6e 73 06 67 6f 6f 67 6c
        65 00
        """
    static let cname = """
        12 34 81 80 00 01 00 01 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 05 00 01 c0
        0c 00 05 00 01 00 00 01 2c 00 0f 05 6f 74 68 65 72 07 65 78 61 6d 70 6c 65 00
        """
    static let noSuchName = """
        12 34 81 83 00 01 00 00 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01
        """
    static let all: [(String, DNSQuestion.RecordType)] = [
        (a, .a), (aliases, .a), (aaaa, .aaaa), (mx, .mx), (ns, .ns), (soa, .soa), (txt, .txt), (ptr, .ptr), (cname, .cname),
        (noSuchName, .a),
    ]
}

private func judged(
    _ text: String, id: UInt16 = 0x1234, _ name: String = "example.com", _ type: DNSQuestion.RecordType = .a
) throws -> DNSJudgement {
    try DNSMessage(bytes(text)[...]).judged(id: id, DNSName(name), type)
}

@Suite("DNS messages")
struct DNSTests {
    @Test("a query is laid out as RFC 1035 says, and its cost is what is promised")
    func query() throws {
        let query = try #require(DNSMessage.query(id: 0x1234, DNSName("Example.com."), .aaaa))
        #expect(query == bytes("12 34 01 00 00 01 00 00 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 1c 00 01"))
        let server = try #require(IPAddress("9.9.9.9"))
        let question = Question.dns(DNSQuestion(server: .address(server), name: "example.com", type: .aaaa))
        // And the answer: the same with one record of an AAAA's size.
        #expect(question.bytes == 2 * (28 + query.count) + 28)
    }

    @Test(
        "what is no name is not asked for",
        arguments: [
            "a..b", ".a", String(repeating: "a", count: 64),
            Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: "."),
        ])
    func badNames(name: String) { #expect(DNSMessage.query(id: 1, DNSName(name), .a) == nil) }

    @Test(
        "records are read, with their text as zone files have it",
        arguments: [
            (Captured.a, "example.com", DNSQuestion.RecordType.a, ["93.184.215.15", "93.184.215.14"], UInt32(300)),
            (Captured.aliases, "WWW.example.COM", .a, ["192.0.2.7"], 20),
            (Captured.aaaa, "example.com", .aaaa, ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"], 300),
            (Captured.mx, "example.com", .mx, ["10 mail.example.com", "20 mx.example.org"], 300),
            (Captured.ns, "example.com", .ns, ["a.iana-servers.net", "b.iana-servers.net"], 300),
            (Captured.soa, "example.com", .soa, ["ns.icann.org noc.dns.icann.org 2024081436 7200 3600 1209600 3600"], 300),
            (Captured.txt, "example.com", .txt, ["v=spf1 -all", "two strings"], 300),
            (Captured.ptr, "8.8.8.8.in-addr.arpa", .ptr, ["dns.google"], 300),
            (Captured.cname, "example.com", .cname, ["other.example"], 300),
        ])
    func records(text: String, name: String, type: DNSQuestion.RecordType, expected: [String], keepFor: UInt32) throws {
        guard case .found(let answers, let seconds) = try judged(text, name, type) else {
            Issue.record("\(try judged(text, name, type))")
            return
        }
        #expect(answers.map(\.text) == expected)
        #expect(seconds == keepFor)
    }

    @Test("another id, another question, another type, or a query is no answer of ours")
    func notOurs() throws {
        #expect(try judged(Captured.a, id: 0x1235) == .notOurs)
        #expect(try judged(Captured.a, "example.org") == .notOurs)
        #expect(try judged(Captured.a, "example.com", .aaaa) == .notOurs)
        #expect(try judged(Captured.a.replacing("81 80", with: "01 80", maxReplacements: 1)) == .notOurs)
        // Operation 1, an inverse query; class CHAOS; no question at all though it found something.
        #expect(try judged(Captured.a.replacing("81 80", with: "89 80", maxReplacements: 1)) == .notOurs)
        #expect(try judged(Captured.a.replacing("00 01 00 01 c0", with: "00 01 00 03 c0", maxReplacements: 1)) == .notOurs)
        #expect(try judged("12 34 81 80 00 00 00 00 00 00 00 00") == .notOurs)
    }

    @Test(
        "failures have their names",
        arguments: [
            (Captured.noSuchName, "NXDOMAIN for example.com"),
            (Captured.noSuchName.replacing("81 83", with: "81 82"), "SERVFAIL for example.com"),
            (Captured.noSuchName.replacing("81 83", with: "81 8b"), "error 11 for example.com"),
            // A server that wants nothing to do with us, and doesn't repeat the question.
            ("12 34 81 85 00 00 00 00 00 00 00 00", "REFUSED for example.com"),
            // Nothing found, which is no error to the server.
            (Captured.noSuchName.replacing("81 83", with: "81 80"), "there is no A record for example.com"),
            (Captured.a.replacing("81 80", with: "83 80", maxReplacements: 1), "the answer for example.com doesn't fit into a datagram"),
        ])
    func failures(text: String, detail: String) throws { #expect(try judged(text) == .wrong(detail)) }

    @Test("aliases in a circle, and records of other names, are no answer")
    func circle() throws {
        let head = "12 34 81 80 00 01 00 01 00 00 00 00 01 61 00 00 01 00 01"
        #expect(try judged(head + " c0 0c 00 05 00 01 00 00 00 01 00 02 c0 0c", "a") == .wrong("there is no A record for a"))
        #expect(
            try judged(head + " 01 62 00 00 01 00 01 00 00 00 01 00 04 0a 00 00 01", "a") == .wrong("there is no A record for a"))
    }

    @Test(
        "names that never end, reach out of the message or are too long are refused",
        arguments: [
            // A pointer to itself, two to each other, one forward, one to the middle of nowhere.
            ("c0 00", DNSError.badName), ("c0 02 c0 00", .badName), ("01 61 c0 04 00", .badName), ("ff ff", .badName),
            ("05 61 62", .truncated), ("", .truncated), ("01 61", .truncated), ("c0", .truncated),
            // Lengths of 64 and above mean something else, or nothing.
            ("40 61 00", .badName), ("80 61 00", .badName),
            // A label in front of a pointer to itself.
            ("01 61 c0 00", .badName),
            (String(repeating: "3f " + String(repeating: "61 ", count: 63), count: 4) + "00", .badName),
        ])
    func hostileNames(text: String, error: DNSError) {
        var offset = 0
        #expect(throws: error) { try DNSName(bytes(text)[...], at: &offset) }
    }

    @Test("what could be misread in a name is escaped, so that two names never look the same")
    func escapes() throws {
        var offset = 0
        let name = try DNSName(bytes("04 61 2e 5c 0a 03 43 20 ff 00")[...], at: &offset)
        #expect(name.description == #"a\.\\\010.c\032\255"#)
        #expect(offset == 10)
    }

    @Test(
        "a record that doesn't keep to its length is refused",
        arguments: [
            // An address of three bytes, one of sixteen in an A record, a name that goes on behind the record.
            "00 01 00 01 00 00 00 01 00 03 0a 00 00 01", "00 01 00 01 00 00 00 01 00 10 0a 00 00 01 0a 00 00 01 0a 00 00 01 0a 00 00 01",
            "00 05 00 01 00 00 00 01 00 02 03 61 62 63 00", "00 10 00 01 00 00 00 01 00 03 05 61 62 63 64 65",
            "00 06 00 01 00 00 00 01 00 06 00 00 00 00 00 01", "00 01 00 01 00 00 00 01 ff ff 0a 00 00 01", "00 01 00 01 00 00",
        ])
    func records(rest: String) {
        let head = "12 34 81 80 00 01 00 01 00 00 00 00 01 61 00 00 01 00 01 c0 0c "
        #expect(throws: DNSError.self) { try DNSMessage(bytes(head + rest)[...]) }
    }

    @Test(
        "what is expected is compared in the type's own form",
        arguments: [
            (DNSQuestion.RecordType.a, ["192.0.2.1", "192.0.2.7"], DNSRecord.Data.address(.v4(IPv4Address(bits: 0xc000_0207))), true),
            (.a, ["192.0.2.1"], .address(.v4(IPv4Address(bits: 0xc000_0207))), false),
            (.aaaa, ["2001:0DB8:0::1"], .address(.v6(IPv6Address(high: 0x2001_0db8 << 32, low: 1))), true),
            (.cname, ["Other.Example."], .name(DNSName("other.example")), true),
            (.mx, ["10  Mail.example.com."], .text("10 mail.example.com"), true),
            (.mx, ["20 mail.example.com"], .text("10 mail.example.com"), false),
            (.txt, ["v=spf1 -all"], .text("v=spf1 -all"), true),
            (.txt, ["V=SPF1 -all"], .text("v=spf1 -all"), false),
            (.txt, [], .text("anything"), true),
        ])
    func expected(type: DNSQuestion.RecordType, expected: [String], answer: DNSRecord.Data, isRight: Bool) {
        let question = DNSQuestion(server: .gateway, name: "example.com", type: type, expected: expected)
        #expect((question.complaint(about: [answer]) == nil) == isRight)
    }

    @Test("a lie is told with what was said and what was expected, in one line of decent length")
    func lie() {
        let question = DNSQuestion(server: .gateway, name: "example.com", type: .txt, expected: ["a", "b"])
        #expect(
            question.complaint(about: [.text("one\nline\u{1b}[31m"), .text("c"), .text("d"), .text("e")])
                == "TXT of example.com is one line [31m, c, d, …, not a or b")
        #expect(question.complaint(about: [.text(String(repeating: "x", count: 60_000))]).map { $0.utf8.count < 300 } == true)
    }

    @Test("no message crashes the reader, however it is mangled")
    func mutations() {
        var random = MutationTests.FixedRandom(state: 20_260_402)
        var outcomes: [String: Int] = [:]
        for (text, type) in Captured.all {
            let original = bytes(text)
            for _ in 0..<5000 {
                let message = mangled(original, using: &random)
                guard let read = try? DNSMessage(message[...]) else {
                    outcomes["refused", default: 0] += 1
                    continue
                }
                switch read.judged(id: 0x1234, DNSName("example.com"), type) {
                case .found: outcomes["found", default: 0] += 1
                case .wrong: outcomes["wrong", default: 0] += 1
                case .notOurs: outcomes["not ours", default: 0] += 1
                }
            }
        }
        // All of them have come up.
        #expect(outcomes.count == 4 && outcomes.values.allSatisfy { $0 > 500 }, "\(outcomes)")
    }
}

@Suite("Remembered addresses")
struct NameCacheTests {
    @Test("an address is fresh for as long as was said, an hour at most, and each WAN has its own")
    func cache() throws {
        var cache = NameCache()
        let (one, two) = (try #require(IPAddress("192.0.2.1")), try #require(IPAddress("192.0.2.2")))
        func key(_ wan: String, _ family: IPFamily = .v4) throws -> NameCache.Key {
            NameCache.Key(wan: try #require(WANName(wan)), host: "example.com", resolver: one, family: family)
        }
        cache.keep(one, for: try key("a"), seconds: 60, at: .start)
        cache.keep(two, for: try key("b"), seconds: .max, at: .start)
        #expect(try cache.address(for: key("c"), at: .start) == nil)
        #expect(try cache.address(for: key("a", .v6), at: .start) == nil)
        for (wan, address, end) in [("a", one, 60), ("b", two, 3600)] {
            let last = try #require(cache.address(for: key(wan), at: .start + .seconds(end) - .nanoseconds(1)))
            #expect(last.address == address && last.isFresh)
            let old = try #require(cache.address(for: key(wan), at: .start + .seconds(end)))
            #expect(old.address == address && !old.isFresh)
        }
    }
}

extension Instant {
    fileprivate static func - (a: Instant, b: Duration) -> Instant { Instant(sinceStart: a.sinceStart - b) }
}
