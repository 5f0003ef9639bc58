import Model
import Testing

@Suite("What tells a client that its session is over")
struct ToldSegmentTests {
    static let sessions: [(client: String, server: String)] = [
        ("192.168.88.11", "198.51.100.10"), ("2001:db8:88::11", "2001:db8:198::10"),
    ]

    private func session(_ client: String, _ server: String) throws -> MovedSession {
        MovedSession(
            client: try #require(IPAddress(client)), clientPort: 40001, server: try #require(IPAddress(server)), serverPort: 443)
    }

    /// The pseudo-header of RFC 9293, 3.1, and of RFC 8200, 8.1: over it and the segment the checksum comes out as 0.
    private func checked(_ packet: [UInt8]) -> UInt16 {
        let isIPv4 = packet[0] >> 4 == 4
        let segment = packet.dropFirst(isIPv4 ? 20 : 40)
        return internetChecksum(packet[isIPv4 ? 12..<20 : 8..<40] + [0, 6, 0, UInt8(segment.count)] + segment)
    }

    @Test("a SYN+ACK from the server's port to the client's, with right checksums", arguments: sessions)
    func bytes(client: String, server: String) throws {
        let session = try session(client, server)
        let packet = ToldSegment.bytes(to: session, numbers: (0x0102_0304, 0x0506_0708))
        let header = session.client.family == .v4 ? 20 : 40
        #expect(packet.count == header + 20)
        #expect(checked(packet) == 0)
        if header == 20 {
            #expect(internetChecksum(packet.prefix(20)) == 0)
            #expect(packet[2...3].elementsEqual([0, 40]) && packet[9] == 6)
            #expect(packet[12...15].elementsEqual([198, 51, 100, 10]) && packet[16...19].elementsEqual([192, 168, 88, 11]))
        } else {
            #expect(packet[4...5].elementsEqual([0, 20]) && packet[6] == 6)
            #expect(packet[8...11].elementsEqual([0x20, 0x01, 0x0d, 0xb8]) && packet[23] == 0x10 && packet[39] == 0x11)
        }
        let segment = Array(packet.dropFirst(header))
        #expect(segment[0...3].elementsEqual([0x01, 0xbb, 0x9c, 0x41]))
        #expect(segment[4...11].elementsEqual([1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(segment[12] == 0x50 && segment[13] == 0x12)
    }

    @Test("a reset that the box sends to a client is known by its session; nothing else is, nor what is cut off", arguments: sessions)
    func reset(client: String, server: String) throws {
        let session = try session(client, server)
        var packet = ToldSegment.bytes(to: session, numbers: (1, 2))
        #expect(ToldSegment.session(endedBy: packet[...]) == nil)
        let header = session.client.family == .v4 ? 20 : 40
        packet[header + 13] = 0x14
        #expect(ToldSegment.session(endedBy: packet[...]) == session)
        #expect(ToldSegment.session(endedBy: ([0xff] + packet).dropFirst()) == session)
        for length in 0..<header + 14 { #expect(ToldSegment.session(endedBy: packet.prefix(length)) == nil) }
        packet[header == 20 ? 9 : 6] = 17
        #expect(ToldSegment.session(endedBy: packet[...]) == nil)
    }
}
