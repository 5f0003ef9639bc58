import Model
import Testing

@testable import Probing

/// `45 00 …` → bytes.
func bytes(_ hexadecimal: String) -> [UInt8] {
    hexadecimal.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
}

@Suite("Checksum")
struct ChecksumTests {
    @Test(
        "is that of RFC 1071",
        arguments: [
            // The RFC's own example, section 3: the sum is ddf2.
            ("00 01 f2 03 f4 f5 f6 f7", UInt16(0x220d)),
            ("", 0xffff), ("00 00", 0xffff), ("ff ff", 0),
            // An odd length counts as if a zero byte followed.
            ("01", 0xfeff), ("00 01 f2", 0x0dfe),
            // Carries twice.
            ("ff ff ff ff 00 01", 0xfffe),
        ])
    func table(text: String, expected: UInt16) { #expect(internetChecksum(bytes(text)) == expected) }
}

/// An ICMP message that has to be an echo reply.
func echoReply(_ message: ArraySlice<UInt8>, _ family: IPFamily = .v4) throws -> ICMPEchoReply {
    guard case .reply(let reply) = try ICMPMessage(message, family) else { throw PacketError.notEchoReply }
    return reply
}

@Suite("Echo messages")
struct ICMPEchoTests {
    static let echo = ICMPEcho(identifier: 0x1234, sequence: 0xfffe, cookie: 0x0123_4567)

    @Test("a request is laid out as RFC 792 says, its checksum is right, and its cost is what is promised")
    func request() {
        #expect(Self.echo.request() == bytes("08 00 9f 42 12 34 ff fe 01 23 45 67"))
        #expect(internetChecksum(Self.echo.request()) == 0)
        let question = Question.echo(.address(.v4(IPv4Address(bits: 1))))
        #expect(question.bytes == 2 * (20 + Self.echo.request().count))
    }

    @Test("one of ICMPv6 leaves the checksum to the kernel")
    func request6() {
        #expect(Self.echo.request(.v6) == bytes("80 00 00 00 12 34 ff fe 01 23 45 67"))
        let question = Question.echo(.address(.v6(IPv6Address(high: 0, low: 1))))
        #expect(question.bytes == 2 * (40 + Self.echo.request(.v6).count))
    }

    @Test("a reply gives back identifier, sequence number and cookie", arguments: [IPFamily.v4, .v6])
    func roundTrip(family: IPFamily) throws {
        let reply = try echoReply(Self.echo.reply(family)[...], family)
        #expect(reply.identifier == Self.echo.identifier)
        #expect(reply.sequence == Self.echo.sequence)
        #expect(reply.cookie == Self.echo.cookie)
    }

    @Test("a long one has zeros behind its cookie, and the same checksum", arguments: [IPFamily.v4, .v6])
    func long(family: IPFamily) throws {
        let echo = ICMPEcho(identifier: 1, sequence: 2, cookie: 3, length: 1480)
        let message = echo.request(family)
        #expect(message.count == 1480)
        #expect(Array(message.prefix(12)) == ICMPEcho(identifier: 1, sequence: 2, cookie: 3).request(family))
        let reply = try echoReply(echo.reply(family)[...], family)
        #expect(reply.length == 1480 && reply.cookie == 3)
        #expect(ICMPEcho(identifier: 1, sequence: 2, cookie: 3, length: 5).request(family).count == ICMPEcho.messageLength)
    }

    @Test("a router that takes nothing so long says how long it may be, and quotes what it was", arguments: [IPFamily.v4, .v6])
    func tooLong(family: IPFamily) throws {
        let echo = ICMPEcho(identifier: 1, sequence: 2, cookie: 3, length: 1480)
        let target = try #require(IPAddress(family == .v4 ? "203.0.113.1" : "2001:db8::1"))
        var quote = [UInt8](repeating: 0, count: family == .v4 ? 16 : 24)
        quote[0] = family == .v4 ? 0x45 : 0x60
        if family == .v4 { quote[9] = 1 } else { quote[6] = 58 }
        switch target {
        case .v4: quote += [203, 0, 113, 1]
        case .v6: quote += [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
        }
        var message: [UInt8] = family == .v4 ? [3, 4, 0, 0, 0, 0, 0x05, 0x78] : [2, 0, 0, 0, 0, 0, 0x05, 0x78]
        message += quote + echo.request(family).prefix(500)
        if family == .v4 { message.replaceSubrange(2..<4, with: withUnsafeBytes(of: internetChecksum(message).bigEndian, Array.init)) }
        guard case .tooLong(let complaint, let most) = try ICMPMessage(message[...], family) else {
            Issue.record("read as something else")
            return
        }
        #expect(most == 1400 && complaint.target == target && complaint.identifier == 1 && complaint.sequence == 2)
        #expect(complaint.quotes(echo))
        #expect(!complaint.quotes(ICMPEcho(identifier: 1, sequence: 2, cookie: 4)))
        for length in 0..<36 { #expect(throws: PacketError.self) { try ICMPMessage(message.prefix(length), family) } }
    }

    @Test("the reply to somebody's ordinary ping is read", arguments: [0, 3, 5, 8, 56])
    func otherPayloads(length: Int) throws {
        var message: [UInt8] = [0, 0, 0, 0, 0xab, 0xcd, 0, 1] + [UInt8](repeating: 0x5a, count: length)
        let checksum = internetChecksum(message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(checksum & 0xff)
        let reply = try echoReply(message[...])
        #expect(reply.identifier == 0xabcd)
        #expect(reply.length == 8 + length && (reply.cookie == nil) == (length < 4))
    }

    @Test(
        "what is neither an echo reply nor a complaint about a request is refused with the reason",
        arguments: [
            ("", PacketError.truncated),
            ("00 00 ff ff 00 00 00", .truncated),
            // The request itself, as one sees it on the loopback interface.
            ("08 00 9f 42 12 34 ff fe 01 23 45 67", .notEchoReply),
            // Code 1.
            ("00 01 a7 41 12 34 ff fe 01 23 45 67", .notEchoReply),
            // Destination unreachable, and nothing quoted; fragmentation needed.
            ("03 01 fc fe 00 00 00 00", .truncated),
            ("03 04 fc fb 00 00 00 00", .truncated),
            ("00 00 a7 43 12 34 ff fe 01 23 45 67", .wrongChecksum),
            // Cut short on its way: the checksum tells.
            ("00 00 a7 42 12 34 ff fe", .wrongChecksum),
        ])
    func refused(text: String, reason: PacketError) {
        #expect(throws: reason) { try ICMPMessage(bytes(text)[...], .v4) }
    }
}

/// As `tcpdump -x` showed it in one namespace when EchoProber asked the kernel of another:
/// 203.0.113.1 > 192.0.2.2: ICMP echo reply, id 30264, seq 47624, length 12.
let capturedReply = bytes(
    """
    45 00 00 20 63 ed 00 00 40 01 18 ec cb 00 71 01 c0 00 02 02
    00 00 bd db 76 38 ba 08 71 df a0 03
    """)
/// The request that it answers, less the IP header.
let capturedRequest = bytes("08 00 b5 db 76 38 ba 08 71 df a0 03")

func changed(_ changes: [Int: UInt8]) -> [UInt8] {
    var packet = capturedReply
    for (index, byte) in changes { packet[index] = byte }
    return packet
}

@Suite("IPv4 packets")
struct IPv4PacketTests {
    @Test("the packet of a raw socket is taken apart")
    func takenApart() throws {
        let packet = try IPv4Packet(capturedReply[...])
        #expect(packet.source == IPv4Address("203.0.113.1"))
        let reply = try echoReply(packet.payload)
        let echo = ICMPEcho(identifier: reply.identifier, sequence: reply.sequence, cookie: try #require(reply.cookie))
        #expect(echo.sequence == 47624)
        #expect(echo.request() == capturedRequest)
    }

    @Test("options in the header are stepped over", arguments: [6, 15])
    func options(words: Int) throws {
        let extra = (words - 5) * 4
        var packet = capturedReply
        packet.insert(contentsOf: [UInt8](repeating: 1, count: extra), at: 20)
        packet[0] = 0x40 | UInt8(words)
        packet[3] = UInt8(32 + extra)
        let payload = try IPv4Packet(packet[...]).payload
        #expect(Array(payload) == Array(capturedReply[20...]))
    }

    @Test("padding after the packet is no part of it, and a slice need not begin at 0")
    func padding() throws {
        let padded = [9, 9, 9] + capturedReply + [UInt8](repeating: 0, count: 10)
        let payload = try IPv4Packet(padded[3...]).payload
        #expect(Array(payload) == Array(capturedReply[20...]))
    }

    @Test(
        "what is no whole ICMP packet is refused with the reason",
        arguments: [
            ([], PacketError.truncated),
            (Array(capturedReply[..<19]), .truncated),
            (Array(capturedReply[..<31]), .truncated),
            (changed([0: 0x65]), .notIPv4),
            (changed([0: 0x44]), .wrongLength),
            (changed([0: 0x4f]), .wrongLength),
            (changed([3: 19]), .wrongLength),
            (changed([2: 0xff]), .truncated),
            (changed([6: 0x20]), .fragment),
            (changed([7: 1]), .fragment),
            (changed([9: 17]), .notICMP),
        ] as [([UInt8], PacketError)])
    func refused(packet: [UInt8], reason: PacketError) {
        #expect(throws: reason) { try IPv4Packet(packet[...]) }
    }

    @Test("don't-fragment is no fragment")
    func dontFragment() throws {
        #expect(try IPv4Packet(changed([6: 0x40])[...]).payload.count == 12)
    }
}

/// With one to four changes: a byte, the end, something added, a bit.
func mangled(_ original: [UInt8], using random: inout some RandomNumberGenerator) -> [UInt8] {
    var packet = original
    for _ in 0...Int.random(in: 0...3, using: &random) {
        switch Int.random(in: 0...3, using: &random) {
        case 0 where !packet.isEmpty: packet[Int.random(in: packet.indices, using: &random)] = .random(in: 0...255, using: &random)
        case 1: packet = Array(packet.prefix(.random(in: 0...packet.count, using: &random)))
        case 2: packet += (0..<Int.random(in: 1...40, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        default:
            if let index = packet.indices.randomElement(using: &random) {
                packet[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        }
    }
    return packet
}

@Suite("Broken packets")
struct MutationTests {
    /// splitmix64: the same packets in every run.
    struct FixedRandom: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }
    }

    @Test("no packet crashes the reader, and none but the true one answers a probe")
    func mutations() throws {
        var random = FixedRandom(state: 20_260_401)
        var accepted = 0
        var refused = 0
        var probes = PendingProbes()
        let identifier = probes.newIdentifier(for: 7, using: &random)
        let target = try #require(IPv4Address("203.0.113.1"))
        let request = try #require(probe(id: 1, to: "203.0.113.1", index: 7))
        let echo = probes.nextEcho(identifier: identifier, cookie: 0x0123_4567)
        probes.add(request, to: .v4(target), as: echo, sent: .start)
        let original = Array(capturedReply[..<20]) + echo.reply()
        for _ in 0..<50_000 {
            let packet = mangled(original, using: &random)
            guard let read = try? IPv4Packet(packet[...]), let message = try? ICMPMessage(read.payload, .v4) else {
                refused += 1
                continue
            }
            // Judged on a copy, so that it may be answered again.
            var copy = probes
            if case .answered = copy.judge(message, from: .v4(read.source), by: 7, now: .start) {
                accepted += 1
                #expect(Array(read.payload) == echo.reply())
                #expect(read.source == target)
            }
        }
        // Both kinds have come up: changes to the time-to-live or padding leave the answer whole.
        #expect(accepted > 1000)
        #expect(refused > 1000)
    }
}
