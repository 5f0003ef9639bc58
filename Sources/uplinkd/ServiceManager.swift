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

    /// It may fail: there is nobody else to tell, and the service manager will notice by itself.
    func notify(_ lines: String...) {
        guard let path else { return }
        var name = Array(path.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array(lines.joined(separator: "\n").utf8)
        _ = withUnixAddress(name: name) { Int32(sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, $1)) }
    }

    /// CLOCK_MONOTONIC in microseconds, as RELOADING=1 wants it beside it.
    static var monotonicMicroseconds: Int64 { Instant.now().sinceStart.nanoseconds / 1000 }
}
