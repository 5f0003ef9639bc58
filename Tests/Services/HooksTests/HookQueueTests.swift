import ControlProtocol
import Testing

@testable import uplinkd_hooks

@Suite struct HookQueueTests {
    /// The queue with these in it, and whether each of them made the first one go.
    private func queue(_ severities: [ControlEvent.Severity]) -> (queue: HookQueue, firsts: [Bool]) {
        var queue = HookQueue()
        let firsts = severities.enumerated().map { queue.add(.sample($0.offset + 1, $0.element)) }
        return (queue, firsts)
    }

    @Test("one at a time, in order")
    func order() {
        var (queue, _) = queue([.info, .error, .info])
        #expect(queue.begin()?.event.id == 1)
        #expect(queue.begin() == nil)
        queue.end()
        #expect(queue.begin()?.event.id == 2)
        queue.end()
        #expect(queue.begin()?.event.id == 3)
        queue.end()
        #expect(queue.begin() == nil)
        #expect(!queue.isRunning)
    }

    @Test(
        "when it is full the oldest of the least severe goes",
        arguments: [
            // 256 of these, another one, and which is missing then.
            ([.info], .info, 1), ([.warning, .info], .warning, 2), ([.warning, .info], .info, 2), ([.warning], .info, 257),
            ([.error, .notice, .warning], .warning, 2), ([.error, .warning], .error, 2), ([.error], .error, 1),
            ([.init(rawValue: "later"), .warning], .error, 2),
        ] as [([ControlEvent.Severity], ControlEvent.Severity, Int)])
    func full(pattern: [ControlEvent.Severity], last: ControlEvent.Severity, gone: Int) {
        let (queue, firsts) = queue((0..<HookQueue.limit).map { pattern[$0 % pattern.count] } + [last])
        #expect(queue.waiting.map(\.id) == (1...HookQueue.limit + 1).filter { $0 != gone })
        #expect(queue.dropped == 1)
        #expect(firsts.lastIndex(of: true) == HookQueue.limit && firsts.count { $0 } == 1)
    }

    @Test("how many went is told to the next run, and counted anew from then on")
    func dropped() {
        var (queue, firsts) = queue(Array(repeating: .info, count: HookQueue.limit + 10))
        #expect(firsts.count { $0 } == 1)
        #expect(queue.begin() == Delivery(event: .sample(11, .info), dropped: 10))
        queue.end()
        #expect(queue.begin() == Delivery(event: .sample(12, .info), dropped: 0))
    }
}
