import Control
import ControlProtocol
import Floor
import FoundationEssentials
import Glibc
import Synchronization

/// As much of uplinkd as a follower of its events gets to see. Not the real server: the tests end it in the middle of a stream, and let it
/// forget.
final class FakeDaemon: Sendable {
    private struct State {
        var past: [ControlEvent]
        var clients: [Int32] = []
        /// Of all connections so far.
        var calls = 0
        var isClosed = false
    }

    private let listener: Int32
    private let path: String
    private let state: Mutex<State>

    init(_ path: String, past: [ControlEvent] = []) throws {
        self.path = path
        state = Mutex(State(past: past))
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        unlink(path)
        guard withUnixAddress(name: Array(path.utf8), { bind(listener, $0, $1) }) == 0, listen(listener, 8) == 0 else {
            throw TestError("\(path): \(String(cString: strerror(errno)))")
        }
        Thread.detach { [self] in accept() }
    }

    var calls: Int { state.withLock { $0.calls } }

    func publish(_ event: ControlEvent) {
        state.withLock { state in
            state.past.append(event)
            for client in state.clients { Self.send([event], to: client) }
        }
    }

    /// As when the daemon ends.
    func end() {
        state.withLock { state in
            state.isClosed = true
            for client in state.clients { close(client) }
            state.clients = []
        }
        unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if state.withLock({ $0.isClosed }) || client < 0 { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            // The call ends with a NUL.
            var byte: UInt8 = 1
            while read(client, &byte, 1) == 1, byte != 0 {}
            state.withLock { state in
                state.calls += 1
                Self.send(state.past, to: client)
                state.clients.append(client)
            }
        }
        close(listener)
    }

    private static func send(_ events: [ControlEvent], to client: Int32) {
        guard let reply = try? Reply.encode(EventsReply(events: events), continues: true) else { return }
        var bytes = Array(reply)[...] + [0]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

private enum Thread {
    static func detach(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }
}
