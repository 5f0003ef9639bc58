import Model
import Testing

@testable import Health

@Suite final class SampleLogTests {
    private var outbox = Outbox()
    private var log: SampleLog
    private let wan: WANSettings

    init() throws {
        wan = WANSettings(
            name: try #require(WANName("telkom")), interface: try #require(InterfaceName("eth0")), metric: 1, number: 1,
            probe: ProbeSettings(targets: Bench.targets))
        log = SampleLog(Settings(lan: [], wans: [wan]))
    }

    private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }

    @discardableResult
    private func send(to place: Int = 1, at moment: Instant, timeout: Duration = .seconds(1)) -> ProbeID {
        let id = outbox.ask(
            wan.probe.targets[place].question, for: .target(place: place, wan: wan.number), of: wan, interfaceIndex: 2, gateway: nil,
            timeout: timeout)
        for request in outbox.takeAll().requests { log.sent(request, at: moment) }
        return id
    }

    /// All that there is to tell.
    private func told(after: Int? = nil, at moment: Instant) -> [SampleLog.Excerpt.Series] { excerpt(after, at: moment).series }

    private func excerpt(_ after: Int? = nil, limit: Int = .max, at moment: Instant) -> SampleLog.Excerpt {
        log.excerpt(after: after, limit: limit, at: moment)
    }

    @Test("an answer counts however late it comes, and one that never comes is a loss after ten seconds")
    func late() {
        let first = send(at: at(1))
        send(at: at(2))
        log.ended(first, .answered(seconds: 8.5))
        #expect(told(at: at(9.9)).first?.codes == [8_500_000])
        #expect(told(at: at(12)).first?.codes == [8_500_000, -1])
        #expect(told(at: at(12)).first?.times == [at(1), at(2)])
        #expect(told(at: at(12)).first?.stream == .init(wan: "telkom", target: "203.0.113.1"))
    }

    @Test("an answer is waited for as long as its timeout, where that is longer")
    func timeout() {
        let slow = send(at: at(1), timeout: .seconds(40))
        #expect(told(at: at(30)).isEmpty)
        log.ended(slow, .wrong(WrongAnswer(.portal, "a login")))
        #expect(told(at: at(30)).first?.codes == [SampleResult.wrong(.portal).code])
    }

    @Test("nothing is told after a probe that may still be answered, so that what is told is final and in order")
    func order() {
        send(to: 1, at: at(1))
        log.ended(send(to: 2, at: at(2)), .answered(seconds: 0.02))
        var excerpt = self.excerpt(at: at(5))
        #expect(excerpt.series.isEmpty)
        #expect(excerpt.until <= at(1))
        excerpt = self.excerpt(excerpt.last, at: at(11))
        #expect(excerpt.series.map(\.codes) == [[-1], [20_000]])
        #expect(excerpt.until == at(11))
        #expect(told(after: excerpt.last, at: at(12)).isEmpty)
    }

    @Test("a probe that couldn't be sent says nothing and isn't told")
    func unsent() {
        log.ended(send(at: at(1)), .notSent(error: "no route"))
        let excerpt = self.excerpt(at: at(60))
        #expect(excerpt.series.isEmpty)
        #expect(excerpt.last == 1)
    }

    @Test("a proof of readiness isn't told: it has asked none of the targets")
    func proof() {
        let id = ProbeID(of: .proof(wan: wan.number), sequence: 1)
        log.sent(
            ProbeRequest(
                id: id, wan: wan.name, interface: wan.interface, interfaceIndex: 2,
                question: .dns(DNSQuestion(server: .address(ReadinessSettings.resolver), name: "example.com")), gateway: nil,
                timeout: .seconds(3)), at: at(1))
        log.ended(id, .answered(seconds: 0.02))
        #expect(told(at: at(60)).isEmpty)
    }

    @Test("excerpts of any size, one after the other, tell everything once")
    func pieces() {
        for index in 0..<500 { log.ended(send(to: index % 4, at: at(Double(index))), .answered(seconds: 0.001 * Double(index))) }
        var last: Int?
        var from = Instant.start
        var codes: Set<Int> = []
        while true {
            let excerpt = self.excerpt(last, limit: 33, at: at(600))
            #expect(excerpt.from <= from)
            codes.formUnion(excerpt.series.flatMap(\.codes))
            last = excerpt.last
            from = excerpt.until
            if !excerpt.isCut { break }
        }
        #expect(codes.count == 500)
        #expect(from == at(600))
    }

    @Test("the interface's coming and going is told where it changes")
    func links() {
        for (second, state) in [(0, .ready), (5, .ready), (9, .noCarrier), (10, .noCarrier), (12, .ready)] as [(Double, LinkState)] {
            log.observe(wan.name, state, at: at(second))
        }
        let told = told(at: at(20))
        #expect(told.map(\.codes) == [[0, 2, 0]])
        #expect(told.map(\.times) == [[at(0), at(9), at(12)]])
        #expect(told.first?.stream.target == nil)
    }

    @Test("it holds two hours of the default configuration in 400 kB; what is older is gone, and that shows")
    func bounds() {
        #expect(SampleLog.capacity * 12 < 400_000)
        let last = SampleLog.capacity * 5 / 2
        func at(_ index: Int) -> Instant { Instant(sinceStart: .milliseconds(index * 240)) }
        for index in 1...last { log.ended(send(at: at(index)), .answered(seconds: 0.02)) }
        let excerpt = excerpt(10, at: at(last))
        #expect(excerpt.series.first?.codes.count == SampleLog.capacity)
        #expect(excerpt.from == at(last - SampleLog.capacity + 1))
        #expect(excerpt.until - excerpt.from > .seconds(7200))
        #expect(excerpt.last == last)
    }

    @Test("what is older than a day is gone, however rare the probes")
    func day() {
        for hour in 0..<60 { log.ended(send(at: at(Double(hour) * 3600)), .answered(seconds: 0.02)) }
        #expect(told(at: at(60 * 3600)).first?.codes.count == 24)
    }

    @Test("after a reload a probe counts for the target that it was sent to")
    func reload() {
        let old = send(to: 1, at: at(1))
        var settings = wan
        settings.probe.targets = [.gateway, Bench.targets[3]]
        log.configure(Settings(lan: [], wans: [settings]))
        log.ended(old, .answered(seconds: 0.02))
        log.ended(send(to: 1, at: at(2)), .answered(seconds: 0.03))
        #expect(told(at: at(20)).map(\.stream.target) == ["203.0.113.1", "203.0.113.3"])
        for _ in 0..<1000 {
            settings.probe.targets = [.address(IPv4Address(bits: .random(in: 1...0x7fff_ffff)))]
            log.configure(Settings(lan: [], wans: [settings]))
        }
        log.ended(send(to: 0, at: at(30)), .answered(seconds: 0.03))
        #expect(told(at: at(60)).count >= 1)
    }

    @Test("a flood of losses doesn't fill the memory, and an answer finds its probe all the same")
    func flood() {
        for index in 0..<20_000 { send(at: at(1 + Double(index) / 10_000)) }
        log.ended(send(at: at(3.5)), .answered(seconds: 0.02))
        #expect(told(at: at(20)).first?.codes.last == 20_000)
        #expect(told(at: at(20)).first?.codes.count == 20_001)
    }

    @Test("a number that isn't ours, as after a restart, begins at the oldest")
    func foreign() {
        log.ended(send(at: at(1)), .answered(seconds: 0.02))
        for after in [nil, -5, 0, 2, 99] as [Int?] {
            #expect(told(after: after, at: at(20)).first?.codes == (after == 1 ? nil : [20_000]), "\(String(describing: after))")
        }
        #expect(told(after: 1, at: at(20)).isEmpty)
    }
}
