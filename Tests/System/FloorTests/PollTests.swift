import Dispatch
import Glibc
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
}
