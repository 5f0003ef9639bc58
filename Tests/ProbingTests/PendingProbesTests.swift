import Model
import Testing

@testable import Probing

func probe(id: UInt64, to address: String, index: UInt32) -> ProbeRequest? {
    guard let wan = WANName("telkom"), let interface = InterfaceName("eth0"), let address = IPv4Address(address) else { return nil }
    return ProbeRequest(id: id, wan: wan, interface: interface, interfaceIndex: index, address: address)
}

@Suite("Pending probes")
struct PendingProbesTests {
    typealias Judgement = PendingProbes.Judgement

    var probes = PendingProbes(firstSequence: 65_534)
    var random = SystemRandomNumberGenerator()
    let identifier: UInt16
    let echo: ICMPEcho

    init() throws {
        identifier = probes.newIdentifier(using: &random)
        echo = probes.add(
            try #require(probe(id: 5, to: "192.0.2.1", index: 7)), identifier: identifier, cookie: 0xfeed, now: .start)
    }

    func reply(_ echo: ICMPEcho) throws -> ICMPEchoReply { try ICMPEchoReply(echo.reply[...]) }

    mutating func judge(
        _ reply: ICMPEchoReply, from source: String = "192.0.2.1", by index: UInt32 = 7, after: Duration = .milliseconds(20)
    ) throws -> Judgement {
        probes.judge(reply, from: try #require(IPv4Address(source)), by: index, now: .start + after)
    }

    @Test("a reply that is right in everything counts, and only once")
    mutating func answered() throws {
        #expect(try judge(reply(echo)) == .answered(id: 5, after: .milliseconds(20)))
        #expect(try judge(reply(echo)) == .ignored(.duplicate))
    }

    @Test(
        "a reply that is wrong in one thing is ignored for that reason, and the true one still counts",
        arguments: [IgnoredReply.otherIdentifier, .unknownSequence, .wrongSource, .wrongCookie, .wrongInterface])
    mutating func wrong(reason: IgnoredReply) throws {
        var wrong = try reply(echo)
        var source = "192.0.2.1"
        var index: UInt32 = 7
        switch reason {
        case .otherIdentifier: wrong.identifier ^= 1
        case .unknownSequence: wrong.sequence &+= 1
        case .wrongSource: source = "192.0.2.9"
        case .wrongCookie: wrong.cookie = 0xfeee
        case .wrongInterface: index = 8
        case .malformed, .duplicate: Issue.record("not of this table")
        }
        #expect(try judge(wrong, from: source, by: index) == .ignored(reason))
        #expect(try judge(reply(echo)) == .answered(id: 5, after: .milliseconds(20)))
    }

    @Test("a reply without a cookie is none")
    mutating func noCookie() throws {
        var wrong = try reply(echo)
        wrong.cookie = nil
        #expect(try judge(wrong) == .ignored(.wrongCookie))
    }

    @Test("the identifier of another socket of ours doesn't do either")
    mutating func otherSocket() throws {
        var wrong = try reply(echo)
        wrong.identifier = probes.newIdentifier(using: &random)
        #expect(try judge(wrong) == .ignored(.unknownSequence))
    }

    @Test("after its socket is closed a probe can't be answered")
    mutating func retired() throws {
        probes.retire(identifier: identifier)
        #expect(try judge(reply(echo)) == .ignored(.otherIdentifier))
    }

    @Test("a late reply is reported up to a minute later, not after that", arguments: [(60, true), (61, false)])
    mutating func late(seconds: Int, counts: Bool) throws {
        let judgement = try judge(reply(echo), after: .seconds(seconds))
        #expect(judgement == (counts ? .answered(id: 5, after: .seconds(seconds)) : .ignored(.unknownSequence)))
    }

    @Test("what could not be sent can't be answered")
    mutating func notSent() throws {
        probes.remove(echo)
        #expect(probes.count == 0)
        #expect(try judge(reply(echo)) == .ignored(.unknownSequence))
    }

    @Test("sequence numbers wrap around, and never more than the limit are kept")
    mutating func wraps() throws {
        var last = echo
        for id in 6..<UInt64(70_007) {
            last = probes.add(
                try #require(probe(id: id, to: "192.0.2.1", index: 7)), identifier: identifier, cookie: id, now: .start)
            // Some of them fail, which leaves holes in the row.
            if id % 3 == 0 { probes.remove(last) }
            try #require(probes.count <= PendingProbes.limit)
        }
        #expect(probes.count > PendingProbes.limit / 2)
        #expect(try judge(reply(last)) == .answered(id: 70_006, after: .milliseconds(20)))
        #expect(try judge(reply(echo)) == .ignored(.unknownSequence))
    }

    @Test("the old ones are forgotten when new ones are sent")
    mutating func forgets() throws {
        for id in 6..<UInt64(106) {
            _ = probes.add(try #require(probe(id: id, to: "192.0.2.1", index: 7)), identifier: identifier, cookie: id, now: .start)
        }
        let later = Instant.start + .seconds(61)
        _ = probes.add(try #require(probe(id: 106, to: "192.0.2.1", index: 7)), identifier: identifier, cookie: 1, now: later)
        #expect(probes.count == 1)
    }

    @Test("each socket gets an identifier of its own, even from a generator that is stuck")
    mutating func identifiers() {
        struct Stuck: RandomNumberGenerator { mutating func next() -> UInt64 { .max } }
        var stuck = Stuck()
        let all = Set((0..<15).map { _ in probes.newIdentifier(using: &stuck) })
        #expect(all.count == 15)
        #expect(!all.contains(identifier))
    }
}
