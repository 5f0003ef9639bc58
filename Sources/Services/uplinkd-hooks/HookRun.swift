import CLinux
import Chassis
import Dispatch
import Floor
import Glibc
import Varlink

/// One run of one hook, from its start until nothing of its process group is left. All of it happens on the queue of the poll.
final class HookRun {
    struct Outcome: Sendable {
        enum End: Equatable, Sendable {
            case exited(Int32)
            case killed(signal: Int32)
            case timedOut
            case notStarted(String)
        }

        var end: End
        var duration: Duration
        var output: [String]

        var isSuccess: Bool { end == .exited(0) }

        /// A clause: `exit status 3 after 0.4 s`.
        func text(timeout: Duration) -> String {
            let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
            let time = "\(tenths / 10).\(tenths % 10) s"
            return switch end {
            case .exited(let status): "exit status \(status) after \(time)"
            case .killed(let signal): "signal \(signal) after \(time)"
            case .timedOut: "it was ended after \(time), since it may take \(timeText(timeout)) at most"
            case .notStarted(let why): why
            }
        }
    }

    static let outputLimit = 16 * 1024
    /// From SIGTERM to SIGKILL.
    static let grace = Duration.seconds(2)
    private static let readsPerWakeUp = 16

    private let onEnd: (Outcome) -> Void
    private let begun = ContinuousClock.now
    private var child: ScriptChild?
    private let poll: Poll
    private var tickets: (end: Poll.Ticket, output: Poll.Ticket)?
    private let timer: any DispatchSourceTimer
    private var isTimeOver = false
    private var isOutputOpen = true
    private var bytes: [UInt8] = []
    private var bytesBeyond = 0

    init(
        _ program: String, environment: [String], input: [UInt8], timeout: Duration, poll: Poll,
        onEnd: @escaping (Outcome) -> Void
    ) {
        self.onEnd = onEnd
        self.poll = poll
        timer = DispatchSource.makeTimerSource(queue: poll.queue)
        timer.schedule(deadline: .now() + nanoseconds(timeout))
        // The timer keeps this run alive until it has ended.
        timer.setEventHandler { self.timePassed() }
        timer.activate()

        // Touched on its queue only.
        nonisolated(unsafe) let run = self
        DispatchQueue.global().async {
            let result = Result { () throws(CallError) in try ScriptChild.start([program], environment: environment, input: input) }
            poll.queue.async { run.started(result) }
        }
    }

    private func started(_ result: Result<ScriptChild, CallError>) {
        switch result {
        case .failure(let error): end(.notStarted(Self.advice(error)))
        case .success(let child):
            self.child = child
            // The poll and this run hold each other until the end.
            let tickets = (
                poll.add(child.end.number) { _ in self.processEnded() }, poll.add(child.output.number) { _ in self.readOutput() }
            )
            self.tickets = tickets
            let isWatched = poll.want(.read, tickets.0) && poll.want(.read, tickets.1)
            if isTimeOver || !isWatched { child.signal(SIGTERM) }
        }
    }

    private func timePassed() {
        child?.signal(isTimeOver ? SIGKILL : SIGTERM)
        isTimeOver = true
        // Where there was no memory to watch it, it is looked at.
        if processEnded() { return }
        // Again and again: its start may take longer than all of it.
        timer.schedule(deadline: .now() + nanoseconds(Self.grace))
    }

    /// False: it hasn't.
    @discardableResult
    private func processEnded() -> Bool {
        guard let child, let result = child.reap() else { return false }
        readOutput()
        end(isTimeOver ? .timedOut : result.status.map { .exited($0) } ?? .killed(signal: result.signal ?? 0))
        return true
    }

    /// What is beyond the limit is read, too, or the program would wait for ever to get rid of it.
    private func readOutput() {
        guard isOutputOpen, let child else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<Self.readsPerWakeUp {
            let count = read(child.output.number, &buffer, buffer.count)
            if count > 0 {
                let taken = min(count, Self.outputLimit - bytes.count)
                bytes += buffer[..<taken]
                bytesBeyond += count - taken
            } else if count == 0 || errno != EINTR {
                if count == 0 || errno != EAGAIN { closeOutput() }
                return
            }
        }
    }

    /// At its end it would be ready for ever.
    private func closeOutput() {
        isOutputOpen = false
        if let tickets { poll.remove(tickets.output) }
    }

    private func end(_ end: Outcome.End) {
        timer.cancel()
        if isOutputOpen { closeOutput() }
        if let tickets { poll.remove(tickets.end) }
        (child, tickets) = (nil, nil)
        var lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { oneLine($0) }
        if bytesBeyond > 0 { lines.append("(\(bytesBeyond) bytes more)") }
        onEnd(Outcome(end: end, duration: .now - begun, output: lines))
    }

    private static func advice(_ error: CallError) -> String {
        switch error.code {
        case ENOEXEC: "\(error) (a script has to begin with a line such as #!/bin/sh)"
        // The program itself was looked at just before.
        case ENOENT: "\(error) (the program that its first line names isn't here)"
        default: "\(error)"
        }
    }
}

extension ContinuousClock.Instant {
    fileprivate static func - (later: Self, earlier: Self) -> Duration { earlier.duration(to: later) }
}

private func nanoseconds(_ duration: Duration) -> DispatchTimeInterval {
    .nanoseconds(Int(duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000))
}

/// `10s`, `500ms`.
func timeText(_ duration: Duration) -> String {
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
}

/// What `timeText` writes; nil: no time, or none of 100 ms to 10 minutes.
func duration(of text: String) -> Duration? {
    let unit = text.hasSuffix("ms") ? ("ms", 1) : ("s", 1000)
    guard text.hasSuffix(unit.0), let number = Int(text.dropLast(unit.0.count)), number <= 600_000 else { return nil }
    let milliseconds = number * unit.1
    return (100...600_000).contains(milliseconds) ? .milliseconds(milliseconds) : nil
}
