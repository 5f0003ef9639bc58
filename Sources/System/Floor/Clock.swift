import Glibc
package import Model

/// A program's clock: CLOCK_MONOTONIC, counted from the start so that a recording begins near zero.
package struct Clock: Sendable {
    private let origin = Instant.now()

    package init() {}

    package func now() -> Instant { Instant(sinceStart: .now() - origin) }

    /// A moment of this clock as the system's has it, for a timer.
    package func system(_ moment: Instant) -> Instant { origin + moment.sinceStart }
}

extension Instant {
    /// CLOCK_MONOTONIC. Kernel timestamps of packets are CLOCK_REALTIME, which is set and stepped, so they are not used: the
    /// difference of two clocks is no round-trip time.
    package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(sinceStart: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
    }
}
