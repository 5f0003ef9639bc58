internal import CNetlink
internal import Glibc
internal import Model
internal import Netlink
internal import Plan

/// One sweep under way.
struct Sweeper {
    /// Orders and their answers. Lists are read by sockets of their own.
    private let socket: NetlinkSocket
    private let method: SessionTable.Method
    /// The TCP sessions that were deleted, or are about to be; nil: nobody wants to know.
    private let moved: Moved?

    private final class Moved {
        private(set) var sessions: Set<MovedSession> = []
        var isFull: Bool { sessions.count >= SessionTable.mostMoved }

        func add(_ session: MovedSession) { if !isFull { sessions.insert(session) } }
    }

    /// After each batch of single orders, so that whoever else has work for the table, or for the processor, gets on with it.
    private static let pause: useconds_t = 100

    static func run(_ sweep: SessionSweep, _ method: SessionTable.Method) throws(KernelError) -> SessionTable.Swept {
        do {
            let moved = sweep.isTold ? Moved() : nil
            let outcome = SweepOutcome(deleted: try Sweeper(method, moved).run(sweep.scope))
            return SessionTable.Swept(outcome: outcome, moved: moved?.sessions ?? [])
        } catch {
            throw KernelError(sweep.scope.commands.joined(separator: "; "), error)
        }
    }

    private init(_ method: SessionTable.Method, _ moved: Moved?) throws(NetlinkFailure) {
        self.method = method
        self.moved = moved
        do {
            socket = try NetlinkSocket(NETLINK_NETFILTER)
        } catch  where error.code == EPROTONOSUPPORT {
            throw Self.missing
        }
    }

    /// A kernel that can load modules has loaded it by now.
    static var missing: NetlinkFailure { NetlinkFailure(EOPNOTSUPP, words: "this kernel comes without nf_conntrack_netlink") }

    private func run(_ scope: SessionSweep.Scope) throws(NetlinkFailure) -> Int {
        // The first question tells whether the kernel has such a table at all.
        let total = try count()
        switch scope {
        case .wan(let mark, let mask, let addresses):
            return try flush(try checked(mark, mask), total) + flushUnmarked(addresses, SessionMark(mark: 0, mask: mask))
        case .only(let family, let scope): return try run(scope, of: family)
        case .classes(let classes, let mark, let mask):
            return try delete(try checked(mark, mask)) { $0.isOfClient && $0.isIn(classes) }
        case .allBut(let classes, let mark, let mask):
            return try delete(try checked(mark, mask)) { $0.isOfClient && !$0.isIn(classes) }
        case .unmasqueraded(let family, let lan, let wans, let mask):
            return try deleteWithoutSourceNAT(family, try Ways(lan: lan, wans: wans), mask) { _ in true }
        case .strayed(let family, let lan, let wans, let mask):
            return try deleteWithoutSourceNAT(family, try Ways(lan: lan, wans: wans), mask) { $0.mark & mask == 0 }
        }
    }

    /// One by one: an order to delete by mark takes both families where the kernel is old.
    private func run(_ scope: SessionSweep.Scope, of family: IPFamily) throws(NetlinkFailure) -> Int {
        func isOfFamily(_ entry: ConntrackEntry) -> Bool { entry.family == family.number }
        switch scope {
        case .wan(let mark, let mask, let addresses):
            return try delete(try checked(mark, mask), where: isOfFamily)
                + flushUnmarked(addresses.filter { $0.family == family }, SessionMark(mark: 0, mask: mask))
        case .classes(let classes, let mark, let mask):
            return try delete(try checked(mark, mask)) { isOfFamily($0) && $0.isOfClient && $0.isIn(classes) }
        case .allBut(let classes, let mark, let mask):
            return try delete(try checked(mark, mask)) { isOfFamily($0) && $0.isOfClient && !$0.isIn(classes) }
        case .only(let inner, let scope): return inner == family ? try run(scope, of: family) : 0
        // They are of one family as they are.
        case .unmasqueraded(let own, _, _, _), .strayed(let own, _, _, _): return own == family ? try run(scope) : 0
        }
    }

    /// With a mask of 0 or a mark of 0 the sessions of all others would be ours.
    private func checked(_ mark: UInt32, _ mask: UInt32) throws(NetlinkFailure) -> SessionMark {
        guard mark != 0, mark & mask == mark else { throw NetlinkFailure(EINVAL, words: "that is no WAN's mark") }
        return SessionMark(mark: mark, mask: mask)
    }

    private func count() throws(NetlinkFailure) -> Int {
        do {
            return try socket.sessionCount()
        } catch  where error.code == EINVAL {
            throw Self.missing
        }
    }
}

// By one order.
extension Sweeper {
    private func flush(_ mark: SessionMark, _ before: Int) throws(NetlinkFailure) -> Int {
        guard method == .filter else { return try delete(mark) { _ in true } }
        // UDP waits for nobody: to name the others takes a walk through the whole table, tens of milliseconds on a busy box, and they need naming only
        // because they are told.
        try flushUDP(mark)
        // The kernel doesn't say which it deletes.
        try note(mark)
        try socket.exchange(ConntrackRequest.flush(mark))
        return max(before - (try count()), 0)
    }

    /// Before Linux 6.12 they go with the rest.
    private func flushUDP(_ mark: SessionMark) throws(NetlinkFailure) {
        for family in IPFamily.allCases {
            do {
                try socket.exchange(ConntrackRequest.flush(SessionTimeouts.udp, family, mark))
            } catch  where error.code == EINVAL || error.code == EOPNOTSUPP {
                return
            }
        }
    }

    /// Where they are to be told they are looked for, for all addresses at once: one walk names and deletes them.
    private func flushUnmarked(_ addresses: [IPAddress], _ mark: SessionMark) throws(NetlinkFailure) -> Int {
        var deleted = 0
        var rest: [IPAddress] = []
        for address in addresses {
            guard method == .filter, moved == nil, case .v4(let v4) = address else {
                rest.append(address)
                continue
            }
            let before = try count()
            do {
                try socket.exchange(ConntrackRequest.flush(repliesTo: v4, mark))
                deleted += max(before - (try count()), 0)
            } catch  where error.code == EINVAL || error.code == EOPNOTSUPP {
                rest.append(address)
            }
        }
        guard !rest.isEmpty else { return deleted }
        return deleted + (try delete(mark) { entry in entry.replyTuple.destination.map(rest.contains) ?? false })
    }
}

// One by one.
extension Sweeper {
    /// One that wasn't there yet, or that a list which wasn't whole has left out, isn't told: nobody is worse off by that than before.
    private func note(_ mark: SessionMark) throws(NetlinkFailure) {
        guard let moved else { return }
        try socket.readBeginning(of: ConntrackRequest.dump(mark)) { reply in
            if let entry = ConntrackEntry(reply), entry.carries(mark), let session = entry.movedSession { moved.add(session) }
            return !moved.isFull
        }
    }

    /// Deletes those with this mark that fit, and counts them.
    private func delete(
        _ mark: SessionMark, where fits: (ConntrackEntry) throws(NetlinkFailure) -> Bool
    ) throws(NetlinkFailure) -> Int {
        try delete(ConntrackRequest.dump(mark)) { entry throws(NetlinkFailure) in entry.carries(mark) ? try fits(entry) : false }
    }

    private func deleteWithoutSourceNAT(
        _ family: IPFamily, _ ways: Ways, _ mask: UInt32, where fits: (ConntrackEntry) -> Bool
    ) throws(NetlinkFailure) -> Int {
        try delete(ConntrackRequest.dumpWithoutSourceNAT(family)) { entry throws(NetlinkFailure) in
            guard entry.family == family.number, entry.status & IPS_SRC_NAT.rawValue == 0, fits(entry) else { return false }
            return try ways.leadOut(entry, mask: mask)
        }
    }

    /// A list that wasn't whole is read again: what is deleted already isn't in it any more.
    private func delete(
        _ request: consuming Request, where fits: (ConntrackEntry) throws(NetlinkFailure) -> Bool
    ) throws(NetlinkFailure) -> Int {
        var deleted = 0
        var batch = MessageBatch()
        for _ in 1...NetlinkSocket.dumpAttempts {
            let isWhole = try NetlinkSocket(NETLINK_NETFILTER).walk(request) { reply throws(NetlinkFailure) in
                guard let entry = ConntrackEntry(reply), try fits(entry) else { return }
                if let moved, let session = entry.movedSession { moved.add(session) }
                entry.delete(in: &batch)
                guard batch.isFull else { return }
                deleted += try send(&batch)
                usleep(Self.pause)
            }
            deleted += try send(&batch)
            if isWhole { return deleted }
        }
        throw NetlinkSocket.everChanging
    }

    /// So many were deleted: those that are gone meanwhile were deleted by others, or ended by themselves.
    private func send(_ batch: inout MessageBatch) throws(NetlinkFailure) -> Int {
        let count = batch.count
        return count == 0 ? 0 : count - (try socket.exchange(&batch))
    }
}

extension ConntrackEntry {
    /// It left with another source than its own. What came in from outside, and the box's own (probes among it), can't begin anew by another WAN.
    fileprivate var isOfClient: Bool { originalTuple.source != replyTuple.destination }

    fileprivate func isIn(_ classes: [SessionClass]) -> Bool {
        let tuple = originalTuple
        return classes.contains { $0.contains(transport: tuple.transport, port: tuple.destinationPort) }
    }
}
