import Model
import Plan
import Testing

@Suite struct NoticeCollectorTests {
    func at(_ milliseconds: Int) -> Instant { .start + .milliseconds(milliseconds) }

    @Test(
        "a burst is taken once it has been quiet, and at the ceiling at the latest",
        arguments: [
            // Notices come at these times; they are due at this one.
            ([100], 105),
            ([100, 102, 104], 109),
            (Array(stride(from: 100, through: 144, by: 4)), 149),
            (Array(stride(from: 100, through: 400, by: 4)), 150),  // A storm: the ceiling.
            ([100, 148], 150),
        ] as [([Int], Int)])
    func deadlines(_ times: [Int], _ due: Int) {
        var collector = NoticeCollector()
        #expect(collector.deadline == nil)
        for time in times where time <= due { collector.add([.routing], at: at(time)) }
        #expect(collector.deadline == at(due))
        #expect(collector.take(at: at(due - 1)).isEmpty)
        #expect(collector.take(at: at(due)) == [.routing])
        #expect(collector.deadline == nil)
        #expect(collector.take(at: at(due + 1000)).isEmpty)
    }

    @Test("all kinds of a burst are taken together, each once")
    func kinds() {
        var collector = NoticeCollector()
        collector.add([.routing], at: at(0))
        collector.add([.overrun, .routing], at: at(1))
        collector.add([.firewall(.nat)], at: at(2))
        #expect(collector.take(at: at(7)) == [.routing, .overrun, .firewall(.nat)])
    }

    @Test("no notice starts no burst, and ends none")
    func nothing() {
        var collector = NoticeCollector()
        collector.add([], at: at(0))
        #expect(collector.deadline == nil)
        collector.add([.routing], at: at(10))
        collector.add([], at: at(14))
        #expect(collector.deadline == at(15))
    }

    @Test("taken late is taken whole, and the next burst has a ceiling of its own")
    func late() {
        var collector = NoticeCollector(quiet: .milliseconds(5), ceiling: .milliseconds(50))
        collector.add([.firewall(.nat)], at: at(0))
        #expect(collector.take(at: at(500)) == [.firewall(.nat)])
        collector.add([.routing], at: at(501))
        #expect(collector.deadline == at(506))
    }
}
