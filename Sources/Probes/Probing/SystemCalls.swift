import CLinux
import Glibc
package import Model

/// Why a question could not be put: mostly a system call that failed.
package struct CallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What it was to do: `opening a raw socket`. With the code 0 it is the whole story.
    package var action: String
    /// An errno.
    package var code: Int32
    package var hint = ""

    package init(action: String, code: Int32, hint: String = "") {
        self.action = action
        self.code = code
        self.hint = hint
    }

    package init(_ story: String) { self.init(action: story, code: 0) }

    /// To be made right after the call, before anything else can set errno.
    package static func last(_ action: String) -> CallError { CallError(action: action, code: errno) }

    /// The same for a packet that didn't go out.
    package static func lastSending(to address: some CustomStringConvertible) -> CallError {
        var error = CallError.last("sending to \(address)")
        switch error.code {
        case EPERM: error.hint = "a rule of this box's own packet filter drops it"
        case ENOBUFS, EAGAIN: error.hint = "the interface's queue is full"
        default: break
        }
        return error
    }

    package var description: String {
        action + (code == 0 ? "" : ": \(String(cString: strerror(code)))") + (hint.isEmpty ? "" : " (\(hint))")
    }
}

/// Repeats a call that a signal interrupted.
package func retried(_ call: () -> Int) -> Int {
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
