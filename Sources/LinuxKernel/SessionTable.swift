package import Dispatch
package import Model
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

    private let queue: DispatchQueue
    private let method: Method

    package init(method: Method = .filter, queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.sessions")) {
        self.method = method
        self.queue = queue
    }

    package func sweep(_ sweep: SessionSweep) async throws(KernelError) -> SweepOutcome {
        let result = await withCheckedContinuation { continuation in
            queue.async { [method] in continuation.resume(returning: Result { () throws(KernelError) in try Sweeper.run(sweep, method) }) }
        }
        return try result.get()
    }
}
