package import Dispatch
package import Model
internal import Netlink
package import Plan

/// The kernel's table of sessions, as far as we delete from it.
///
/// A sweep takes from some microseconds to seconds, so sweeps have a queue of their own, one after the other in the order that they came.
/// Nothing is held between two of them but what others have ended meanwhile.
package final class SessionTable: Sendable {
    /// Who deletes.
    package enum Method: Sendable {
        /// The kernel, by one filtered order, as far as it can.
        case filter
        /// We, one by one, from a list: what Linux before 6.12 needs for part of it. Tests choose it for all.
        case single
    }

    package struct Swept: Sendable {
        package var outcome: SweepOutcome
        /// TCP that was open, if the sweep is to be told.
        package var moved: Set<MovedSession>
    }

    /// So many are named at most: to look for the rest would keep the sweep waiting, and nobody has the time to tell them.
    static let mostMoved = 10_000

    private let queue: DispatchQueue
    private let method: Method
    /// nil: a kernel without such notices; clients of what it ends by itself aren't told.
    private let ended: EndedSessions?

    /// - Parameter hearsEnds: those that others end are told with the next sweep of their WAN.
    package init(
        method: Method = .filter, hearsEnds: Bool = false, queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.sessions")
    ) {
        self.method = method
        self.queue = queue
        ended = hearsEnds ? try? EndedSessions(queue: queue) : nil
    }

    /// Begins at once: each packet that comes before its session is deleted is lost.
    package func sweep(_ sweep: SessionSweep, then: @escaping @Sendable (Result<Swept, KernelError>) -> Void) {
        queue.async { [method, ended] in
            then(
                Result { () throws(KernelError) in
                    // Before, and those that the kernel deleted at the same time. What the sweep itself has ended is among them, and is told once.
                    let before = ended?.take(sweep.scope) ?? []
                    var swept = try Sweeper.run(sweep, method)
                    let late = ended?.take(sweep.scope) ?? []
                    guard sweep.isTold else { return swept }
                    swept.outcome.deleted += before.count
                    swept.moved.formUnion(before.union(late))
                    return swept
                })
        }
    }

    /// The box's own sockets that hold on to sessions of this scope.
    package func sockets(_ scope: SessionScope, then: @escaping @Sendable (Result<[OwnSocket], KernelError>) -> Void) {
        queue.async {
            then(
                Result { () throws(KernelError) in
                    do throws(NetlinkFailure) { return try OwnSockets.holding(scope) } catch { throw KernelError("ss -aunpt", error) }
                })
        }
    }

    package func swept(_ sweep: SessionSweep) async throws(KernelError) -> Swept {
        try await withCheckedContinuation { continuation in self.sweep(sweep) { continuation.resume(returning: $0) } }.get()
    }

    package func sweep(_ sweep: SessionSweep) async throws(KernelError) -> SweepOutcome { try await swept(sweep).outcome }
}

extension EndedSessions {
    /// Of a whole WAN; nothing of other scopes, which are no faults.
    fileprivate func take(_ scope: SessionSweep.Scope, of family: IPFamily? = nil) -> Set<MovedSession> {
        switch scope {
        case .wan(let mark, let mask, _): take(SessionMark(mark: mark, mask: mask), of: family)
        case .only(let family, let inner): take(inner, of: family)
        case .classes, .allBut, .unmasqueraded, .strayed: []
        }
    }
}
