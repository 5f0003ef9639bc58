import Glibc
package import Model

/// A system call that failed.
struct CallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What it was to do: `opening a raw socket`.
    var action: String
    /// An errno.
    var code: Int32
    var hint = ""

    /// To be made right after the call, before anything else can set errno.
    static func last(_ action: String) -> CallError { CallError(action: action, code: errno) }

    var description: String { "\(action): \(String(cString: strerror(code)))" + (hint.isEmpty ? "" : " (\(hint))") }
}

/// Repeats a call that a signal interrupted.
func retried(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
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
