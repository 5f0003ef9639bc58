/// The segment by which a client is told that its session is over: a SYN+ACK, "from the server", with numbers of no meaning.
///
/// To a client in the middle of a session that is a segment out of order, to which it answers with an ACK that has the numbers of its session (RFC 9293,
/// 3.10.7.4; RFC 5961, section 4). The box has no session for that ACK any more, and answers by a reset with those very numbers: that one the client
/// takes. A plain ACK would do as well, were there no packet filters on clients and between: to those it would be INVALID, while they pass over a
/// SYN+ACK within a session. A reset made here would need the numbers, which nobody but the client has.
package enum ToldSegment {
    /// With its IP header.
    package static func bytes(to session: MovedSession, numbers: (sequence: UInt32, acknowledgement: UInt32)) -> [UInt8] {
        // Flags: SYN, ACK. A window, no urgent data, no options.
        var segment = big(session.serverPort) + big(session.clientPort) + big(numbers.sequence) + big(numbers.acknowledgement)
        segment += [0x50, 0x12] + big(UInt16(65535)) + [0, 0, 0, 0]
        let ends = address(session.server) + address(session.client)
        let checksum = internetChecksum(ends + big(UInt32(protocolNumber)) + big(UInt32(segment.count)) + segment)
        segment.replaceSubrange(16..<18, with: big(checksum))
        guard session.client.family == .v4 else {
            return [0x60, 0, 0, 0] + big(UInt16(segment.count)) + [protocolNumber, hops] + ends + segment
        }
        // Not to be fragmented, so it needs no number of its own.
        var header: [UInt8] = [0x45, 0] + big(UInt16(20 + segment.count)) + [0, 0, 0x40, 0, hops, protocolNumber, 0, 0] + ends
        header.replaceSubrange(10..<12, with: big(internetChecksum(header)))
        return header + segment
    }

    /// Whose session a reset ends: one that the box sends to a client. nil: it is something else.
    package static func session(endedBy packet: ArraySlice<UInt8>) -> MovedSession? {
        guard let first = packet.first else { return nil }
        let base = packet.startIndex
        let (headerLength, length): (Int, Int) = first >> 4 == 4 ? (Int(first & 15) * 4, 4) : (40, 16)
        guard packet.count >= headerLength + 14, headerLength >= 20 else { return nil }
        let isIPv4 = first >> 4 == 4
        guard packet[base + (isIPv4 ? 9 : 6)] == protocolNumber, packet[base + headerLength + 13] & 0x04 != 0 else { return nil }
        func number(_ offset: Int) -> UInt16 { UInt16(packet[base + offset]) << 8 | UInt16(packet[base + offset + 1]) }
        let from = base + (isIPv4 ? 12 : 8)
        let (server, client) = (packet[from..<from + length], packet[from + length..<from + 2 * length])
        return MovedSession(
            client: address(client), clientPort: number(headerLength + 2), server: address(server), serverPort: number(headerLength))
    }

    private static let protocolNumber: UInt8 = 6
    private static let hops: UInt8 = 64

    private static func big(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }

    private static func address(_ address: IPAddress) -> [UInt8] {
        switch address {
        case .v4(let address): big(address.bits)
        case .v6(let address): address.bytes
        }
    }

    private static func address(_ bytes: ArraySlice<UInt8>) -> IPAddress {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return bytes.count == 4
            ? .v4(IPv4Address(bits: UInt32(number(bytes)))) : .v6(IPv6Address(high: number(bytes.prefix(8)), low: number(bytes.suffix(8))))
    }
}
