internal import CNetlink
package import Dispatch
internal import Glibc
package import Model
internal import Netlink
package import Plan

/// Listens to what the kernel tells of sessions in which the far side has answered, from when it is made until `stop`.
///
/// Make it before the routes are changed, not after: where `nf_conntrack_events` is 2, as it is from Linux 5.19 on, and nobody listens, a
/// session that begins gets nothing to tell of itself with, and stays silent for its lifetime. With `nf_conntrack_events` at 0 all do.
///
/// Every notice has the mark, and whether there has been a reply (`ctnetlink_conntrack_event`). That a session begins isn't listened to:
/// nobody has answered then. Making one and stopping it takes some tens of microseconds, or for as long as a sweep's order is being carried out.
///
/// Not Sendable: it belongs to whoever made it.
package final class SessionWatch {
    private let source: any DispatchSourceRead

    /// The kernel's memory, and only while notices wait: some ten thousand of them.
    package static let defaultReceiveBuffer: Int32 = 16 << 20
    /// So many datagrams at a time, a notice in each.
    private static let batch = 256

    /// - Parameters:
    ///   - ends: Tell of ends, too. A sweep is then 100,000 notices, and an overrun.
    ///   - each: What has come since, in order, on `queue`; never nothing. After `stop` one more call may be under way.
    package init(
        ends: Bool = false, receiveBuffer: Int32 = SessionWatch.defaultReceiveBuffer,
        queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.watch"), each: @escaping @Sendable ([SessionNotice]) -> Void
    ) throws(KernelError) {
        let socket: NoticeSocket
        do {
            socket = try NoticeSocket(
                bus: NETLINK_NETFILTER,
                groups: [Int(NFNLGRP_CONNTRACK_UPDATE.rawValue)] + (ends ? [Int(NFNLGRP_CONNTRACK_DESTROY.rawValue)] : []),
                receiveBuffer: receiveBuffer)
        } catch { throw KernelError("listening to notices of sessions", error) }
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler {
            let notices = Self.read(socket)
            if !notices.isEmpty { each(notices) }
        }
        // Closed only when nobody waits for it any more.
        source.setCancelHandler { withExtendedLifetime(socket) {} }
        source.activate()
        self.source = source
    }

    deinit { source.cancel() }

    package func stop() { source.cancel() }

    private static func read(_ socket: NoticeSocket) -> [SessionNotice] {
        var notices: [SessionNotice] = []
        for _ in 0..<batch {
            guard let outcome = try? socket.read() else {
                // Nothing that a netlink socket is known for.
                return notices + [.overrun]
            }
            switch outcome {
            case .nothing: return notices
            case .overrun, .garbage(isForeign: false): notices.append(.overrun)
            case .garbage(isForeign: true): break
            case .datagram(var replies):
                while let reply = replies.next() {
                    if let entry = ConntrackEntry(reply), entry.isAnswered, let session = entry.session {
                        notices.append(.seen(session))
                    } else if let session = ConntrackEntry(reply, IPCTNL_MSG_CT_DELETE)?.session {
                        notices.append(.ended(session))
                    }
                }
            }
        }
        return notices
    }
}
