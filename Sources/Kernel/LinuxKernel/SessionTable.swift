package import Dispatch
package import Model
internal import Netlink
package import Plan

/// The kernel's table of sessions, as far as we delete from it.
///
/// A sweep takes from some microseconds to seconds, so sweeps have a queue of their own, one after the other in the order that they came.
/// Nothing is held between two of them.
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

    package init(method: Method = .filter, queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.sessions")) {
        self.method = method
        self.queue = queue
    }

    /// Begins at once: each packet that comes before its session is deleted is lost.
    package func sweep(_ sweep: SessionSweep, then: @escaping @Sendable (Result<Swept, KernelError>) -> Void) {
        queue.async { [method] in then(Result { () throws(KernelError) in try Sweeper.run(sweep, method) }) }
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
