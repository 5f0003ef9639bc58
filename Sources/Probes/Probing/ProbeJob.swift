import CLinux
import Floor
import Model

/// One question with a descriptor of its own, from the asking to the answer or to the end of its time.
class ProbeJob: Watcher {
    let request: ProbeRequest
    let loop: ProbeLoop
    let asked: Instant
    /// When `expired` is called; moved by `wait(until:)`.
    private(set) var deadline: Instant
    /// Given by the loop.
    var number: UInt64 = 0
    private var watching: [ProbeLoop.Ticket] = []
    private(set) var isFinished = false

    /// - Parameter asked: before the first packet went out.
    init(_ request: ProbeRequest, _ loop: ProbeLoop, asked: Instant) {
        self.request = request
        self.loop = loop
        self.asked = asked
        deadline = asked + request.timeout
    }

    /// When nobody waits for the answer any more.
    var end: Instant { asked + request.timeout }

    /// Nobody has answered in time, which is for the engine to say.
    func expired() { finish(ProbeOutcome?.none) }

    func wait(until instant: Instant) {
        deadline = instant
        loop.wake(by: instant)
    }

    func ready() {}

    func watch(_ descriptor: Descriptor, for interest: Poll.Interest = .read) throws(CallError) {
        watching.append(try loop.watch(descriptor, for: interest, by: self))
    }

    /// For the one that was watched last.
    func changeWatch(to interest: Poll.Interest) throws(CallError) {
        if let ticket = watching.last { try loop.change(ticket, to: interest) }
    }

    func unwatchLast() {
        if let ticket = watching.popLast() { loop.forget(ticket) }
    }

    func stopWatching() {
        for ticket in watching { loop.forget(ticket) }
        watching = []
    }

    /// nil: there is nothing to report.
    func finish(_ outcome: ProbeOutcome?) {
        guard !isFinished else { return }
        isFinished = true
        stopWatching()
        loop.remove(self)
        if let outcome { loop.report(request.id, outcome) }
    }

    func finish(_ error: CallError) { finish(.notSent(error: "\(request.interface): \(error)")) }

    func finish(_ outcome: Result<WrongAnswer, CallError>?) {
        switch outcome {
        case .success(let answer): finish(.wrong(answer))
        case .failure(let error): finish(error)
        case nil: finish(ProbeOutcome?.none)
        }
    }

    func finishAnswered() { finish(.answered(seconds: (Instant.now() - asked).inSeconds)) }
}
