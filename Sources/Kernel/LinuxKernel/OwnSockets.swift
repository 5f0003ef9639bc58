internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink

/// Sockets of the box itself, by the kernel's socket diagnosis (net/ipv4/inet_diag.c).
enum OwnSockets {
    /// Ends those that have these sessions: their programs have ECONNABORTED. Who has bound his to an interface can't go by another, and is left
    /// alone: our own probes above all.
    /// - Returns: how many there were.
    static func end(_ sessions: some Sequence<MovedSession>) throws(NetlinkFailure) -> Int {
        let socket = try NetlinkSocket(NETLINK_SOCK_DIAG)
        var count = 0
        for session in sessions {
            do {
                try socket.exchange(request(session))
                count += 1
            } catch  where error.code == ENOENT {
                // A session of somebody else, whose address nobody has changed.
            }
        }
        return count
    }

    /// Those that have this scope's sessions and can't do without its addresses: theirs is one of them. Who has bound his to an interface has chosen
    /// that, as our own probes do.
    ///
    /// A socket that has no address of its own takes another one with the next packet, and needn't be named. Servers have sockets bound to each
    /// address of the box (ntpd, named), so it takes a session, too, that the box has begun.
    static func holding(_ scope: SessionScope) throws(NetlinkFailure) -> [OwnSocket] {
        let bound = try bound(to: scope.addresses)
        // The table of sessions is walked for a reason only.
        guard !bound.isEmpty else { return [] }
        let mark = SessionMark(mark: scope.mark, mask: scope.mask)
        let held = try NetlinkSocket(NETLINK_NETFILTER).dump(ConntrackRequest.dump(mark)) { reply -> OwnSocket? in
            guard let entry = ConntrackEntry(reply), entry.carries(mark), case let tuple = entry.originalTuple, let source = tuple.source,
                scope.addresses.contains(source), let port = tuple.sourcePort
            else { return nil }
            return OwnSocket(transport: tuple.transport, port: port)
        }
        return bound.intersection(held).sorted()
    }

    private static func bound(to addresses: Set<IPAddress>) throws(NetlinkFailure) -> Set<OwnSocket> {
        let socket = try NetlinkSocket(NETLINK_SOCK_DIAG)
        var found: Set<OwnSocket> = []
        for family in IPFamily.allCases {
            for (transport, states) in [(SessionTimeouts.tcp, openTCP), (SessionTimeouts.udp, openUDP)] {
                var question = Question()
                question.family = family.number
                question.transport = transport
                question.states = states
                do {
                    found.formUnion(
                        try socket.dump(Request(byFamily, flags: 0, header: question)) { reply in
                            guard let end = OwnEnd(reply), end.interface == 0, let address = end.address, addresses.contains(address) else {
                                return nil
                            }
                            return OwnSocket(transport: transport, port: end.port)
                        })
                } catch  where error.code == ENOENT {
                    // No such sockets here: a kernel without IPv6.
                }
            }
        }
        return found
    }

    private static func request(_ session: MovedSession) throws(NetlinkFailure) -> Request {
        var question = Question()
        question.family = session.client.family.number
        question.sourcePort = session.clientPort.bigEndian
        question.destinationPort = session.serverPort.bigEndian
        question.source = words(session.client)
        question.destination = words(session.server)
        return try Request(destroy, flags: 0, header: question)
    }

    private static func words(_ address: IPAddress) -> (UInt32, UInt32, UInt32, UInt32) {
        switch address {
        case .v4(let address): return (address.bits.bigEndian, 0, 0, 0)
        case .v6(let address):
            func word(_ bits: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: bits).bigEndian }
            return (word(address.high >> 32), word(address.high), word(address.low >> 32), word(address.low))
        }
    }

    /// SOCK_DESTROY of linux/sock_diag.h, and struct inet_diag_req_v2 of linux/inet_diag.h. With those headers the compiler finds that the two modules
    /// which have Linux's and glibc's structures differ, and stops.
    private static let destroy = 21
    /// SOCK_DIAG_BY_FAMILY.
    private static let byFamily = 20
    /// TCP_ESTABLISHED, SYN_SENT, FIN_WAIT1, FIN_WAIT2 and CLOSE_WAIT (net/tcp_states.h); UDP has the first of them with a far end, and CLOSE without.
    private static let openTCP: UInt32 = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8
    private static let openUDP: UInt32 = 1 << 1 | 1 << 7
    private struct Question: BitwiseCopyable {
        var family: UInt8 = 0
        var transport = SessionTimeouts.tcp
        var extensions: UInt8 = 0
        var padding: UInt8 = 0
        var states: UInt32 = .max
        var sourcePort: UInt16 = 0
        var destinationPort: UInt16 = 0
        var source: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        var destination: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        var interface: UInt32 = 0
        /// INET_DIAG_NOCOOKIE: whichever it is.
        var cookie: (UInt32, UInt32) = (.max, .max)
    }
}

/// The near end of a socket, out of struct inet_diag_msg.
struct OwnEnd {
    let port: UInt16
    /// What it is bound to by SO_BINDTODEVICE; 0: nothing.
    let interface: UInt32
    private let family: UInt8
    private let words: (UInt32, UInt32, UInt32, UInt32)

    private struct Message: BitwiseCopyable {
        var family: UInt8 = 0
        var state: UInt8 = 0
        var timer: UInt8 = 0
        var retransmissions: UInt8 = 0
        var sourcePort: UInt16 = 0
        var destinationPort: UInt16 = 0
        var source: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        var destination: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        var interface: UInt32 = 0
    }

    init?(_ reply: Reply) {
        guard let message = reply.header(as: Message.self) else { return nil }
        port = UInt16(bigEndian: message.sourcePort)
        interface = message.interface
        family = message.family
        words = message.source
    }

    /// nil: of neither family.
    var address: IPAddress? {
        switch IPFamily(number: family) {
        case .v4: return .v4(IPv4Address(bits: UInt32(bigEndian: words.0)))
        case .v6:
            // A socket of IPv6 that speaks IPv4: ::ffff:192.0.2.1.
            if words.0 == 0, words.1 == 0, UInt32(bigEndian: words.2) == 0xffff {
                return .v4(IPv4Address(bits: UInt32(bigEndian: words.3)))
            }
            func half(_ high: UInt32, _ low: UInt32) -> UInt64 { UInt64(UInt32(bigEndian: high)) << 32 | UInt64(UInt32(bigEndian: low)) }
            return .v6(IPv6Address(high: half(words.0, words.1), low: half(words.2, words.3)))
        case nil: return nil
        }
    }
}
