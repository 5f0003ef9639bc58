import Model
import Testing

@testable import Probing

/// As `tcpdump -x` showed them between two namespaces.
private enum Captured {
    /// ARP, Request who-has 192.0.2.1 tell 192.0.2.2, length 28.
    static let request = bytes("00 01 08 00 06 04 00 01 42 8d e6 87 df ac c0 00 02 02 00 00 00 00 00 00 c0 00 02 01")
    /// ARP, Reply 192.0.2.1 is-at 96:11:8b:5a:1c:c6, length 28.
    static let reply = bytes("00 01 08 00 06 04 00 02 96 11 8b 5a 1c c6 c0 00 02 01 42 8d e6 87 df ac c0 00 02 02")
    /// 2001:db8:1::2 > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has fe80::1, length 32; less the IP header.
    static let solicitation = bytes("87 00 44 9e 00 00 00 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 01 01 42 8d e6 87 df ac")
    /// fe80::1 > 2001:db8:1::2: ICMP6, neighbor advertisement, tgt is fe80::1, length 32; less the IP header.
    static let advertisement = bytes("88 00 2c b1 e0 00 00 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 01 96 11 8b 5a 1c c6")
    static let hardware = bytes("42 8d e6 87 df ac")
}

@Suite("Neighbours")
struct NeighbourTests {
    let request: ARPPacket

    init() throws {
        request = .request(
            for: try #require(IPv4Address("192.0.2.1")), from: try #require(IPv4Address("192.0.2.2")), hardware: Captured.hardware)
    }

    @Test("an ARP request is the kernel's own to the byte, and its reply is known")
    func arp() throws {
        #expect(request.bytes == Captured.request)
        #expect(ARPPacket(Captured.request[...]) == request)
        #expect(try #require(ARPPacket(Captured.reply[...])).answers(request))
        // Ethernet pads.
        #expect(try #require(ARPPacket((Captured.reply + [UInt8](repeating: 0, count: 18))[...])).answers(request))
    }

    @Test("a reply that is wrong in one thing is none, and what is no ARP for IPv4 over Ethernet is not read")
    func wrongARP() throws {
        for index in Captured.reply.indices {
            var packet = Captured.reply
            packet[index] ^= 1
            let answers = ARPPacket(packet[...])?.answers(request)
            // Only the answer itself, the gateway's link-layer address, may be anything.
            #expect(answers == ((8..<14).contains(index) ? true : index < 8 ? nil : false), "byte \(index)")
        }
        #expect(try !#require(ARPPacket(Captured.request[...])).answers(request))
        for length in 0..<28 { #expect(ARPPacket(Captured.reply.prefix(length)) == nil) }
    }

    @Test("a solicitation is the kernel's own but for the checksum, and goes to the right group")
    func solicitation() throws {
        let target = try #require(IPv6Address("fe80::1"))
        var expected = Captured.solicitation
        expected.replaceSubrange(2..<4, with: [0, 0])
        #expect(NeighbourDiscovery.solicitation(for: target, hardware: Captured.hardware) == expected)
        #expect(NeighbourDiscovery.multicastGroup(of: target) == IPv6Address("ff02::1:ff00:1"))
        let other = try #require(IPv6Address("2001:db8::1234:5678:9abc:def0"))
        #expect(NeighbourDiscovery.multicastGroup(of: other) == IPv6Address("ff02::1:ffbc:def0"))
    }

    @Test("an advertisement tells whose address it is, if somebody asked")
    func advertisement() {
        #expect(NeighbourDiscovery.advertisedTarget(Captured.advertisement[...]) == IPv6Address("fe80::1"))
        for (index, value) in [(0, 135), (1, 1), (4, 0xa0)] {
            var message = Captured.advertisement
            message[index] = UInt8(value)
            #expect(NeighbourDiscovery.advertisedTarget(message[...]) == nil)
        }
        for length in 0..<24 { #expect(NeighbourDiscovery.advertisedTarget(Captured.advertisement.prefix(length)) == nil) }
    }
}
