import Glibc

/// Why something could not be done: mostly a system call that failed.
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

    package var description: String { action + (code == 0 ? "" : ": \(errorText(code))") + (hint.isEmpty ? "" : " (\(hint))") }
}

/// `strerror(3)`; of the call just now, if no other is given.
package func errorText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

/// Repeats a call that a signal interrupted.
package func retried(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
