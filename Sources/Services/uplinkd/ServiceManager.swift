import Control
import Glibc
import Model
import Probing

/// Tells systemd how we are (sd_notify(3)): a datagram to the socket that it names. Without systemd nothing happens.
struct ServiceManager: Sendable {
    private let path: String?
    /// How often it wants to hear of us; nil: not at all.
    let watchdog: Duration?

    init() {
        path = environment("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        watchdog = isForUs ? environment("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    func notify(_ lines: String...) {
        if let path { notifyServiceManager(lines.joined(separator: "\n"), at: path) }
    }

    /// CLOCK_MONOTONIC in microseconds, as RELOADING=1 wants it beside it.
    static var monotonicMicroseconds: Int64 { Instant.now().sinceStart.nanoseconds / 1000 }
}
