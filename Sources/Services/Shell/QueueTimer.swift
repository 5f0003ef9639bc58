package import Dispatch
package import Model

/// A timer of Dispatch on the queue of the loop.
package final class QueueTimer: Timekeeper {
    private let clock: () -> Instant
    private let source: any DispatchSourceTimer

    /// - Parameter wake: on that queue.
    package init(queue: DispatchQueue, clock: @escaping () -> Instant, wake: @escaping @Sendable () -> Void) {
        self.clock = clock
        source = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler(handler: wake)
        source.activate()
    }

    package var now: Instant { clock() }

    package func wake(at moment: Instant) {
        let wait = max((moment - now).nanoseconds, 0)
        source.schedule(deadline: .now() + .nanoseconds(Int(wait)), leeway: .microseconds(500))
    }
}
