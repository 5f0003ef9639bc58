import CLinux
import Dispatch
import Glibc
import Model
import Synchronization

/// Tells systemd how we are (sd_notify(3)): a datagram to the socket that it names. Without systemd nothing happens.
package struct ServiceManager: Sendable {
    private let letters: Letters?
    /// How often it wants to hear of us; nil: not at all.
    package let watchdog: Duration?

    package init() {
        self.init(socket: environment("NOTIFY_SOCKET"))
    }

    package init(socket path: String?) {
        letters = path.flatMap { $0.isEmpty ? nil : Letters(to: $0.hasPrefix("@") ? [0] + $0.utf8.dropFirst() : Array($0.utf8)) }
        let isForUs = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        watchdog = isForUs ? environment("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// It may fail: there is nobody else to tell, and the service manager will notice by itself. It never waits: one that doesn't read must
    /// not keep a packet waiting. What finds no room goes out later, in the order of the calls: without READY=1 the service would be killed in the end.
    package func notify(_ lines: String...) { letters?.send(Array(lines.joined(separator: "\n").utf8)) }

    /// CLOCK_MONOTONIC in microseconds, as RELOADING=1 wants it beside it.
    package static var monotonicMicroseconds: Int64 { Instant.now().sinceStart.nanoseconds / 1000 }
}

/// Datagrams for a socket that may be full.
private final class Letters: Sendable {
    /// More are news of long ago.
    private static let limit = 16
    private static let pause = DispatchTimeInterval.milliseconds(200)

    /// One in the abstract namespace begins with a zero byte.
    private let name: [UInt8]
    private let waiting = Mutex<[[UInt8]]>([])
    private let queue = DispatchQueue(label: "net.uplinkd.notify")

    init(to name: [UInt8]) { self.name = name }

    func send(_ message: [UInt8]) {
        let isFirst = waiting.withLock { waiting in
            if waiting.isEmpty, deliver(message) { return false }
            // A sign of life is worth no more for coming twice.
            if waiting.last != message { waiting.append(message) }
            // The first one of all may be READY=1.
            if waiting.count > Self.limit { waiting.remove(at: 1) }
            return waiting.count == 1
        }
        if isFirst { tryLater() }
    }

    private func tryLater() { queue.asyncAfter(deadline: .now() + Self.pause) { self.tryAgain() } }

    private func tryAgain() {
        let isDone = waiting.withLock { waiting in
            while let first = waiting.first, deliver(first) { waiting.removeFirst() }
            return waiting.isEmpty
        }
        if !isDone { tryLater() }
    }

    /// False: there is no room now. Any other failure stays one.
    private func deliver(_ message: [UInt8]) -> Bool {
        guard let socket = try? Descriptor.socket(AF_UNIX, SOCK_DGRAM) else { return true }
        let result = withUnixAddress(name: name) { Int32(sendto(socket.number, message, message.count, Int32(MSG_NOSIGNAL), $0, $1)) }
        return result.map { $0 >= 0 || errno != EAGAIN } ?? true
    }
}

/// A variable of the environment; nil if it isn't set.
package func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
