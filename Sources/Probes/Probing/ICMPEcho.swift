package import Model

/// An echo message of ICMP (RFC 792) or ICMPv6 (RFC 4443) as we send it and want it back: nothing in it but a cookie, and zeros where it has to be
/// long.
///
///     type | code 0 | checksum | identifier | sequence | cookie (4 bytes) | zeros
package struct ICMPEcho: Equatable, Sendable {
    package var identifier: UInt16
    package var sequence: UInt16
    /// 32 random bits, new for each probe, beside the 16 of the identifier: who can't see our probes can't answer them. It is as short as
    /// that allows, since on a metered WAN each byte costs.
    package var cookie: UInt32
    /// Of the message.
    package var length: Int

    package static let messageLength = 12

    package init(identifier: UInt16, sequence: UInt16, cookie: UInt32, length: Int = Self.messageLength) {
        self.length = max(length, Self.messageLength)
        self.identifier = identifier
        self.sequence = sequence
        self.cookie = cookie
    }

    /// Ready to be sent.
    package func request(_ family: IPFamily = .v4) -> [UInt8] { message(type: family == .v4 ? 8 : 128, family) }
    /// What the target makes of it.
    package func reply(_ family: IPFamily = .v4) -> [UInt8] { message(type: family == .v4 ? 0 : 129, family) }

    private func message(type: UInt8, _ family: IPFamily) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        bytes.appendBig(UInt16(type) << 8)
        bytes.appendBig(UInt16(0))
        bytes.appendBig(identifier)
        bytes.appendBig(sequence)
        bytes.appendBig(cookie)
        bytes.append(contentsOf: repeatElement(0, count: length - Self.messageLength))
        // ICMPv6's is over the addresses, too; there the kernel makes it.
        if family == .v4 { bytes.replaceSubrange(2..<4, with: withUnsafeBytes(of: internetChecksum(bytes).bigEndian, Array.init)) }
        return bytes
    }
}

/// What an ICMP socket of ours lets through.
package enum ICMPMessage: Equatable, Sendable {
    case reply(ICMPEchoReply)
    case unreachable(ICMPUnreachable)
    /// And the longest packet that can go on, as the router says: anything.
    case tooLong(ICMPUnreachable, most: Int)

    /// Reads an ICMP message, the IP header already taken off.
    package init(_ message: ArraySlice<UInt8>, _ family: IPFamily) throws(PacketError) {
        guard message.count >= 8, let head: UInt16 = message.big(at: 0) else { throw .truncated }
        // A raw socket gets its copy before icmp_rcv() in net/ipv4/icmp.c has looked at the checksum. For IPv6 the kernel looks first.
        guard family == .v6 || internetChecksum(message) == 0 else { throw .wrongChecksum }
        let (type, code) = (UInt8(head >> 8), UInt8(head & 0xff))
        switch (family, type) {
        case (.v4, 0) where code == 0, (.v6, 129) where code == 0: self = .reply(ICMPEchoReply(message))
        // RFC 1191, section 4; RFC 4443, section 3.2.
        case (.v4, 3) where code == 4:
            self = .tooLong(
                try ICMPUnreachable(code: code, quote: message.dropFirst(8), family), most: Int((message.big(at: 6) as UInt16?) ?? 0))
        case (.v6, 2):
            self = .tooLong(
                try ICMPUnreachable(code: code, quote: message.dropFirst(8), family), most: Int((message.big(at: 4) as UInt32?) ?? 0))
        case (.v4, 3), (.v6, 1): self = .unreachable(try ICMPUnreachable(code: code, quote: message.dropFirst(8), family))
        default: throw .notEchoReply
        }
    }
}

/// Any echo reply, also one to somebody else's ping.
package struct ICMPEchoReply: Equatable, Sendable {
    package var identifier: UInt16
    package var sequence: UInt16
    /// nil: the payload is shorter than one of ours.
    package var cookie: UInt32?
    /// Of the message: some targets shorten what they send back.
    package var length: Int

    fileprivate init(_ message: ArraySlice<UInt8>) {
        identifier = message.big(at: 4) ?? 0
        sequence = message.big(at: 6) ?? 0
        cookie = message.big(at: 8)
        length = message.count
    }
}

/// A router says that an echo request could not be delivered, and quotes it.
package struct ICMPUnreachable: Equatable, Sendable {
    package var code: UInt8
    /// Whom the request was for.
    package var target: IPAddress
    package var identifier: UInt16
    package var sequence: UInt16
    /// As much of the request as is quoted, from its type on; eight bytes at least.
    package var echo: [UInt8]

    package init(code: UInt8, quote: ArraySlice<UInt8>, _ family: IPFamily) throws(PacketError) {
        self.code = code
        let headerLength: Int
        switch family {
        case .v4:
            guard let version: UInt8 = quote.big(at: 0), let protocolNumber: UInt8 = quote.big(at: 9) else { throw .truncated }
            guard version >> 4 == 4 else { throw .notIPv4 }
            guard protocolNumber == 1 else { throw .notICMP }
            headerLength = Int(version & 0x0f) * 4
            guard headerLength >= 20 else { throw .wrongLength }
        case .v6:
            guard let version: UInt8 = quote.big(at: 0), let next: UInt8 = quote.big(at: 6) else { throw .truncated }
            guard version >> 4 == 6 else { throw .wrongLength }
            guard next == 58 else { throw .notICMP }
            headerLength = 40
        }
        let echo = quote.dropFirst(headerLength).prefix(ICMPEcho.messageLength)
        let addressEnd = family == .v4 ? 20 : 40
        guard echo.count >= 8, let identifier: UInt16 = echo.big(at: 4), let sequence: UInt16 = echo.big(at: 6),
            let target = IPAddress(bytes: quote.prefix(addressEnd).suffix(family == .v4 ? 4 : 16))
        else { throw .truncated }
        self.identifier = identifier
        self.sequence = sequence
        self.target = target
        self.echo = Array(echo)
    }

    /// Whether this request is what is quoted. IPv4 routers may quote eight bytes only: then the checksum stands for the cookie.
    package func quotes(_ request: ICMPEcho) -> Bool {
        let family = target.family
        let sent = request.request(family).prefix(ICMPEcho.messageLength)
        switch family {
        case .v4: return echo.elementsEqual(sent.prefix(echo.count))
        case .v6: return echo.count == sent.count && echo[..<2] == sent[..<2] && echo[4...] == sent[4...]
        }
    }
}

/// What a router's complaint means, in words: `network unreachable`.
package func unreachableWords(code: UInt8, _ family: IPFamily) -> String {
    switch (family, code) {
    case (.v4, 0), (.v4, 6), (.v6, 0): "network unreachable"
    case (.v4, 1), (.v4, 7), (.v6, 3): "host unreachable"
    case (.v4, 2): "protocol unreachable"
    case (.v4, 3), (.v6, 4): "port unreachable"
    case (.v4, 9), (.v4, 10), (.v4, 13), (.v6, 1), (.v6, 5): "administratively prohibited"
    default: "unreachable (code \(code))"
    }
}
