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
