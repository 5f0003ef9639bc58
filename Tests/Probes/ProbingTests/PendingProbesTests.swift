import Model
import Testing

@testable import Probing

/// The tests say 5 where they mean the probe with that number.
extension ProbeID: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) { self.init(number: value) }
}

func probe(id: UInt64, to address: String, index: UInt32) -> ProbeRequest? {
    guard let wan = WANName("telkom"), let interface = InterfaceName("eth0"), let address = IPv4Address(address) else { return nil }
    return ProbeRequest(
        id: ProbeID(number: id), wan: wan, interface: interface, interfaceIndex: index, question: .echo(.address(.v4(address))),
        gateway: nil,
        timeout: .seconds(1))
}

extension PendingProbes {
    mutating func send(_ id: UInt64, identifier: UInt16, cookie: UInt32, at now: Instant = .start) throws -> ICMPEcho {
        let echo = nextEcho(identifier: identifier, cookie: cookie)
        let target = try #require(IPAddress("192.0.2.1"))
        add(try #require(probe(id: id, to: "192.0.2.1", index: 7)), to: target, as: echo, sent: now)
        return echo
    }
}

@Suite("Pending probes")
struct PendingProbesTests {
    typealias Judgement = PendingProbes.Judgement

    var probes = PendingProbes()
    var random = SystemRandomNumberGenerator()
    let identifier: UInt16
    let echo: ICMPEcho

    init() throws {
        identifier = probes.newIdentifier(for: 7, using: &random)
        echo = try probes.send(5, identifier: identifier, cookie: 0xfeed)
    }

    func reply(_ echo: ICMPEcho) throws -> ICMPEchoReply {
        guard case .reply(let reply) = try ICMPMessage(echo.reply()[...], .v4) else { throw PacketError.notEchoReply }
        return reply
    }

    mutating func judge(
        _ reply: ICMPEchoReply, from source: String = "192.0.2.1", by index: UInt32 = 7, after: Duration = .milliseconds(20)
    ) throws -> Judgement {
        probes.judge(.reply(reply), from: try #require(IPAddress(source)), by: index, now: .start + after)
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

    @Test("a reply that was shortened on the way is none")
    mutating func shortened() throws {
        var wrong = try reply(echo)
        wrong.length += 1
        #expect(try judge(wrong) == .ignored(.wrongCookie))
    }

    @Test("the identifier of another socket of ours doesn't do either")
    mutating func otherSocket() throws {
        var wrong = try reply(echo)
        wrong.identifier = probes.newIdentifier(for: 7, using: &random)
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

    @Test("probes by one socket leave those of another alone")
    mutating func series() throws {
        let other = probes.newIdentifier(for: 8, using: &random)
        for id in 100..<UInt64(100 + 2 * PendingProbes.limit) { _ = try probes.send(id, identifier: other, cookie: 1) }
        #expect(try judge(reply(echo)) == .answered(id: 5, after: .milliseconds(20)))
    }

    @Test("what could not be sent can't be answered, also when the next probe has its sequence number")
    mutating func notSent() throws {
        let unsent = probes.nextEcho(identifier: identifier, cookie: 0xdead)
        #expect(try judge(reply(unsent)) == .ignored(.unknownSequence))
        let next = try probes.send(6, identifier: identifier, cookie: 0xbeef)
        #expect(next.sequence == unsent.sequence)
        #expect(try judge(reply(unsent)) == .ignored(.wrongCookie))
        #expect(try judge(reply(next)) == .answered(id: 6, after: .milliseconds(20)))
    }

    @Test("sequence numbers wrap around, and never more than the limit are kept")
    mutating func wraps() throws {
        var sent = [echo]
        for id in 6..<UInt64(70_006) {
            sent.append(try probes.send(id, identifier: identifier, cookie: UInt32(id)))
            try #require(probes.count == min(sent.count, PendingProbes.limit))
        }
        let kept = sent.suffix(PendingProbes.limit)
        #expect(Set(kept.map(\.sequence)).count == PendingProbes.limit)
        for (echo, id) in zip(kept, UInt64(70_006 - PendingProbes.limit)...) {
            try #require(try judge(reply(echo)) == .answered(id: ProbeID(number: id), after: .milliseconds(20)))
        }
        #expect(try judge(reply(sent[sent.count - PendingProbes.limit - 1])) == .ignored(.unknownSequence))
    }

    @Test("the old ones are forgotten when new ones are sent")
    mutating func forgets() throws {
        for id in 6..<UInt64(106) {
            _ = try probes.send(id, identifier: identifier, cookie: UInt32(id), at: .start + .milliseconds(Int(id)))
        }
        _ = try probes.send(106, identifier: identifier, cookie: 1, at: .start + .milliseconds(60_055))
        // What is a minute old or younger: 55 to 106.
        #expect(probes.count == 52)
    }

    @Test("each socket gets an identifier of its own, even from a generator that is stuck")
    mutating func identifiers() {
        struct Stuck: RandomNumberGenerator { mutating func next() -> UInt64 { .max } }
        var stuck = Stuck()
        let all = Set((0..<15).map { _ in probes.newIdentifier(for: 8, using: &stuck) })
        #expect(all.count == 15)
        #expect(!all.contains(identifier))
    }
}
