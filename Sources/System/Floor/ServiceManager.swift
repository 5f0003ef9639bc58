import CLinux
import Glibc
import Model

/// Tells systemd how we are (sd_notify(3)): a datagram to the socket that it names. Without systemd nothing happens.
package struct ServiceManager: Sendable {
    /// Of its socket; one in the abstract namespace begins with a zero byte.
    private let name: [UInt8]?
    /// How often it wants to hear of us; nil: not at all.
    package let watchdog: Duration?

    package init() {
        self.init(socket: environment("NOTIFY_SOCKET"))
    }

    package init(socket path: String?) {
        name = path.flatMap { $0.isEmpty ? nil : ($0.hasPrefix("@") ? [0] + $0.utf8.dropFirst() : Array($0.utf8)) }
        let isForUs = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        watchdog = isForUs ? environment("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// It may fail: there is nobody else to tell, and the service manager will notice by itself. It never waits: one that doesn't read must
    /// not keep a packet waiting.
    package func notify(_ lines: String...) {
        guard let name, let socket = try? Descriptor.socket(AF_UNIX, SOCK_DGRAM) else { return }
        let message = Array(lines.joined(separator: "\n").utf8)
        _ = withUnixAddress(name: name) { Int32(sendto(socket.number, message, message.count, Int32(MSG_NOSIGNAL), $0, $1)) }
    }

    /// CLOCK_MONOTONIC in microseconds, as RELOADING=1 wants it beside it.
    package static var monotonicMicroseconds: Int64 { Instant.now().sinceStart.nanoseconds / 1000 }
}

/// A variable of the environment; nil if it isn't set.
package func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
