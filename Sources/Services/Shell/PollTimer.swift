package import Floor
package import Model

/// A timer of the poll on the loop's queue.
package final class PollTimer: Timekeeper {
    private let poll: Poll
    private let clock: Clock
    private let timer: Poll.Ticket

    package init(_ poll: Poll, _ clock: Clock, passed: @escaping () -> Void) {
        self.poll = poll
        self.clock = clock
        timer = poll.addTimer(passed)
    }

    package var now: Instant { clock.now() }

    package func wake(at moment: Instant) { poll.wake(timer, at: clock.system(moment)) }
}
