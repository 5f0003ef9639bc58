internal import CNetlink
package import Dispatch
internal import Glibc
package import Model
internal import Netlink
package import Plan

/// Counts the kernel's table of sessions.
///
/// 200,000 sessions take some tenths of a second, so it is done on a queue of its own. Nothing is kept of a session but what `add` makes of it.
package final class SessionCensus: Sendable {
    private let queue: DispatchQueue

    package init(queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.census")) { self.queue = queue }

    /// How many sessions there are, everybody's. One question, some tens of microseconds, where a count goes through every place of the kernel's table,
    /// be they empty: 262,144 on a box with plenty of memory, 4 ms. nil: it can't be told.
    package static var size: Int? { try? NetlinkSocket(NETLINK_NETFILTER).sessionCount() }

    /// Shows each session of both families to `add`, on the census's queue, and what became of it to `then`, on the same.
    ///
    /// The table lives on meanwhile. A session may come twice (the kernel goes on with a bucket from its beginning, when the session
    /// where it stopped is gone), and so may its id; one that begins or ends meanwhile may be there or not. Only the reading that was
    /// interrupted as a whole begins anew, with `tally` as it was.
    package func count<Tally: Sendable>(
        into tally: Tally, _ add: @escaping @Sendable (inout Tally, SessionEntry, SessionTimeouts) -> Void,
        then: @escaping @Sendable (Result<Tally, KernelError>) -> Void
    ) {
        queue.async { then(Result { () throws(KernelError) in try Self.count(into: tally, add) }) }
    }

    package func count<Tally: Sendable>(
        into tally: Tally, _ add: @escaping @Sendable (inout Tally, SessionEntry, SessionTimeouts) -> Void
    ) async throws(KernelError) -> Tally {
        try await withCheckedContinuation { continuation in count(into: tally, add) { continuation.resume(returning: $0) } }.get()
    }

    private static func count<Tally>(
        into tally: Tally, _ add: (inout Tally, SessionEntry, SessionTimeouts) -> Void
    ) throws(KernelError) -> Tally {
        do throws(NetlinkFailure) {
            let timeouts = try timeouts()
            for _ in 1...NetlinkSocket.dumpAttempts {
                var result = tally
                let isWhole = try NetlinkSocket(NETLINK_NETFILTER).walk(ConntrackRequest.dump()) { reply in
                    if let session = ConntrackEntry(reply)?.session { add(&result, session, timeouts) }
                }
                if isWhole { return result }
            }
            throw NetlinkSocket.everChanging
        } catch {
            throw KernelError("conntrack -L", error.code == EPROTONOSUPPORT || error.code == EINVAL ? Sweeper.missing : error)
        }
    }

    /// In /proc/sys, where they stand as well, the service can't read (`ProcSubset=pid`).
    private static func timeouts() throws(NetlinkFailure) -> SessionTimeouts {
        typealias T = SessionTimeouts
        let socket = try NetlinkSocket(NETLINK_NETFILTER)
        var seconds: [UInt8: [UInt8: UInt32]] = [:]
        for transport in [T.icmp, T.tcp, T.udp, T.gre, T.icmp6, T.generic] {
            do {
                try socket.exchange(ConntrackRequest.timeouts(transport)) { reply in
                    guard reply.type >> 8 == Int(NFNL_SUBSYS_CTNETLINK_TIMEOUT) else { return }
                    for data in reply.attributes(after: nfgenmsg.self) where data.type == Int(CTA_TIMEOUT_DATA.rawValue) {
                        for value in data.nested {
                            seconds[transport, default: [:]][UInt8(truncatingIfNeeded: value.type)] = value.bigEndian
                        }
                    }
                }
            } catch  where error.code == EINVAL || error.code == EOPNOTSUPP {
                // A kernel without nfnetlink_cttimeout, or without this protocol.
            }
        }
        return SessionTimeouts(seconds)
    }
}
