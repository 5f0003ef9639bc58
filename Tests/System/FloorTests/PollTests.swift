import Dispatch
import Glibc
import Model
import Synchronization
import Testing
@testable import Floor

@Suite struct PollTests {
    /// A poll on a queue, and a pair of connected sockets of which it watches the first.
    private final class Bench: @unchecked Sendable {
        var queue: DispatchQueue { poll.queue }
        let poll: Poll
        var ends: [Int32] = [-1, -1]
        var ticket: Poll.Ticket = 0
        let told = Mutex<[Poll.Interest]>([])
        /// What is done about it.
        var answer: (Bench, Poll.Interest) -> Void = { _, _ in }

        init(sharing shared: Poll? = nil) throws {
            poll = shared ?? Poll(queue: DispatchQueue(label: "poll"))
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            ticket = queue.sync {
                poll.add(ends[0]) { [unowned self] interest in
                    told.withLock { $0.append(interest) }
                    answer(self, interest)
                }
            }
        }

        deinit { for end in ends { close(end) } }

        func want(_ interest: Poll.Interest) -> Bool { queue.sync { poll.want(interest, ticket) } }
        var calls: [Poll.Interest] { told.withLock { $0 } }
        /// What was ready before is told when this returns: another that shares the poll has been told again and again meanwhile.
        func goOn() async throws {
            let other = try Bench(sharing: poll)
            other.answer = { bench, _ in if bench.calls.count == 3 { bench.poll.remove(bench.ticket) } }
            _ = other.want(.write)
            try await eventually("another one is told") { other.calls == [.write, .write, .write] }
            queue.sync {}
        }
    }

    @Test("what is wanted is told, again and again until it is taken, and nothing else")
    func interest() async throws {
        let bench = try Bench()
        bench.answer = { bench, _ in if bench.calls.count == 3 { bench.poll.want([], bench.ticket) } }
        #expect(write(bench.ends[1], "x", 1) == 1)
        try await bench.goOn()
        #expect(bench.calls == [])
        #expect(bench.want(.read))
        try await eventually("it is told") { bench.calls.count == 3 }
        try await bench.goOn()
        #expect(bench.calls == [.read, .read, .read])
        #expect(bench.want([.read, .write]))
        try await eventually("both are told") { bench.calls.last == [.read, .write] }
        #expect(bench.want([]))
    }

    @Test("the far side's end is told to whoever wants anything, and to nobody else")
    func hangUp() async throws {
        let bench = try Bench()
        shutdown(bench.ends[1], Int32(SHUT_RDWR))
        #expect(bench.want(.write))
        try await eventually("it is told") { bench.calls.first == .write }
        #expect(bench.want([]))
        let before = bench.calls.count
        try await bench.goOn()
        #expect(bench.calls.count == before)
    }

    @Test("of one that is removed nothing is told any more, though somebody else has it open")
    func removed() async throws {
        let bench = try Bench()
        bench.answer = { bench, _ in bench.poll.remove(bench.ticket) }
        let other = dup(bench.ends[0])
        defer { close(other) }
        #expect(write(bench.ends[1], "x", 1) == 1)
        #expect(bench.want(.read))
        try await eventually("it is told") { bench.calls == [.read] }
        try await bench.goOn()
        #expect(bench.calls == [.read])
    }

    @Test("whoever shares a poll hears of his own descriptor")
    func shared() async throws {
        let first = try Bench()
        let second = try Bench(sharing: first.poll)
        for bench in [first, second] { bench.answer = { bench, _ in bench.poll.want([], bench.ticket) } }
        #expect(write(second.ends[1], "x", 1) == 1)
        #expect(first.want(.read) && second.want([.read, .write]))
        try await first.goOn()
        #expect(first.calls == [] && second.calls == [[.read, .write]])
    }

    /// What a timer's moment was, each time that it was told.
    private final class Bell: Sendable {
        let rung = Mutex<[Instant]>([])
        var count: Int { rung.withLock { $0.count } }
        func ring() { rung.withLock { $0.append(.now()) } }
    }

    private func addTimer(_ poll: Poll, _ bell: Bell, at moment: Instant?) -> Poll.Ticket {
        poll.queue.sync {
            let ticket = poll.addTimer { bell.ring() }
            poll.wake(ticket, at: moment)
            return ticket
        }
    }

    @Test("a timer tells once, and not before its moment; one that has passed already is told at once")
    func timer() async throws {
        let poll = Poll(queue: DispatchQueue(label: "poll"))
        let (soon, passed, later) = (Bell(), Bell(), Bell())
        let moment = Instant.now() + .milliseconds(30)
        _ = addTimer(poll, soon, at: moment)
        _ = addTimer(poll, passed, at: .start)
        try await eventually("both are told") { soon.count == 1 && passed.count == 1 }
        #expect(try #require(soon.rung.withLock { $0.first }) >= moment)
        // Were they told again, it would be before this one.
        _ = addTimer(poll, later, at: .now() + .milliseconds(20))
        try await eventually("another is told") { later.count == 1 }
        #expect(soon.count == 1 && passed.count == 1)
    }

    @Test("set anew it tells at the new moment only; unset or removed it tells nothing")
    func timerSetAnew() async throws {
        let poll = Poll(queue: DispatchQueue(label: "poll"))
        let bells = (0..<4).map { _ in Bell() }
        let start = Instant.now()
        let sooner = addTimer(poll, bells[0], at: start + .seconds(3600))
        poll.queue.sync { poll.wake(sooner, at: start + .milliseconds(40)) }
        let unset = addTimer(poll, bells[1], at: start + .milliseconds(20))
        poll.queue.sync { poll.wake(unset, at: nil) }
        let removed = addTimer(poll, bells[2], at: start + .milliseconds(20))
        // Whatever of them has been told before this is no fault.
        let before = poll.queue.sync {
            poll.remove(removed)
            return bells.map(\.count)
        }
        _ = addTimer(poll, bells[3], at: .now() + .milliseconds(60))
        try await eventually("the last one is told") { bells[3].count == 1 }
        #expect(bells.map(\.count) == [1, before[1], before[2], 1])
    }

    @Test("a timer that sets itself, and one that another removes at the same moment")
    func timerWithin() async throws {
        let poll = Poll(queue: DispatchQueue(label: "poll"))
        let (repeating, victim) = (Bell(), Bell())
        poll.queue.sync {
            var tickets: [Poll.Ticket] = []
            let box = Mutex<[Poll.Ticket]>([])
            for bell in [repeating, victim] {
                tickets.append(
                    poll.addTimer {
                        bell.ring()
                        let (own, other) = box.withLock { bell === repeating ? ($0[0], $0[1]) : ($0[1], $0[0]) }
                        poll.remove(other)
                        if bell.count < 3 { poll.wake(own, at: .now()) }
                    })
            }
            box.withLock { $0 = tickets }
            for ticket in tickets { poll.wake(ticket, at: .start) }
        }
        // Whichever comes first.
        try await eventually("one is told three times") { max(repeating.count, victim.count) == 3 }
        #expect(min(repeating.count, victim.count) == 0)
    }

    @Test("nobody but its users keeps a poll alive")
    func end() async throws {
        let queue = DispatchQueue(label: "poll")
        var poll: Poll? = Poll(queue: queue)
        weak let gone = poll
        let bell = Bell()
        _ = addTimer(try #require(poll), bell, at: .start)
        try await eventually("it works") { bell.count == 1 }
        poll = nil
        try await eventually("it is gone") { gone == nil }
    }
}
