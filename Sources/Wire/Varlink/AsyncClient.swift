import CLinux
import Dispatch
package import Floor
import FoundationEssentials
import Glibc

/// A client of a service that keeps no thread waiting, for programs that run for ever. One call at a time.
package actor AsyncClient<Refusal: InterfaceError> {
    package typealias Failure = VarlinkClientError<Refusal>

    package nonisolated let path: String
    private let executor: QueueExecutor
    private let descriptor: Descriptor
    private let poll: Poll
    private var input = FrameBuffer(limit: VarlinkClient<Refusal>.messageBytes)
    private var ticket: Poll.Ticket?
    /// Whoever waits for something to come, and which of all those it is. True: it has.
    private var waiting: (continuation: CheckedContinuation<Bool, Never>, number: Int)?
    private var waits = 0
    /// The last reply to the call has come.
    private var isOver = true

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Connects at once, or not at all.
    ///
    /// `poll` may be one that others use, too: each has a thread.
    package init(path: String, poll: Poll = Poll(queue: DispatchQueue(label: "net.uplinkd.client"))) throws(Failure) {
        self.path = path
        descriptor = try VarlinkClient<Refusal>.connection(to: path)
        executor = QueueExecutor(queue: poll.queue)
        self.poll = poll
    }

    /// One call, one reply.
    package func call<P, R>(
        _ method: VarlinkMethod<P, R>, _ parameters: P, within time: Duration = .seconds(15)
    ) async throws(Failure) -> R {
        try send(method.name, parameters, more: false)
        guard let reply: R = try await next(until: .now + time) else { throw .noAnswer(path: path) }
        return reply
    }

    /// A call whose replies go on: `next` has them. Nothing else can be called on this connection any more.
    package func begin<P, R>(_ method: VarlinkMethod<P, R>, _ parameters: P) throws(Failure) {
        try send(method.name, parameters, more: true)
    }

    /// The next reply. nil: there is none yet.
    package func next<R: Decodable>(_ type: R.Type = R.self, until deadline: ContinuousClock.Instant) async throws(Failure) -> R? {
        while true {
            if isOver { throw .connectionLost(path: path) }
            let message: Data?
            do { message = try input.next() } catch { throw .badReply("a message without content or without end") }
            if let message {
                let reply: (outcome: Result<R, Refusal>, continues: Bool)
                do { reply = try Reply.decode(R.self, or: Refusal.self, from: message) } catch { throw .badReply("\(error)") }
                isOver = !reply.continues
                switch reply.outcome {
                case .success(let parameters): return parameters
                case .failure(let error): throw .refused(error)
                }
            }
            guard try await receive(until: deadline) else { return nil }
        }
    }

    /// It fits into the socket's buffer, or nobody reads there.
    private func send(_ method: String, _ parameters: some CallParameters, more: Bool) throws(Failure) {
        isOver = false
        let message: [UInt8]
        do {
            message = try Array(Call.encode(method, parameters, more: more)) + [0]
        } catch {
            throw .badReply("the call could not be written: \(error)")
        }
        let count = retried { Glibc.send(descriptor.number, message, message.count, Int32(MSG_NOSIGNAL)) }
        guard count != message.count else { return }
        // It has closed already, and may have said why: that is there to be read.
        if count < 0, errno == EPIPE || errno == ECONNRESET { return }
        if count >= 0 || errno == EAGAIN { throw .noAnswer(path: path) }
        throw .failed(.last("send"), path: path)
    }

    /// False: nothing has come by then, or the task is cancelled.
    private func receive(until deadline: ContinuousClock.Instant) async throws(Failure) -> Bool {
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
                let count = retried { recv(descriptor.number, buffer.baseAddress, buffer.count, 0) }
                if count > 0 { input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                return count
            }
            if count > 0 { return true }
            guard count < 0, errno != ECONNRESET else { throw .connectionLost(path: path) }
            guard errno == EAGAIN else { throw .failed(.last("recv"), path: path) }
            guard await wait(until: deadline) else { return false }
        }
    }

    private func wait(until deadline: ContinuousClock.Instant) async -> Bool {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero, !Task.isCancelled else { return false }
        waits += 1
        let number = waits
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting = (continuation, number)
                let ticket = poll.add(descriptor.number) { [weak self] _ in self?.assumeIsolated { $0.end(wait: nil, true) } }
                self.ticket = ticket
                // Without memory for it the deadline is what ends the wait.
                poll.want(.read, ticket)
                let seconds = left.components.seconds
                let rest = Int(left.components.attoseconds / 1_000_000_000)
                executor.queue.asyncAfter(deadline: .now() + .seconds(Int(clamping: seconds)) + .nanoseconds(rest)) { [weak self] in
                    self?.assumeIsolated { $0.end(wait: number, false) }
                }
            }
        } onCancel: {
            executor.queue.async { self.assumeIsolated { $0.end(wait: number, false) } }
        }
    }

    /// nil: whichever it is.
    private func end(wait number: Int?, _ hasCome: Bool) {
        guard let waiting, number == nil || number == waiting.number else { return }
        self.waiting = nil
        if let ticket { poll.remove(ticket) }
        ticket = nil
        waiting.continuation.resume(returning: hasCome)
    }
}
