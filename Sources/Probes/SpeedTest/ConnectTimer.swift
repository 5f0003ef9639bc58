import CLinux
import Floor
import Glibc
import Model
import Probing

/// Opens a TCP connection to the server every now and then, and notes how long that takes: the round trip by the very way of the page, behind
/// the same queues, and without the privilege that ICMP needs.
final class ConnectTimer {
    /// What one costs: SYN, its answer, and the reset (40 bytes of TCP options in all).
    static func bytes(_ family: IPFamily) -> Int { 3 * (family == .v4 ? 40 : 60) + 40 }
    /// By then a SYN has been sent again, so the time would be another one's.
    static let patience = Duration.milliseconds(950)

    private let open: () throws(CallError) -> Connection
    private let pause: Duration
    private var current: (connection: Connection, began: Instant)?
    private var nextBegin: Instant
    private(set) var all: [Double?] = []

    init(every pause: Duration, from now: Instant, open: @escaping () throws(CallError) -> Connection) {
        self.open = open
        self.pause = pause
        nextBegin = now
    }

    /// Takes what there is to take, and starts the next one when its time has come.
    func turn(at now: Instant) {
        if let (connection, began) = current {
            if isWritable(connection.descriptor) {
                all.append(connection.descriptor.takeError() == 0 ? (now - began).inSeconds * 1000 : nil)
                current = nil
            } else if now >= began + Self.patience {
                all.append(nil)
                current = nil
            }
        }
        guard current == nil, now >= nextBegin else { return }
        nextBegin = now + pause
        // One that can't be opened is no measurement.
        if let connection = try? open() { current = (connection, .now()) }
    }

    var descriptor: Int32 { current?.connection.descriptor.number ?? -1 }
    var deadline: Instant { current.map { $0.began + Self.patience } ?? nextBegin }

    private func isWritable(_ descriptor: Descriptor) -> Bool {
        var entry = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) > 0
    }
}
