import CLinux
import Dispatch
import Glibc
import Model

/// Whoever waits for a descriptor.
protocol Watcher: AnyObject {
    /// Something can be read or written, or there is an error to take.
    func ready()
}

/// What the probers of all kinds share on their one serial queue: one epoll for all descriptors, one timer for all deadlines, the routes,
/// and the way out for outcomes.
///
/// One epoll, and not a Dispatch source for each socket: such a source may only let go of its descriptor later, on the queue, while most
/// sockets here live for one round trip.
final class ProbeLoop {
    typealias Ticket = UInt64

    /// So many questions with a socket of their own may be open at once: a silent WAN must not use up the daemon's descriptors, of which
    /// systemd gives it 1024.
    static let limit = 512
    private static let eventsPerTurn = 64
    private static let pause = Duration.milliseconds(2)

    let queue: DispatchQueue
    let routes = Routes()
    var counters = ProbeCounters()

    private let handler: Prober.Handler
    private let epoll: Descriptor
    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventsPerTurn)
    /// A ticket is never given out twice, so an event for a watcher that is gone finds nobody.
    private var watchers: [Ticket: any Watcher] = [:]
    private var jobs: [Ticket: ProbeJob] = [:]
    private var lastTicket: Ticket = 0
    private var lastTurn = Instant.start
    /// For when the timer is set.
    private var alarm: Instant?

    init(queue: DispatchQueue, handler: @escaping Prober.Handler) {
        self.queue = queue
        self.handler = handler
        // It fails for want of memory or descriptors only, and then every `watch` says so.
        epoll = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
        source = DispatchSource.makeReadSource(fileDescriptor: epoll.number, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler { [weak self] in self?.turn() }
        // The descriptor must stay open until the source has let go of it.
        source.setCancelHandler { [epoll] in withExtendedLifetime(epoll) {} }
        timer.setEventHandler { [weak self] in self?.timePassed() }
        source.activate()
        timer.activate()
    }

    deinit {
        source.cancel()
        timer.cancel()
        events.deallocate()
    }

    // MARK: descriptors

    /// Wakes the watcher whenever the descriptor is ready, until `forget`, or until the descriptor is closed.
    func watch(_ descriptor: Descriptor, for interest: EPOLL_EVENTS = EPOLLIN, by watcher: any Watcher) throws(CallError) -> Ticket {
        lastTicket += 1
        try control(EPOLL_CTL_ADD, descriptor, interest, lastTicket)
        watchers[lastTicket] = watcher
        return lastTicket
    }

    func change(_ ticket: Ticket, _ descriptor: Descriptor, to interest: EPOLL_EVENTS) throws(CallError) {
        try control(EPOLL_CTL_MOD, descriptor, interest, ticket)
    }

    /// Of one that stays open nothing more is heard.
    func ignore(_ descriptor: Descriptor) {
        // It can only fail because it isn't watched.
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor.number, nil)
    }

    func forget(_ ticket: Ticket) { watchers[ticket] = nil }

    private func control(_ what: Int32, _ descriptor: Descriptor, _ interest: EPOLL_EVENTS, _ ticket: Ticket) throws(CallError) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = ticket
        guard epoll_ctl(epoll.number, what, descriptor.number, &event) == 0 else { throw .last("waiting for a socket") }
    }

    private func turn() {
        readAll()
        // Each wake-up costs more than a reply does. So when they come thick and fast they are read every 2 ms, which is how much
        // longer a round trip may then seem; the first after a pause is read at once.
        let now = Instant.now()
        defer { lastTurn = now }
        guard now - lastTurn < Self.pause else { return }
        source.suspend()
        // It is resumed even if this loop is gone by then: a source may not go while it is suspended.
        nonisolated(unsafe) let source = source
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(Self.pause.nanoseconds))) { source.resume() }
    }

    private func readAll() {
        let count = epoll_wait(epoll.number, events, Int32(Self.eventsPerTurn), 0)
        guard count > 0 else { return }
        for index in 0..<Int(count) { watchers[events[index].data.u64]?.ready() }
    }

    // MARK: deadlines

    /// Takes in a question that has a socket of its own; it is told when its time is over.
    func add(_ make: () throws(CallError) -> ProbeJob) throws(CallError) {
        guard jobs.count < Self.limit else { throw CallError("\(Self.limit) questions are open already") }
        let job = try make()
        lastTicket += 1
        job.ticket = lastTicket
        jobs[lastTicket] = job
        wake(by: job.deadline)
    }

    func remove(_ job: ProbeJob) { jobs[job.ticket] = nil }

    func wake(by deadline: Instant) {
        if let alarm, alarm <= deadline { return }
        alarm = deadline
        // Nobody waits for the moment at which a socket is closed: the engine keeps its own time.
        timer.schedule(deadline: .now() + .nanoseconds(Int(max((deadline - .now()).nanoseconds, 0))), leeway: .milliseconds(5))
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
        case .wrong: counters.wrong += 1
        case .notSent: counters.notSent += 1
        }
    }

    func ignore(_ reason: IgnoredReply) { counters.ignored[reason, default: 0] += 1 }
}
