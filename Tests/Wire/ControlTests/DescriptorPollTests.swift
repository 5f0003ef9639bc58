import ControlFixtures
import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Varlink

@Suite struct DescriptorPollTests {
    /// A poll on a queue, and a pair of connected sockets of which it watches the first.
    private final class Bench: @unchecked Sendable {
        let queue = DispatchQueue(label: "poll")
        let poll: DescriptorPoll
        var ends: [Int32] = [-1, -1]
        var ticket: DescriptorPoll.Ticket = 0
        let told = Mutex<[DescriptorPoll.Interest]>([])
        /// What is done about it.
        var answer: (Bench, DescriptorPoll.Interest) -> Void = { _, _ in }

        init() throws {
            poll = DescriptorPoll(queue: queue)
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            ticket = poll.add(ends[0]) { [unowned self] interest in
                told.withLock { $0.append(interest) }
                answer(self, interest)
            }
        }

        deinit { for end in ends { close(end) } }

        func want(_ interest: DescriptorPoll.Interest) -> Bool { queue.sync { poll.want(interest, ticket) } }
        var calls: [DescriptorPoll.Interest] { told.withLock { $0 } }
        /// What was ready before is told when this returns: the queue has gone round twice.
        func goOn() async throws {
            for _ in 0..<2 {
                let other = try Bench()
                other.answer = { bench, _ in bench.poll.remove(bench.ticket) }
                _ = other.want(.write)
                try await eventually("another poll is told") { other.calls == [.write] }
                queue.sync {}
            }
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
}
