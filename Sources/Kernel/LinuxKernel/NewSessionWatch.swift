internal import CNetlink
package import Dispatch
internal import Glibc
package import Model
internal import Netlink
package import Plan

/// Counts which of clients' new sessions by one WAN get an answer, by what the kernel tells of them: no rule is needed, no packet is looked at,
/// and the table is never walked. On a queue of its own; while nothing begins nobody is woken.
///
/// With `nf_conntrack_events` at 0 it hears nothing, and there is nothing to go by.
///
/// Not Sendable: it belongs to whoever made it.
package final class NewSessionWatch {
    private let queue: DispatchQueue
    private let each: @Sendable (WANName, NewSessions) -> Void
    private var scope: SessionScope?
    private var listener: Listener?

    /// - Parameter each: what has become of sessions in half a second, never nothing, on `queue`.
    package init(
        queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.new-sessions", qos: .utility),
        each: @escaping @Sendable (WANName, NewSessions) -> Void
    ) {
        self.queue = queue
        self.each = each
    }

    deinit { stop() }

    /// From now on those; what was heard of others before is forgotten. nil: of none.
    package func watch(_ scope: SessionScope?) throws(KernelError) {
        guard scope != self.scope else { return }
        stop()
        self.scope = scope
        guard let scope else { return }
        do {
            listener = try Listener(scope, queue, each)
        } catch { throw KernelError("listening to notices of new sessions", error) }
    }

    private func stop() {
        if let listener { queue.async { listener.stop() } }
        listener = nil
    }
}

/// On its queue once it is made.
private final class Listener: @unchecked Sendable {
    private static let turn: DispatchTimeInterval = .milliseconds(500)
    /// Some thousand notices. What doesn't fit in half a second is lost, and the half second isn't counted: a flood costs no more than that.
    private static let receiveBuffer: Int32 = 4 << 20
    private static let mostPerTurn = 8192

    private let scope: SessionScope
    private let queue: DispatchQueue
    private let each: @Sendable (WANName, NewSessions) -> Void
    private let socket: NoticeSocket
    private let source: any DispatchSourceRead
    private var tally = SessionTally()
    private var isSuspended = false
    private var isStopped = false

    init(_ scope: SessionScope, _ queue: DispatchQueue, _ each: @escaping @Sendable (WANName, NewSessions) -> Void) throws(NetlinkFailure) {
        self.scope = scope
        self.queue = queue
        self.each = each
        socket = try NoticeSocket(
            bus: NETLINK_NETFILTER,
            groups: [NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY].map { Int($0.rawValue) },
            receiveBuffer: Self.receiveBuffer, filter: SessionNoticeFilter.newSessions(mark: scope.mark, mask: scope.mask))
        source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.begin() }
        // Closed only when nobody waits for it any more.
        source.setCancelHandler { [socket] in withExtendedLifetime(socket) {} }
        source.activate()
    }

    func stop() {
        isStopped = true
        // One that is suspended can't be cancelled.
        if isSuspended { source.resume() }
        source.cancel()
    }

    /// The first of many: from here on by the clock, twice a second.
    private func begin() {
        guard !isStopped, !isSuspended else { return }
        source.suspend()
        isSuspended = true
        read()
        next()
    }

    private func next() {
        queue.asyncAfter(deadline: .now() + Self.turn) { [weak self] in self?.passTurn() }
    }

    private func passTurn() {
        guard !isStopped else { return }
        read()
        let sessions = tally.endTurn()
        if !sessions.isEmpty { each(scope.wan, sessions) }
        guard tally.isIdle else { return next() }
        isSuspended = false
        source.resume()
    }

    private func read() {
        for _ in 0..<Self.mostPerTurn {
            guard let outcome = try? socket.read() else { return tally.forget() }
            switch outcome {
            case .nothing: return
            case .overrun, .garbage(isForeign: false): tally.forget()
            case .garbage(isForeign: true): break
            case .datagram(var replies): while let reply = replies.next() { note(reply) }
            }
        }
    }

    private func note(_ reply: Reply) {
        // A session whose first answer is a reset ends with it, and nothing else is told (`nf_conntrack_tcp_packet`). One that nobody answers ends after
        // minutes.
        if let id: UInt32 = ConntrackEntry(reply, IPCTNL_MSG_CT_DELETE)?.id.bigEndian { return tally.answer(id) }
        guard let entry = ConntrackEntry(reply), let id: UInt32 = entry.id.bigEndian else { return }
        if entry.isAnswered { return tally.answer(id) }
        // TCP_CONNTRACK_SYN_SENT: one that begins in the middle was moved, and says nothing of connections.
        if let state = entry.tcpState, state != 1 { return }
        let tuple = entry.originalTuple
        guard let client = tuple.source, let port = tuple.destinationPort, let repliesTo = entry.replyTuple.destination,
            scope.addresses.contains(repliesTo)
        else { return }
        let kind: NewSessions.Kind =
            switch (tuple.transport, port) {
            case (SessionTimeouts.tcp, 443): .web
            case (SessionTimeouts.tcp, _): .tcp
            default: .dns
            }
        tally.begin(id, kind, of: client)
    }
}
