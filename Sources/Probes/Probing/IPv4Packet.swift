package import Model

/// The IPv4 packet (RFC 791) that a raw socket delivers: header, then whatever it carries.
package struct IPv4Packet: Equatable, Sendable {
    package var source: IPv4Address
    package var payload: ArraySlice<UInt8>

    /// Reads a packet that should carry ICMP.
    ///
    /// The header's checksum is not looked at: ip_rcv_core() in net/ipv4/ip_input.c has done so, and the record-route option
    /// makes the kernel write into the header afterwards without renewing it.
    package init(_ bytes: ArraySlice<UInt8>) throws(PacketError) {
        let start = bytes.startIndex
        guard bytes.count >= 20 else { throw .truncated }
        guard bytes[start] >> 4 == 4 else { throw .notIPv4 }
        let headerLength = Int(bytes[start] & 0x0f) * 4
        let totalLength = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
        guard headerLength >= 20, totalLength >= headerLength else { throw .wrongLength }
        guard bytes.count >= totalLength else { throw .truncated }
        // The kernel reassembles before it delivers, so a fragment is nothing that it sent us.
        let fragment = (UInt16(bytes[start + 6]) << 8 | UInt16(bytes[start + 7])) & 0x3fff
        guard fragment == 0 else { throw .fragment }
        guard bytes[start + 9] == 1 else { throw .notICMP }
        source = IPv4Address(bits: bytes.big(at: 12) ?? 0)
        payload = bytes[(start + headerLength)..<(start + totalLength)]
    }
}

/// Why some bytes are no echo reply.
package enum PacketError: Error, Equatable, Sendable, CaseIterable {
    case truncated
    case notIPv4
    case wrongLength
    case fragment
    case notICMP
    case wrongChecksum
    case notEchoReply
}
