import CLinux
package import ControlProtocol
import Floor
import FoundationEssentials
import Glibc

/// A client of the control socket that waits for its answers, as a command-line program does. One call at a time.
package final class ControlClient {
    package let path: String
    private let descriptor: Descriptor
    /// A status with fifteen WANs has 20 KB; this much only keeps a mad daemon from filling our memory.
    private var input = FrameBuffer(limit: 64 * 1024 * 1024)

    /// `patience`: for so long a daemon that is just starting is waited for: its folder is there and its socket isn't, or isn't listening.
    package init(path: String = defaultControlSocket, patience: Duration = .zero) throws(ControlClientError) {
        self.path = path
        let deadline = ContinuousClock.now + patience
        while true {
            let descriptor: Descriptor
            do throws(CallError) {
                descriptor = try .socket(AF_UNIX, SOCK_STREAM, 0, "socket")
            } catch {
                throw .failed(error, path: path)
            }
            guard let connected = withUnixAddress(path, { connect(descriptor.number, $0, $1) }) else { throw .pathTooLong(path: path) }
            if connected == 0 {
                self.descriptor = descriptor
                return
            }
            let code = errno
            let mayChange = code == ECONNREFUSED || code == EAGAIN || code == ENOENT && Self.folderExists(path)
            guard mayChange, ContinuousClock.now < deadline else { throw Self.connectError(code, path) }
            poll(nil, 0, 50)
        }
    }

    /// The process that listens. nil: the kernel doesn't say.
    package var serverPID: Int32? { Peer(of: descriptor)?.pid }

    /// One call, one reply.
    package func call<R: Decodable>(
        _ method: ControlMethod, _ parameters: some ControlParameters = NoParameters(), reply: R.Type = R.self,
        within time: Duration = .seconds(15)
    ) throws(ControlClientError) -> R {
        try call(method.rawValue, parameters, reply: R.self, within: time)
    }

    /// The same by its full name: a method of another interface.
    package func call<R: Decodable>(
        _ method: String, _ parameters: some ControlParameters = NoParameters(), reply: R.Type = R.self,
        within time: Duration = .seconds(15)
    ) throws(ControlClientError) -> R {
        let deadline = ContinuousClock.now + time
        try send(method, parameters, more: false, deadline)
        return try receive(R.self, deadline).parameters
    }

    /// A call whose replies go on. Nothing else can be called on this connection any more.
    package func stream<R: Decodable>(
        _ method: ControlMethod, _ parameters: some ControlParameters = NoParameters(), reply: R.Type = R.self
    ) throws(ControlClientError) -> Replies<R> {
        try send(method.rawValue, parameters, more: true, ContinuousClock.now + .seconds(15))
        return Replies(client: self)
    }

    package struct Replies<R: Decodable> {
        fileprivate let client: ControlClient
        private var ended = false

        fileprivate init(client: ControlClient) { self.client = client }

        /// nil: that was the last one. Without a deadline it waits for ever; after it, `noAnswer` is thrown.
        package mutating func next(until deadline: ContinuousClock.Instant? = nil) throws(ControlClientError) -> R? {
            if ended { return nil }
            let reply = try client.receive(R.self, deadline)
            ended = !reply.continues
            return reply.parameters
        }
    }

    private func send(
        _ method: String, _ parameters: some ControlParameters, more: Bool, _ deadline: ContinuousClock.Instant
    ) throws(ControlClientError) {
        var message: [UInt8]
        do {
            message = try Array(Call.encode(method, parameters, more: more)) + [0]
        } catch {
            throw .badReply("the call could not be written: \(error)")
        }
        while !message.isEmpty {
            let count = message.withUnsafeBytes { Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 {
                message.removeFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLOUT), until: deadline)
            // It has closed already, and may have said why: that is there to be read.
            case EPIPE, ECONNRESET: return
            default: throw .failed(.last("send"), path: path)
            }
        }
    }

    private func receive<R: Decodable>(
        _ type: R.Type, _ deadline: ContinuousClock.Instant?
    ) throws(ControlClientError) -> (parameters: R, continues: Bool) {
        let message = try receiveMessage(deadline)
        let reply: (outcome: Result<R, ControlError>, continues: Bool)
        do {
            reply = try Reply.decode(R.self, from: message)
        } catch {
            throw .badReply("\(error)")
        }
        switch reply.outcome {
        case .success(let parameters): return (parameters, reply.continues)
        case .failure(let error): throw .refused(error)
        }
    }

    private func receiveMessage(_ deadline: ContinuousClock.Instant?) throws(ControlClientError) -> Data {
        while true {
            do {
                if let message = try input.next() { return message }
            } catch {
                throw .badReply("a message without content or without end")
            }
            let count = withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
                let count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
                if count > 0 { input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                return count
            }
            if count > 0 { continue }
            guard count < 0 else { throw .connectionLost(path: path) }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLIN), until: deadline)
            case ECONNRESET: throw .connectionLost(path: path)
            default: throw .failed(.last("recv"), path: path)
            }
        }
    }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant?) throws(ControlClientError) {
        while true {
            var milliseconds: Int32 = -1
            if let deadline {
                let left = deadline - ContinuousClock.now
                guard left > .zero else { throw .noAnswer(path: path) }
                milliseconds = Int32(clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
            }
            var entry = pollfd(fd: descriptor.number, events: events, revents: 0)
            let count = poll(&entry, 1, milliseconds)
            if count > 0 { return }
            if count < 0 && errno != EINTR { throw .failed(.last("poll"), path: path) }
        }
    }

    /// systemd makes the folder when it starts the daemon and removes it when it has stopped: without it there's nothing to wait for.
    private static func folderExists(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return true }
        return access(slash == path.startIndex ? "/" : String(path[..<slash]), F_OK) == 0
    }

    private static func connectError(_ code: Int32, _ path: String) -> ControlClientError {
        switch code {
        case ENOENT, ENOTDIR: .noSocket(path: path)
        case ECONNREFUSED: .nobodyListens(path: path)
        case EACCES, EPERM: .mayNotConnect(path: path)
        case EAGAIN: .noAnswer(path: path)
        default: .failed(CallError(action: "connect", code: code), path: path)
        }
    }
}
