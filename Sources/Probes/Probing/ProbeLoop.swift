import Dispatch
import Floor
import Glibc
import Model

/// Whoever waits for a descriptor.
protocol Watcher: AnyObject {
    /// Something can be read or written, or there is an error to take.
    func ready()
}

/// What the probers of all kinds share on their one serial queue: the poll, one timer for all deadlines, the routes, and the way out for
/// outcomes.
final class ProbeLoop {
    typealias Ticket = Poll.Ticket

    /// So many questions with a socket of their own may be open at once: a silent WAN must not use up the daemon's descriptors, of which
    /// systemd gives it 1024.
    static let limit = 512

    var queue: DispatchQueue { poll.queue }
    let routes = Routes()
    var counters = ProbeCounters()

    private let handler: Prober.Handler
    private let poll: Poll
    private var timer: Ticket?
    private var jobs: [UInt64: ProbeJob] = [:]
    private var lastJob: UInt64 = 0
    /// For when the timer is set.
    private var alarm: Instant?

    init(poll: Poll, handler: @escaping Prober.Handler) {
        self.poll = poll
        self.handler = handler
    }

    // MARK: descriptors

    /// Wakes the watcher whenever the descriptor is ready, until `forget`.
    func watch(_ descriptor: Descriptor, for interest: Poll.Interest = .read, by watcher: any Watcher) throws(CallError) -> Ticket {
        // The poll may outlive this loop, and with it whoever watches.
        let ticket = poll.add(descriptor.number) { [weak watcher] _ in watcher?.ready() }
        do throws(CallError) {
            try change(ticket, to: interest)
        } catch {
            forget(ticket)
            throw error
        }
        return ticket
    }

    func change(_ ticket: Ticket, to interest: Poll.Interest) throws(CallError) {
        guard poll.want(interest, ticket) else { throw .last("waiting for a socket") }
    }

    func forget(_ ticket: Ticket) { poll.remove(ticket) }

    // MARK: deadlines

    /// Takes in a question that has a socket of its own; it is told when its time is over.
    func add(_ make: () throws(CallError) -> ProbeJob) throws(CallError) {
        guard jobs.count < Self.limit else { throw CallError("\(Self.limit) questions are open already") }
        let job = try make()
        lastJob += 1
        job.number = lastJob
        jobs[lastJob] = job
        wake(by: job.deadline)
    }

    func remove(_ job: ProbeJob) { jobs[job.number] = nil }

    func wake(by deadline: Instant) {
        if let alarm, alarm <= deadline { return }
        alarm = deadline
        let timer = self.timer ?? poll.addTimer { [weak self] in self?.timePassed() }
        self.timer = timer
        poll.wake(timer, at: deadline)
    }

    private func timePassed() {
        alarm = nil
        let now = Instant.now()
        for job in jobs.values.filter({ $0.deadline <= now }) { job.expired() }
        if let next = jobs.values.lazy.map(\.deadline).min() { wake(by: next) }
    }

    // MARK: outcomes

    /// Not from within `Prober.send`: see `Prober.Handler`.
    func report(_ id: ProbeID, _ outcome: ProbeOutcome) {
        count(outcome)
        handler(id, outcome)
    }

    func reportLater(_ id: ProbeID, _ outcome: ProbeOutcome) {
        count(outcome)
        queue.async { [handler] in handler(id, outcome) }
    }

    private func count(_ outcome: ProbeOutcome) {
        switch outcome {
        case .answered: counters.replies += 1
        case .wrong, .tooLong: counters.wrong += 1
        case .notSent: counters.notSent += 1
        }
    }

    func ignore(_ reason: IgnoredReply) { counters.ignored[reason, default: 0] += 1 }
}
