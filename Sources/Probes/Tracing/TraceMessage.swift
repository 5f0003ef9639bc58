package import Model
package import Probing

/// What a trace gets to hear.
package enum TraceMessage: Equatable, Sendable {
    case reply(ICMPEchoReply)
    /// Time exceeded in transit: RFC 792, RFC 4443 section 3.3.
    case expired(ICMPUnreachable)
    case unreachable(ICMPUnreachable)

    /// Reads an ICMP message, the IP header already taken off.
    package init(_ message: ArraySlice<UInt8>, _ family: IPFamily) throws(PacketError) {
        guard message.count >= 8 else { throw .truncated }
        let (type, code) = (message[message.startIndex], message[message.startIndex + 1])
        switch (family, type) {
        // Code 1 is of a packet whose fragments didn't all come, and ours has none.
        case (.v4, 11) where code == 0, (.v6, 3) where code == 0:
            guard family == .v6 || internetChecksum(message) == 0 else { throw .wrongChecksum }
            self = .expired(try ICMPUnreachable(code: code, quote: message.dropFirst(8), family))
        default:
            switch try ICMPMessage(message, family) {
            case .reply(let reply): self = .reply(reply)
            case .unreachable(let quote): self = .unreachable(quote)
            // What is sent here is as short as can be.
            case .tooLong: throw .notEchoReply
            }
        }
    }
}
