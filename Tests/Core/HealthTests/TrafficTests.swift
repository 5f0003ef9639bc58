import Health
import Model
import Testing

@testable import Health

@Suite("What packet counters tell")
struct TrafficTests {
    /// Clients' packets a second, each answered after `delay` while the WAN works.
    private struct Line {
        var traffic = Traffic()
        var counters = LinkCounters(received: 0, sent: 0)
        var now = Instant.start

        /// The readings at which it says "ask", from now on.
        mutating func run(for duration: Duration, sent: Double, received: Double, reading: Duration = .milliseconds(50)) -> [Duration] {
            let start = now
            let began = counters
            var told: [Duration] = []
            while now - start < duration {
                now = now + reading
                let time = (now - start).inSeconds
                counters.sent = began.sent + UInt64(time * sent)
                counters.received = began.received + UInt64(time * received)
                if traffic.add(counters, own: LinkCounters(received: 0, sent: 0), roundTrip: .milliseconds(20), at: now) {
                    told.append(now - start)
                }
            }
            return told
        }
    }

    @Test("a steady stream raises nothing", arguments: [5.0, 20, 50, 200, 5000])
    func steady(rate: Double) {
        var line = Line()
        #expect(line.run(for: .seconds(60), sent: rate, received: rate) == [])
    }

    @Test("when nothing comes in any more while clients send, it is told within 100 ms, once", arguments: [40.0, 50, 200, 5000])
    func standstill(rate: Double) {
        var line = Line()
        _ = line.run(for: .seconds(60), sent: rate, received: rate)
        let told = line.run(for: .seconds(5), sent: rate, received: 0)
        #expect(told.count == 1)
        #expect(told.allSatisfy { $0 <= .milliseconds(150) })
    }

    @Test("clients that only send are not answered, which is nothing new")
    func oneWay() {
        var line = Line()
        let first = line.run(for: .seconds(60), sent: 100, received: 0)
        #expect(first.count <= 1)
        // A packet now and then comes in: the gaps are as long as ever.
        let later = line.run(for: .seconds(600), sent: 100, received: 0.5)
        #expect(later.count <= 2, "told \(later.count) times")
    }

    @Test("silence on both sides says nothing")
    func idle() {
        var line = Line()
        _ = line.run(for: .seconds(60), sent: 200, received: 200)
        #expect(line.run(for: .seconds(60), sent: 0, received: 0) == [])
        // Somebody begins to send, and the first answers take their time.
        #expect(line.run(for: .milliseconds(80), sent: 100, received: 0) == [])
    }

    @Test("our own probes and their answers are nobody's traffic")
    func own() {
        var line = Line()
        _ = line.run(for: .seconds(10), sent: 200, received: 200)
        // Only the gateway answers, and only us: 20 probes a second.
        var told = 0
        for _ in 0..<40 {
            line.now = line.now + .milliseconds(50)
            line.counters.sent += 11
            line.counters.received += 1
            if line.traffic.add(line.counters, own: LinkCounters(received: 1, sent: 1), roundTrip: .milliseconds(1), at: line.now) {
                told += 1
            }
        }
        #expect(told == 1)
        // Nobody but us asks, and nobody answers: that is for the probes to say.
        line = Line()
        _ = line.run(for: .seconds(10), sent: 200, received: 200)
        for _ in 0..<40 {
            line.now = line.now + .milliseconds(50)
            line.counters.sent += 5
            let isTold = line.traffic.add(
                line.counters, own: LinkCounters(received: 0, sent: 5), roundTrip: .milliseconds(1), at: line.now)
            #expect(!isTold)
        }
    }

    @Test("a stream that has just begun is known after a second")
    func justBegun() {
        var line = Line()
        _ = line.run(for: .seconds(10), sent: 4, received: 4, reading: .milliseconds(200))
        _ = line.run(for: .milliseconds(200), sent: 200, received: 200, reading: .milliseconds(200))
        _ = line.run(for: .seconds(1), sent: 200, received: 200)
        let told = line.run(for: .seconds(1), sent: 200, received: 0)
        #expect(told.count == 1 && told.allSatisfy { $0 <= .milliseconds(150) })
    }

    @Test("a counter that goes back is another interface")
    func replaced() {
        var line = Line()
        _ = line.run(for: .seconds(10), sent: 200, received: 200)
        line.counters = LinkCounters(received: 0, sent: 0)
        #expect(line.run(for: .seconds(10), sent: 200, received: 200) == [])
    }

    @Test("replies flow when they come in numbers and in proportion")
    func flowing() {
        var line = Line()
        _ = line.run(for: .seconds(3), sent: 100, received: 100)
        #expect(line.traffic.flow.isFlowing(at: line.now))
        // What a modem chatters by itself proves nothing.
        _ = line.run(for: .seconds(3), sent: 10, received: 4)
        #expect(!line.traffic.flow.isFlowing(at: line.now))
        _ = line.run(for: .seconds(3), sent: 5000, received: 100)
        #expect(!line.traffic.flow.isFlowing(at: line.now))
        _ = line.run(for: .seconds(3), sent: 100, received: 100)
        _ = line.run(for: .milliseconds(400), sent: 100, received: 0)
        #expect(!line.traffic.flow.isFlowing(at: line.now))
    }

    @Test("readings are rare while hardly anything is sent")
    func interval() {
        var line = Line()
        _ = line.run(for: .seconds(3), sent: 4, received: 4)
        #expect(line.traffic.interval == .milliseconds(200))
        _ = line.run(for: .seconds(1), sent: 200, received: 200)
        #expect(line.traffic.interval == .milliseconds(50))
    }

    @Test("a standstill makes the WAN suspect; an answer clears it, and silence makes it down within 300 ms")
    func suspicion() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.health.watchTraffic(true, at: bench.now)
        var counters = LinkCounters(received: 0, sent: 0)
        func read(for duration: Duration, isAnswered: Bool) {
            let end = bench.now + duration
            while bench.now < end {
                bench.run(for: .milliseconds(50))
                counters.sent += 10
                if isAnswered { counters.received += 10 }
                bench.health.count(counters, at: bench.now)
            }
        }
        read(for: .seconds(5), isAnswered: true)
        #expect(bench.health.state == .up)
        // Only the clients' packets are swallowed: the probes are answered.
        read(for: .milliseconds(150), isAnswered: false)
        #expect(bench.changes(from: .up, to: .suspect) == 1)
        bench.run(for: .milliseconds(50))
        #expect(bench.health.state == .up)

        read(for: .seconds(60), isAnswered: true)
        bench.isSilent = true
        read(for: .milliseconds(400), isAnswered: false)
        #expect(bench.health.state == .down)
    }

    @Test("a standstill that ends before the verdict gives the answers more time", arguments: 0..<20)
    func endedStandstill(phase: Int) throws {
        let bench = try Bench()
        bench.run(for: .seconds(20) + .milliseconds(phase * 17))
        bench.health.watchTraffic(true, at: bench.now)
        var counters = LinkCounters(received: 0, sent: 0)
        // Nothing comes in for 250 ms: from then on all round trips are that long.
        for reading in 0..<120 {
            if reading == 100 { bench.roundTrip = .milliseconds(250) }
            bench.run(for: .milliseconds(50))
            counters.sent += 10
            // When it comes in again it is little: alone it wouldn't put the verdict off.
            counters.received += reading < 101 ? 10 : reading < 105 ? 0 : 1
            bench.health.count(counters, at: bench.now)
            #expect(bench.health.state.isUsable)
        }
        #expect(bench.changes(from: .up, to: .suspect) >= 1)
    }

    @Test("a way that becomes longer by 300 ms is no silence, whatever the traffic and the moment", arguments: [50, 200, 1000] as [Double])
    func longerWay(rate: Double) throws {
        for phase in 0..<60 {
            let bench = try Bench()
            bench.run(for: .seconds(20) + .milliseconds(phase * 17))
            let step = bench.now + .seconds(3) + .milliseconds(phase * 7)
            let start = bench.now
            bench.counters = { now in
                let sent = (now - start).inSeconds * rate
                // Each packet is answered, before the step at once and then after 300 ms.
                let answered = max(min(sent, (step - start).inSeconds * rate), sent - 0.3 * rate)
                return LinkCounters(
                    received: UInt64(answered), sent: UInt64(sent), receivedBytes: UInt64(answered) * 200, sentBytes: UInt64(sent) * 200)
            }
            bench.health.watchTraffic(true, at: bench.now)
            bench.run(for: step - bench.now)
            bench.roundTrip = .milliseconds(320)
            bench.run(for: .seconds(5))
            #expect(bench.changes(from: .suspect, to: .down) + bench.changes(from: .up, to: .down) == 0, "phase \(phase)")
            // Dead, and not only far away.
            bench.roundTrip = .milliseconds(20)
            bench.run(for: .seconds(20))
            let fault = bench.now
            let counted = bench.counters?(fault)
            bench.counters = { now in
                var counters = LinkCounters(received: 0, sent: 0)
                counters.received = counted?.received ?? 0
                counters.sent = (counted?.sent ?? 0) + UInt64((now - fault).inSeconds * rate)
                counters.receivedBytes = counters.received * 200
                counters.sentBytes = counters.sent * 200
                return counters
            }
            bench.isSilent = true
            let time = try #require(bench.run(until: .down))
            #expect(time >= .milliseconds(290) && time < .milliseconds(400), "phase \(phase)")
        }
    }

    @Test("while packets keep coming in, a verdict waits for the answers that a full queue holds back")
    func fullQueue() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.health.watchTraffic(true, at: bench.now)
        var counters = LinkCounters(received: 0, sent: 0)
        bench.roundTrip = .milliseconds(700)
        let end = bench.now + .seconds(10)
        while bench.now < end {
            bench.run(for: .milliseconds(50))
            counters.sent += 10
            counters.received += 10
            bench.health.count(counters, at: bench.now)
            #expect(bench.health.state.isUsable)
        }
        #expect(bench.health.state == .up)
    }

    @Test("while packets keep coming in, it is asked on: answers that a packet filter drops for a moment condemn nobody", arguments: 0..<10)
    func filterLoading(phase: Int) throws {
        let bench = try Bench()
        bench.run(for: .seconds(20) + .milliseconds(phase * 33))
        bench.health.watchTraffic(true, at: bench.now)
        var counters = LinkCounters(received: 0, sent: 0)
        let began = bench.now
        for reading in 0..<60 {
            bench.isSilent = (20..<30).contains(reading)
            bench.run(for: .milliseconds(50))
            counters.sent += 50
            counters.received += 50
            bench.health.count(counters, at: bench.now)
            #expect(bench.health.state.isUsable)
        }
        #expect(bench.health.state == .up)
        // It has been asked, though nobody was told.
        let silence = bench.sent.filter { $0.at >= began + .seconds(1) && $0.at < began + .milliseconds(1500) }
        #expect(silence.count >= 8)
    }
}
