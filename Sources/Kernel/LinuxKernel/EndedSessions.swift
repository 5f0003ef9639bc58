internal import CNetlink
internal import Dispatch
internal import Model
internal import Netlink

/// Open TCP sessions that somebody else than a sweep has ended: with an interface that goes (a modem that is unplugged) the kernel deletes those that
/// were masqueraded by it, before anybody can look at them (`masq_device_event` in net/netfilter/nf_nat_masquerade.c). Their clients are told as well.
///
/// The kernel filters its notices for us: TCP that ends by itself has been closed before, so hardly any comes but then, and after a sweep.
final class EndedSessions: @unchecked Sendable {
    private struct Ended {
        var session: MovedSession
        var mark: UInt32
        var at: ContinuousClock.Instant
    }

    /// What was ended longer ago was no part of the fault that a sweep is about.
    private static let kept: Duration = .seconds(5)
    /// Some ten thousand notices.
    private static let receiveBuffer: Int32 = 8 << 20

    private let socket: NoticeSocket
    private let source: any DispatchSourceRead
    /// On the queue that `source` and `take` are on.
    private var ended: [Ended] = []

    /// - Parameter queue: `take` is called on it.
    init(queue: DispatchQueue) throws(NetlinkFailure) {
        socket = try NoticeSocket(
            bus: NETLINK_NETFILTER, groups: [Int(NFNLGRP_CONNTRACK_DESTROY.rawValue)], receiveBuffer: Self.receiveBuffer,
            filter: SessionNoticeFilter.openEnds)
        source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.read() }
        source.setCancelHandler { [socket] in withExtendedLifetime(socket) {} }
        source.activate()
    }

    deinit { source.cancel() }

    /// Those of a WAN; each is given once.
    func take(_ mark: SessionMark, of family: IPFamily?) -> Set<MovedSession> {
        read()
        var taken: Set<MovedSession> = []
        ended.removeAll { one in
            guard one.mark & mark.mask == mark.mark, family.map({ one.session.client.family == $0 }) ?? true else { return false }
            taken.insert(one.session)
            return true
        }
        return taken
    }

    private func read() {
        let now = ContinuousClock.now
        ended.removeAll { now - $0.at > Self.kept }
        while ended.count < SessionTable.mostMoved, let outcome = try? socket.read() {
            switch outcome {
            case .nothing: return
            // Nobody is worse off than without us.
            case .overrun, .garbage: break
            case .datagram(var replies):
                while let reply = replies.next() {
                    guard let entry = ConntrackEntry(reply, IPCTNL_MSG_CT_DELETE), let session = entry.movedSession else { continue }
                    ended.append(Ended(session: session, mark: entry.mark, at: now))
                }
            }
        }
    }
}
