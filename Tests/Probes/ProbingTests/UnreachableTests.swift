import Model
import Testing

@testable import Probing

/// As `tcpdump -x` showed them when EchoProber asked for addresses that the other namespace had no route to.
private enum Captured {
    /// 192.0.2.1 > 192.0.2.2: ICMP net 203.0.113.77 unreachable, less its own IP header. The request had id 30264, seq 47625.
    static let v4 = bytes(
        """
        03 00 fc ff 00 00 00 00
        45 00 00 20 b5 a5 40 00 40 01 86 e7 c0 00 02 02 cb 00 71 4d
        08 00 15 b9 76 38 ba 09 a8 57 09 ad
        """)
    /// 2001:db8:1::1 > 2001:db8:1::2: ICMP6, destination unreachable, unreachable route 2001:db8:77::1. The request had id 58353, seq 32869.
    static let v6 = bytes(
        """
        01 00 f2 38 00 00 00 00
        60 06 16 cd 00 0c 3a 40 20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 02
        20 01 0d b8 00 77 00 00 00 00 00 00 00 00 00 01
        80 00 74 ee e3 f1 80 65 ad 50 9d 35
        """)
    static let echo4 = ICMPEcho(identifier: 30264, sequence: 47625, cookie: 0xa857_09ad)
    static let echo6 = ICMPEcho(identifier: 58353, sequence: 32869, cookie: 0xad50_9d35)
}

/// With the right checksum, so that it isn't that which refuses it.
private func renewed(_ message: [UInt8]) -> ArraySlice<UInt8> {
    var message = message
    message.replaceSubrange(2..<4, with: [0, 0])
    let checksum = internetChecksum(message)
    message.replaceSubrange(2..<4, with: [UInt8(checksum >> 8), UInt8(checksum & 0xff)])
    return message[...]
}

private func complaint(_ message: ArraySlice<UInt8>, _ family: IPFamily) throws -> ICMPUnreachable {
    guard case .unreachable(let complaint) = try ICMPMessage(message, family) else { throw PacketError.notEchoReply }
    return complaint
}

@Suite("Complaints of routers")
struct UnreachableTests {
    @Test("the request that is quoted is found")
    func captured() throws {
        let v4 = try complaint(Captured.v4[...], .v4)
        #expect(v4.target == IPAddress("203.0.113.77"))
        #expect(v4.quotes(Captured.echo4))
        let v6 = try complaint(Captured.v6[...], .v6)
        #expect(v6.target == IPAddress("2001:db8:77::1"))
        #expect(v6.quotes(Captured.echo6))
        for (complaint, family) in [(v4, IPFamily.v4), (v6, .v6)] {
            #expect(unreachableWords(code: complaint.code, family) == "network unreachable")
        }
    }

    @Test("a request of another identifier, sequence number or cookie is not the one", arguments: [IPFamily.v4, .v6])
    func others(family: IPFamily) throws {
        let quote = try family == .v4 ? complaint(Captured.v4[...], .v4) : complaint(Captured.v6[...], .v6)
        let own = family == .v4 ? Captured.echo4 : Captured.echo6
        #expect(!quote.quotes(ICMPEcho(identifier: own.identifier ^ 1, sequence: own.sequence, cookie: own.cookie)))
        #expect(!quote.quotes(ICMPEcho(identifier: own.identifier, sequence: own.sequence ^ 1, cookie: own.cookie)))
        #expect(!quote.quotes(ICMPEcho(identifier: own.identifier, sequence: own.sequence, cookie: own.cookie ^ 1)))
    }

    @Test("a router that quotes eight bytes only is believed for the checksum, with IPv6 not at all")
    func short() throws {
        let v4 = try complaint(renewed(Array(Captured.v4.dropLast(4))), .v4)
        #expect(v4.quotes(Captured.echo4))
        var other = Captured.echo4
        other.cookie ^= 1
        #expect(!v4.quotes(other))
        #expect(try !complaint(Captured.v6.dropLast(4), .v6).quotes(Captured.echo6))
    }

    @Test("what quotes something else, or too little, is refused")
    func refused() throws {
        for (index, value, reason) in [(8, 0x65, PacketError.notIPv4), (8, 0x44, .wrongLength), (17, 17, .notICMP)] {
            var message = Captured.v4
            message[index] = UInt8(value)
            #expect(throws: reason) { try ICMPMessage(renewed(message), .v4) }
        }
        for (index, value, reason) in [(8, 0x45, PacketError.wrongLength), (14, 17, .notICMP)] {
            var message = Captured.v6
            message[index] = UInt8(value)
            #expect(throws: reason) { try ICMPMessage(message[...], .v6) }
        }
        for length in 0..<36 {
            #expect(throws: PacketError.truncated) { try ICMPMessage(renewed(Array(Captured.v4.prefix(max(length, 4)))), .v4) }
        }
        for length in 0..<56 { #expect(throws: PacketError.truncated) { try ICMPMessage(Captured.v6.prefix(length), .v6) } }
    }

    @Test("a probe ends with the complaint about it, and with no other's")
    func judged() throws {
        var probes = PendingProbes()
        var random = SystemRandomNumberGenerator()
        let identifier = probes.newIdentifier(for: 7, using: &random)
        let target = try #require(IPAddress("203.0.113.77"))
        let request = try #require(probe(id: 3, to: "203.0.113.77", index: 7))
        let echo = probes.nextEcho(identifier: identifier, cookie: 0xfeed)
        probes.add(request, to: target, as: echo, sent: .start)
        let router = try #require(IPAddress("192.0.2.1"))

        func message(_ echo: ICMPEcho, about last: UInt8 = 77) throws -> ICMPMessage {
            var message = Array(Captured.v4.prefix(28)) + echo.request()
            message[27] = last
            return try ICMPMessage(renewed(message), .v4)
        }
        var guessed = echo
        guessed.cookie ^= 1
        #expect(try probes.judge(message(guessed), from: router, by: 7, now: .start) == .ignored(.wrongCookie))
        #expect(try probes.judge(message(echo, about: 78), from: router, by: 7, now: .start) == .ignored(.wrongSource))
        #expect(try probes.judge(message(echo), from: router, by: 8, now: .start) == .ignored(.wrongInterface))
        #expect(try probes.judge(message(echo), from: router, by: 7, now: .start) == .unreachable(id: 3))
        #expect(try probes.judge(message(echo), from: router, by: 7, now: .start) == .ignored(.duplicate))
    }
}
