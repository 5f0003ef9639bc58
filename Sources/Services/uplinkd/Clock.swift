import Model
import Probing

/// The daemon's clock: CLOCK_MONOTONIC, counted from the daemon's start so that a recording begins near zero.
struct Clock: Sendable {
    private let origin = Instant.now()

    func now() -> Instant { Instant(sinceStart: .now() - origin) }
}
