/// An ICMP echo message (RFC 792) as we send it and want it back: nothing in it but a cookie.
///
///     type 8 or 0 | code 0 | checksum | identifier | sequence | cookie (8 bytes)
struct ICMPEcho: Equatable, Sendable {
    var identifier: UInt16
    var sequence: UInt16
    /// 64 random bits, new for each probe: who can't see our probes can't answer them. It is as short as that allows,
    /// since on a metered WAN each byte costs.
    var cookie: UInt64

    static let messageLength = 16

    /// Type 8, ready to be sent.
    var request: [UInt8] { message(type: 8) }
    /// Type 0: what the target makes of it.
    var reply: [UInt8] { message(type: 0) }

    private func message(type: UInt8) -> [UInt8] {
        var bytes: [UInt8] = [type, 0, 0, 0]
        bytes.reserveCapacity(Self.messageLength)
        for shift in [8, 0] { bytes.append(UInt8(truncatingIfNeeded: identifier >> shift)) }
        for shift in [8, 0] { bytes.append(UInt8(truncatingIfNeeded: sequence >> shift)) }
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: cookie >> shift)) }
        let checksum = internetChecksum(bytes)
        bytes[2] = UInt8(checksum >> 8)
        bytes[3] = UInt8(checksum & 0xff)
        return bytes
    }
}

/// Any echo reply, also one to somebody else's ping, whose payload has another length than ours.
struct ICMPEchoReply: Equatable, Sendable {
    var identifier: UInt16
    var sequence: UInt16
    /// nil: the payload isn't one of ours.
    var cookie: UInt64?

    /// Reads an ICMP message, the IP header already taken off.
    init(_ message: ArraySlice<UInt8>) throws(PacketError) {
        guard message.count >= 8 else { throw .truncated }
        // A raw socket gets its copy before icmp_rcv() in net/ipv4/icmp.c has looked at the checksum.
        guard internetChecksum(message) == 0 else { throw .wrongChecksum }
        let bytes = Array(message)
        guard bytes[0] == 0, bytes[1] == 0 else { throw .notEchoReply }
        identifier = UInt16(bytes[4]) << 8 | UInt16(bytes[5])
        sequence = UInt16(bytes[6]) << 8 | UInt16(bytes[7])
        cookie = bytes.count == ICMPEcho.messageLength ? bytes[8...].reduce(0) { $0 << 8 | UInt64($1) } : nil
    }
}
