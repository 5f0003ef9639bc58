import Glibc
import Model

/// The daemon's clock: CLOCK_MONOTONIC, counted from the daemon's start so that a recording begins near zero.
struct Clock: Sendable {
    private let origin: Instant

    init() { origin = Self.monotonic() }

    func now() -> Instant { Instant(sinceStart: Self.monotonic() - origin) }

    private static func monotonic() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(sinceStart: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
    }
}
