package import Dispatch

/// Runs an actor on a serial queue, so that handlers of Dispatch sources on that queue are inside the actor already.
/// Swift on Linux has no `DispatchSerialQueue` that could do it by itself.
package final class QueueExecutor: SerialExecutor {
    package let queue: DispatchQueue

    package init(queue: DispatchQueue) { self.queue = queue }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// What `assumeIsolated` asks when no job of the actor is running, as in a source's handler (SE-0424).
    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
