import CLinux
package import Dispatch
import Glibc
import Model

/// Tells on a queue which descriptors are ready: one epoll for all of them, and one Dispatch source for the epoll. Whatever runs on one queue shares one
/// poll.
///
/// Not a Dispatch source for each descriptor: when the far side of a socket or pipe hangs up (EPOLLHUP), libdispatch takes its source apart on the thread
/// of the source's queue, while its manager's thread may be in the middle of the same event. Seen once in many thousand connections: the manager reads
/// what is freed, and the process dies (swift-corelibs-libdispatch, issue 949). An epoll never hangs up, and stays. And such a source may only let go of
/// its descriptor later, on the queue, while most sockets of probes live for one round trip.
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

    private static let eventsPerTurn = 64
    private static let pause = Duration.milliseconds(2)

    package let queue: DispatchQueue
    private let epoll: Descriptor
    private let source: any DispatchSourceRead
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventsPerTurn)
    private var watches: [Ticket: Watch] = [:]
    private var lastTicket: Ticket = 0
    private var lastTurn = Instant.start

    package init(queue: DispatchQueue) {
        self.queue = queue
        // It fails for want of memory or descriptors only, and then every `want` says so.
        epoll = Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
        source = DispatchSource.makeReadSource(fileDescriptor: epoll.number, queue: queue)
        source.setEventHandler { [weak self] in self?.turn() }
        // The descriptor must stay open until the source has let go of it.
        source.setCancelHandler { [epoll] in withExtendedLifetime(epoll) {} }
        source.activate()
    }

    deinit {
        source.cancel()
        events.deallocate()
    }

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
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = ticket
        let what = interest.isEmpty ? EPOLL_CTL_DEL : watch.interest.isEmpty ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        guard epoll_ctl(epoll.number, what, watch.descriptor, &event) == 0 else { return false }
        watches[ticket]?.interest = interest
        return true
    }

    package func interest(of ticket: Ticket) -> Interest { watches[ticket]?.interest ?? [] }

    /// Before the descriptor is closed: a child that has inherited it would keep its events coming.
    package func remove(_ ticket: Ticket) {
        want([], ticket)
        watches[ticket] = nil
    }

    private func turn() {
        tell()
        // Each wake-up costs more than a reply to a probe does. So when they come thick and fast they are read every 2 ms, which is how much
        // longer a round trip may then seem; the first after a pause is read at once.
        let now = Instant.now()
        defer { lastTurn = now }
        guard now - lastTurn < Self.pause else { return }
        source.suspend()
        // It is resumed even if this poll is gone by then: a source may not go while it is suspended.
        nonisolated(unsafe) let source = source
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(Self.pause.nanoseconds))) { source.resume() }
    }

    private func tell() {
        let count = epoll_wait(epoll.number, events, Int32(Self.eventsPerTurn), 0)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let event = events[index]
            guard let watch = watches[event.data.u64] else { continue }
            // The end and errors come unasked, and reading or writing takes them.
            let isOver = event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            watch.ready(isOver ? watch.interest : watch.interest.intersection(Interest(rawValue: event.events)))
        }
    }
}
