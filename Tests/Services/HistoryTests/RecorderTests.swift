import ControlProtocol
import HistoryProtocol
import Testing

@testable import History

@Suite struct RecorderTests {
    private func recorder(_ status: Status = .sample(), past: [ControlEvent], at seconds: Double) -> Recorder {
        var recorder = Recorder()
        recorder.connected(status, past: past, at: at(seconds))
        return recorder
    }

    @Test("the first connection takes all that the daemon remembers, and its time from the daemon's start on")
    func first() {
        let events = [ControlEvent.sample(1, at: 0.5), .health(2, at: 1, "telkom", "up")]
        let recorder = recorder(past: events, at: 100)
        #expect(recorder.batch.events.map(\.event) == events)
        #expect(recorder.batch.spans == [noon: noon + 100])
        #expect(recorder.batch.conditions == [Condition(time: noon + 1, wan: "telkom", health: "up")])
    }

    @Test("what has been heard isn't taken twice, whoever says it again")
    func noDoubles() {
        var recorder = recorder(past: [.sample(1, at: 0), .sample(2, at: 1)], at: 10)
        recorder.happened([.sample(2, at: 1), .sample(3, at: 11)], at: at(11))
        recorder.disconnected(at: at(12))
        recorder.connected(.sample(), past: [.sample(1, at: 0), .sample(2, at: 1), .sample(3, at: 11), .sample(4, at: 15)], at: at(20))
        #expect(recorder.batch.events.map(\.event.id) == [1, 2, 3, 4])
        // Nothing was missed, so the time without a connection was observed too.
        #expect(recorder.batch.spans == [noon: noon + 20])
    }

    @Test("a new start of us goes on where the one before got to")
    func goesOn() throws {
        let before = recorder(past: [.sample(1, at: 0), .sample(2, at: 1)], at: 10)
        let (name, run) = try #require(before.batch.runs.first)
        var recorder = Recorder(lastRun: (name, run))
        recorder.connected(.sample(), past: [.sample(1, at: 0), .sample(2, at: 1), .sample(3, at: 50)], at: at(60))
        #expect(recorder.batch.events.map(\.event.id) == [3])
        #expect(recorder.batch.spans == [noon: noon + 60])
    }

    @Test("another start of the daemon begins anew, also with the same pid or at the same time", arguments: [(100, 7), (0, 8)])
    func otherRun(started: Double, pid: Int) {
        var recorder = recorder(past: [.sample(1, at: 0), .sample(2, at: 1)], at: 10)
        recorder.disconnected(at: at(11))
        recorder.connected(.sample(started: started, pid: pid), past: [.sample(1, at: 100)], at: at(120))
        #expect(recorder.batch.events.map(\.event.id) == [1, 2, 1])
        #expect(recorder.batch.runs.count == 2)
        #expect(Set(recorder.batch.events.map(\.run)).count == 2)
        if started > 0 { #expect(recorder.batch.spans == [noon: noon + 11, noon + 100: noon + 120]) }
    }

    @Test("events that the daemon has forgotten are a gap: told, and not observed")
    func gap() throws {
        var recorder = recorder(past: [.sample(1, at: 0), .health(2, at: 1, "telkom", "up")], at: 10)
        recorder.disconnected(at: at(12))
        let wans = [WANStatus.sample("telkom", "down", since: 90, fault: "silent"), .sample("smartfren", "up", since: 130)]
        recorder.connected(.sample(wans), past: [.sample(58, at: 100), .health(59, at: 130, "smartfren", "up")], at: at(150))
        #expect(recorder.batch.spans == [noon: noon + 12, noon + 100: noon + 150])
        let told = try #require(recorder.batch.events.first { $0.event.kind == .history }?.event)
        #expect(told.severity == .warning && told.message.hasPrefix("55 events of uplinkd are lost"))
        #expect(told.details == ["first": "3", "last": "57"])
        // How telkom is was known before the first event that is left; that of smartfren has an event of its own.
        #expect(
            recorder.batch.conditions.dropFirst() == [
                Condition(time: noon + 100, wan: "telkom", health: "down", fault: "silent"),
                Condition(time: noon + 130, wan: "smartfren", health: "up"),
            ])
    }

    @Test("a suspicion is kept with the outage that it was the first sign of, and forgotten when it came to nothing")
    func suspicions() {
        var recorder = recorder(past: [.health(1, at: 0, "telkom", "up", loss: 0, roundTrip: 12)], at: 1)
        recorder.happened(
            [.health(2, at: 2, "telkom", "suspect", was: "up"), .health(3, at: 2.2, "telkom", "up", was: "suspect")], at: at(3))
        recorder.happened([.health(4, at: 5, "telkom", "suspect", was: "up", loss: 1.1)], at: at(5))
        recorder.happened([.health(5, at: 5.3, "telkom", "down", was: "suspect", fault: "upstream silent")], at: at(6))
        #expect(recorder.batch.events.map(\.event.id) == [1, 4, 5])
        #expect(recorder.batch.conditions.map(\.health) == ["up", "suspect", "down"])
        #expect(recorder.batch.conditions.map(\.lossPercent) == [0, 1.1, nil])
    }

    @Test("a fault that a drill plays is no outage")
    func drill() {
        var recorder = recorder(past: [.health(1, at: 0, "telkom", "up")], at: 1)
        recorder.happened(
            [
                .sample(2, at: 10, kind: .drill, wan: "telkom", ["step": "begun"]), .health(3, at: 11, "telkom", "suspect", was: "up"),
                .health(4, at: 12, "telkom", "down", was: "suspect"), .health(5, at: 13, "smartfren", "down", was: "up"),
            ], at: at(13))
        recorder.alive(.sample([.sample("telkom", "down", since: 12), .sample("smartfren", "down", since: 13)]), at: at(50))
        // Even if we begin anew in the middle of it.
        var later = Recorder(lastRun: recorder.batch.runs.first.map { ($0.key, $0.value) })
        let past = [
            ControlEvent.sample(2, at: 10, kind: .drill, wan: "telkom", ["step": "begun"]),
            .health(6, at: 70, "telkom", "recovering", was: "down"),
            .sample(7, at: 80, kind: .drill, wan: "telkom", ["step": "over"]), .health(8, at: 90, "telkom", "up", was: "recovering"),
        ]
        later.connected(.sample(), past: past, at: at(91))
        #expect(
            (recorder.batch.conditions + later.batch.conditions).map { "\($0.time - noon) \($0.wan) \($0.health)" } == [
                "0.0 telkom up", "10.0 telkom drill", "13.0 smartfren down", "80.0 telkom recovering", "90.0 telkom up",
            ])
        #expect(recorder.batch.events.map(\.event.id) == [1, 2, 3, 4, 5])
    }

    @Test("a drill that leaves its WAN's health as it was is over when it is over, also for one who didn't see it begin")
    func harmlessDrill() {
        let begun = ControlEvent.sample(2, at: 10, kind: .drill, wan: "telkom", ["step": "begun"])
        let over = ControlEvent.sample(3, at: 40, kind: .drill, wan: "telkom", ["step": "over"])
        var recorder = recorder(past: [.health(1, at: 0, "telkom", "up")], at: 1)
        recorder.happened([begun], at: at(10))
        let name = recorder.batch.runs.first.map { ($0.key, $0.value) }
        recorder.happened([over], at: at(40))
        #expect(Self.seen(recorder) == ["0.0 telkom up", "10.0 telkom drill", "40.0 telkom up"])
        var later = Recorder(lastRun: name)
        later.connected(.sample(), past: [begun, over], at: at(41))
        #expect(Self.seen(later).isEmpty)
        // What it was like before isn't known to that one: the next sign of life says it.
        later.alive(.sample([.sample("telkom", "up", since: 0)]), at: at(60))
        #expect(Self.seen(later) == ["60.0 telkom up"])
        var third = Recorder()
        third.connected(.sample(), past: [begun, over], at: at(41))
        third.alive(.sample([.sample("telkom", "up", since: 0)]), at: at(60))
        #expect(Self.seen(third) == ["10.0 telkom drill", "60.0 telkom up"])
    }

    @Test("a WAN that is taken out of the configuration while it is down isn't down any more, and is said once")
    func removed() {
        var recorder = recorder(past: [.health(1, at: 0, "telkom", "up"), .health(2, at: 5, "smartfren", "down", was: "up")], at: 6)
        for minute in 1...3 { recorder.alive(.sample([.sample("telkom", "up", since: 0)]), at: at(Double(minute) * 60)) }
        #expect(Self.seen(recorder) == ["0.0 telkom up", "5.0 smartfren down", "60.0 smartfren removed"])
        recorder.happened([.health(3, at: 200, "smartfren", "up", was: "unknown")], at: at(200))
        #expect(Self.seen(recorder).last == "200.0 smartfren up")
    }

    private static func seen(_ recorder: Recorder) -> [String] {
        recorder.batch.conditions.map { "\($0.time - noon) \($0.wan) \($0.health)" }
    }

    @Test("signs of life make time observed, and tell how bad a bad WAN is when that has changed")
    func alive() {
        var recorder = recorder(past: [.health(1, at: 0, "telkom", "down", loss: 10)], at: 1)
        recorder.alive(.sample([.sample("telkom", "down", since: 0, loss: 100), .sample("smartfren", "up", since: 0)]), at: at(60))
        recorder.alive(.sample([.sample("telkom", "down", since: 0, loss: 100)]), at: at(120))
        #expect(recorder.batch.spans == [noon: noon + 120])
        #expect(Self.seen(recorder) == ["0.0 telkom down", "60.0 telkom down", "60.0 smartfren up", "120.0 smartfren removed"])
        #expect(recorder.batch.conditions.map(\.lossPercent) == [10, 100, nil, nil])
        // Of another daemon, whose stream we don't have yet.
        recorder.alive(.sample(started: 130), at: at(140))
        #expect(recorder.batch.spans == [noon: noon + 120])
    }

    @Test("a clock that is set doesn't make time that never was", arguments: [1_000_000.0, -1000])
    func clock(step: Double) {
        var recorder = recorder(past: [.health(1, at: 0, "telkom", "up")], at: 60)
        let later = Now(wall: noon + 120 + step, steady: .seconds(120))
        recorder.alive(.sample([.sample("telkom", "up", since: step)]), at: later)
        #expect(recorder.batch.spans == [noon: noon + 60, later.wall: later.wall])
        #expect(recorder.batch.conditions.last == Condition(time: later.wall, wan: "telkom", health: "up"))
        #expect(recorder.batch.events.last?.event.message.hasPrefix("The clock was set from") == true)
    }

    @Test("a report is taken until it is finished")
    func reports() {
        var recorder = recorder(past: [], at: 1)
        recorder.take([.sample("a", finished: false)])
        #expect(recorder.awaitsReport)
        recorder.take([.sample("a"), .sample("b")])
        #expect(recorder.batch.reports == ["a": .sample("a"), "b": .sample("b")] && !recorder.awaitsReport)
        recorder.written()
        recorder.take([.sample("a"), .sample("b")])
        #expect(recorder.batch.isEmpty)
    }

    @Test("the memory has a limit: what is oldest goes first")
    func limit() {
        var recorder = recorder(past: [], at: 1)
        recorder.happened((1...Batch.mostEvents + 30).map { .sample($0, at: Double($0)) }, at: at(10))
        #expect(recorder.trim() == 30)
        #expect(recorder.batch.events.first?.event.id == 31 && recorder.batch.events.count == Batch.mostEvents)
    }
}
