import CLinux
package import Dispatch
import Glibc
package import Model

/// Tells on a queue which descriptors are ready and which moments have come: one epoll for all of them, and one thread that waits for it and then does
/// the queue's work itself (`sync`). Whatever runs on one queue shares one poll.
///
/// Not Dispatch's sources and timers. Each of their events wakes three threads in turn, the manager's, a worker's and once more the manager's, to arm it
/// anew; so does each new deadline of a timer. An idle daemon spent most of its time on that. And when the far side of a socket or pipe
/// hangs up (EPOLLHUP), libdispatch takes its source apart on the thread of the source's queue, while its manager's thread may be in the middle of the
/// same event. Seen once in many thousand connections: the manager reads what is freed, and the process dies (swift-corelibs-libdispatch, issue 949).
///
/// It may be handed around, but belongs to its queue: every method has to be called there.
package final class Poll: @unchecked Sendable {
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let read = Interest(rawValue: EPOLLIN.rawValue)
        package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// Never given out twice, so an event for one that is gone finds nobody.
    package typealias Ticket = UInt64

    private struct Watch {
        let descriptor: Int32
        var interest: Interest = []
        let ready: (Interest) -> Void
    }

    private struct Timer {
        var deadline: Instant?
        let passed: () -> Void

        func isDue(at now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }
    }

    package let queue: DispatchQueue
    private let waiter: Waiter
    private var watches: [Ticket: Watch] = [:]
    private var timers: [Ticket: Timer] = [:]
    private var lastTicket = Waiter.end
    /// For when the clock is set, or what it still tells.
    private var alarm: Instant?
    private var isTelling = false

    package init(queue: DispatchQueue) {
        self.queue = queue
        waiter = Waiter(queue)
        waiter.start(for: self)
    }

    deinit { waiter.stop() }

    // MARK: descriptors

    /// - Parameter ready: called with those of what is wanted that can be done without waiting; to do them may also tell of the end, or an error.
    package func add(_ descriptor: Int32, _ ready: @escaping (Interest) -> Void) -> Ticket {
        dispatchPrecondition(condition: .onQueue(queue))
        lastTicket += 1
        watches[lastTicket] = Watch(descriptor: descriptor, ready: ready)
        return lastTicket
    }

    /// With nothing wanted the descriptor isn't watched at all: an end that nobody takes would be told for ever. False: errno says why.
    @discardableResult
    package func want(_ interest: Interest, _ ticket: Ticket) -> Bool {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let watch = watches[ticket], watch.interest != interest else { return true }
        let what = interest.isEmpty ? EPOLL_CTL_DEL : watch.interest.isEmpty ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        guard waiter.control(what, watch.descriptor, interest, ticket) else { return false }
        watches[ticket]?.interest = interest
        return true
    }

    package func interest(of ticket: Ticket) -> Interest { watches[ticket]?.interest ?? [] }

    /// A descriptor's: before it is closed, since a child that has inherited it would keep its events coming.
    package func remove(_ ticket: Ticket) {
        want([], ticket)
        watches[ticket] = nil
        timers[ticket] = nil
    }

    // MARK: time

    /// A timer that isn't set.
    package func addTimer(_ passed: @escaping () -> Void) -> Ticket {
        dispatchPrecondition(condition: .onQueue(queue))
        lastTicket += 1
        timers[lastTicket] = Timer(passed: passed)
        return lastTicket
    }

    /// Sets a timer: once, and in place of what it was set to. nil: no longer.
    package func wake(_ ticket: Ticket, at deadline: Instant?) {
        dispatchPrecondition(condition: .onQueue(queue))
        timers[ticket]?.deadline = deadline
        if !isTelling { setAlarm() }
    }

    /// Once, after a pause, unless it is removed before.
    @discardableResult
    package func after(_ pause: Duration, _ passed: @escaping () -> Void) -> Ticket {
        let ticket = lastTicket + 1
        _ = addTimer { [unowned self] in
            timers[ticket] = nil
            passed()
        }
        wake(ticket, at: .now() + pause)
        return ticket
    }

    private func setAlarm() {
        let next = timers.values.lazy.compactMap(\.deadline).min()
        guard next != alarm else { return }
        alarm = next
        waiter.setClock(next)
    }

    // MARK: telling

    fileprivate func tell(_ events: UnsafeBufferPointer<epoll_event>) {
        isTelling = true
        for event in events {
            guard let watch = watches[event.data.u64] else { continue }
            // The end and errors come unasked, and reading or writing takes them.
            let isOver = event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            watch.ready(isOver ? watch.interest : watch.interest.intersection(Interest(rawValue: event.events)))
        }
        // After the descriptors: an answer that is there is in time.
        passTime()
        isTelling = false
        setAlarm()
    }

    /// The clock isn't quiet until it is set anew, which is done in any case: what it is set for has passed.
    private func passTime() {
        let now = Instant.now()
        guard let alarm, alarm <= now else { return }
        let due = timers.compactMap { ticket, timer in timer.isDue(at: now) ? ticket : nil }
        for ticket in due {
            // What the ones before did may have set it anew, or removed it.
            guard let timer = timers[ticket], timer.isDue(at: now) else { continue }
            timers[ticket]?.deadline = nil
            timer.passed()
        }
    }
}

/// The thread that waits. It holds what it waits for, and the poll only while it does the queue's work.
private final class Waiter: @unchecked Sendable {
    /// What the epoll calls the clock and the order to end.
    static let clock: Poll.Ticket = 0
    static let end: Poll.Ticket = 1

    private static let eventsPerTurn = 64
    /// Each turn costs more than a reply to a probe does. So when they come thick and fast they are read so often, which is how much longer a round
    /// trip may then seem; the first after a pause is read at once. Timers don't wait.
    private static let pause = Duration.milliseconds(2)

    private let queue: DispatchQueue
    private let epoll: Descriptor
    private let clock: Descriptor
    private let end: Descriptor
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventsPerTurn)
    private weak var poll: Poll?

    init(_ queue: DispatchQueue) {
        self.queue = queue
        // They fail for want of memory or descriptors only, and then every `want` says so.
        epoll = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
        clock = Descriptor(timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC) | Int32(TFD_NONBLOCK)))
        end = Descriptor(eventfd(0, Int32(EFD_CLOEXEC)))
        _ = control(EPOLL_CTL_ADD, clock.number, .read, Self.clock)
        _ = control(EPOLL_CTL_ADD, end.number, .read, Self.end)
    }

    deinit { events.deallocate() }

    func control(_ what: Int32, _ descriptor: Int32, _ interest: Poll.Interest, _ ticket: Poll.Ticket) -> Bool {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = ticket
        return epoll_ctl(epoll.number, what, descriptor, &event) == 0
    }

    /// What it told before is forgotten.
    func setClock(_ moment: Instant?) {
        var time = itimerspec()
        if let moment {
            // A time of 0 would stop it.
            let nanoseconds = max(moment.sinceStart.nanoseconds, 1)
            time.it_value = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        }
        timerfd_settime(clock.number, Int32(TFD_TIMER_ABSTIME), &time, nil)
    }

    func start(for poll: Poll) {
        self.poll = poll
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Waiter>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        // As with the descriptors: without it a program can do nothing, and is ended by whoever waits for it to be ready.
        if result == 0 { pthread_detach(thread) }
    }

    func stop() {
        // There is room for as good as infinitely many.
        eventfd_write(end.number, 1)
    }

    private func run() {
        // Signals are for the threads that want them.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)

        var lastTold = Instant.start
        var isBusy = false
        while true {
            var count: Int32 = 0
            if isBusy {
                rest(until: lastTold + Self.pause)
                count = epoll_wait(epoll.number, events, Int32(Self.eventsPerTurn), 0)
                isBusy = count > 0
            }
            if count == 0 { count = epoll_wait(epoll.number, events, Int32(Self.eventsPerTurn), -1) }
            guard count > 0 else {
                if count < 0, errno != EINTR { return }
                continue
            }
            let told = UnsafeBufferPointer(start: events, count: Int(count))
            if told.contains(where: { $0.data.u64 == Self.end }) { return }
            let (isTime, now) = (told.contains { $0.data.u64 == Self.clock }, Instant.now())
            if !isTime, now - lastTold < Self.pause {
                isBusy = true
                continue
            }
            if !isTime || count > 1 { lastTold = now }
            queue.sync { poll?.tell(told) }
        }
    }

    private func rest(until moment: Instant) {
        let left = (moment - .now()).nanoseconds
        guard left > 0 else { return }
        var waiting = [clock, end].map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        _ = Glibc.poll(&waiting, nfds_t(waiting.count), Int32((left + 999_999) / 1_000_000))
    }
}
