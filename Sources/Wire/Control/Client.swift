import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Glibc

/// One client of the server: its socket, and what waits to be read from it or written to it. Only the server touches it.
final class Client {
    enum State {
        case idle
        /// A call is being answered; further ones wait in `input`, so that replies come in order.
        case answering
        /// Gets a status at every change.
        case watching
        /// Gets every step of its drill.
        case drilling
        /// Gets every event.
        case following
        /// Will follow, but the reply with the events so far isn't out yet: newer ones are held back until then.
        case beginningToFollow(held: [ControlEvent])
    }

    let id: UInt64
    let peer: Peer
    let descriptor: Descriptor
    var state = State.idle
    var input: FrameBuffer
    /// The client has said all that it will; it may still read.
    var inputEnded = false
    /// What the socket didn't take yet.
    private(set) var output: [UInt8] = []
    var answer: Task<Void, Never>?
    private var poll: (poll: Poll, ticket: Poll.Ticket)?
    private var idleTimer: (any DispatchSourceTimer)?

    init(id: UInt64, peer: Peer, descriptor: Descriptor, messageBytes: Int) {
        self.id = id
        self.peer = peer
        self.descriptor = descriptor
        input = FrameBuffer(limit: messageBytes)
    }

    var isIdle: Bool { if case .idle = state { true } else { false } }

    var streams: Bool {
        switch state {
        case .idle, .answering: false
        case .watching, .drilling, .following, .beginningToFollow: true
        }
    }

    // Waiting for the socket.

    /// Until `close`. False: there is no memory for that.
    func startReading(by poll: Poll, _ ready: @escaping (Poll.Interest) -> Void) -> Bool {
        self.poll = (poll, poll.add(descriptor.number, ready))
        return want(.read)
    }

    func stopReading() { want(interest.subtracting(.read)) }

    /// Until `stopWaitingToWrite`.
    func waitToWrite() { want(interest.union(.write)) }

    func stopWaitingToWrite() { want(interest.subtracting(.write)) }

    private var interest: Poll.Interest { poll.map { $0.poll.interest(of: $0.ticket) } ?? [] }

    @discardableResult
    private func want(_ interest: Poll.Interest) -> Bool { poll.map { $0.poll.want(interest, $0.ticket) } ?? false }

    // Reading.

    enum Received { case some, nothing, end, failed }

    /// recv(2) once: the poll calls again as long as there is more, and others get their turn in between.
    func receive() -> Received {
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { buffer in
            let count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                return .some
            }
            if count == 0 { return .end }
            return errno == EAGAIN || errno == EINTR ? .nothing : .failed
        }
    }

    // Writing.

    enum Sent { case all, rest, failed }

    func enqueue(_ message: Data) {
        output.append(contentsOf: message)
        output.append(0)
    }

    /// send(2) until all is out or the socket takes no more. MSG_NOSIGNAL: a client that has gone must not end the daemon by SIGPIPE.
    func flush() -> Sent {
        while !output.isEmpty {
            let count = output.withUnsafeBytes { send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 {
                output.removeFirst(count)
            } else if errno == EAGAIN {
                return .rest
            } else if errno != EINTR {
                return .failed
            }
        }
        return .all
    }

    // Time.

    func startIdleTimer(on queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void) {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler(handler: handler)
        timer.activate()
        idleTimer = timer
    }

    /// nil: no longer.
    func setIdleTime(_ time: Duration?) {
        let interval = time.map {
            DispatchTimeInterval.milliseconds(Int($0.components.seconds) * 1000 + Int($0.components.attoseconds / 1_000_000_000_000_000))
        }
        idleTimer?.schedule(deadline: interval.map { .now() + $0 } ?? .distantFuture, leeway: .seconds(1))
    }

    // The end.

    func close() {
        answer?.cancel()
        if let poll { poll.poll.remove(poll.ticket) }
        poll = nil
        idleTimer?.cancel()
        idleTimer = nil
        // The client sees the end now, not only when the last one has let go of the descriptor.
        shutdown(descriptor.number, Int32(SHUT_RDWR))
    }
}
