import ControlProtocol
import Testing

@testable import uplinkd_hooks

@Suite struct DispatcherTests {
    private func events(_ ids: ClosedRange<Int>, day: Int = 31) -> [ControlEvent] {
        ids.map { .sample($0, time: "2026-07-\(day)T12:00:00.\(100 + $0)Z") }
    }

    /// Lets each run end until there are none any more, and gives what each hook got.
    private func drain(_ dispatcher: inout Dispatcher, _ effects: [Dispatcher.Effect], hooks: [String]) -> [String: [Int]] {
        var runs: [String: [Int]] = [:]
        var effects = effects[...]
        while let effect = effects.popFirst() {
            guard case .run(let hook, let delivery) = effect else { continue }
            runs[hook, default: []].append(delivery.event.id)
            effects += dispatcher.ended(hook, hooks: hooks)
        }
        return runs
    }

    @Test("hooks run side by side, each with one event at a time, in the order of their names")
    func sideBySide() {
        var dispatcher = Dispatcher()
        let first = dispatcher.happened(.sample(1), hooks: ["a", "b"])
        #expect(
            first == [
                .run(hook: "a", Delivery(event: .sample(1), dropped: 0)), .run(hook: "b", Delivery(event: .sample(1), dropped: 0)),
            ])
        #expect(dispatcher.happened(.sample(2), hooks: ["a", "b"]) == [])
        #expect(dispatcher.ended("b", hooks: ["a", "b"]) == [.run(hook: "b", Delivery(event: .sample(2), dropped: 0))])
        #expect(dispatcher.ended("b", hooks: ["a", "b"]) == [])
        #expect(!dispatcher.isIdle)
        #expect(dispatcher.ended("a", hooks: ["a", "b"]) == [.run(hook: "a", Delivery(event: .sample(2), dropped: 0))])
        #expect(dispatcher.ended("a", hooks: ["a", "b"]) == [])
        #expect(dispatcher.isIdle)
    }

    @Test("a daemon that was there before us: what happened until then is nobody's business")
    func firstStart() {
        var dispatcher = Dispatcher()
        #expect(dispatcher.connected(past: events(1...3), weWereFirst: false, hooks: ["a"]) == [])
        #expect(dispatcher.marks == ["a": EventMark(events(3...3)[0])])
        let effects = dispatcher.happened(events(4...4)[0], hooks: ["a"])
        #expect(drain(&dispatcher, effects, hooks: ["a"]) == ["a": [4]])
    }

    @Test("a daemon that we had been waiting for: all that it has to tell is new")
    func beforeTheDaemon() {
        var dispatcher = Dispatcher()
        let effects = dispatcher.connected(past: events(1...3), weWereFirst: true, hooks: ["a"])
        #expect(drain(&dispatcher, effects, hooks: ["a"]) == ["a": [1, 2, 3]])
    }

    @Test("after a lost connection only what was missed is run")
    func reconnected() {
        var dispatcher = Dispatcher()
        _ = dispatcher.connected(past: events(1...3), weWereFirst: false, hooks: ["a"])
        _ = dispatcher.happened(events(4...4)[0], hooks: ["a"])
        // 4 runs, 5 waits: neither may be queued once more.
        _ = dispatcher.happened(events(5...5)[0], hooks: ["a"])
        #expect(dispatcher.connected(past: events(1...7), weWereFirst: false, hooks: ["a"]) == [])
        #expect(drain(&dispatcher, dispatcher.ended("a", hooks: ["a"]), hooks: ["a"]) == ["a": [5, 6, 7]])
        #expect(dispatcher.connected(past: events(1...7), weWereFirst: false, hooks: ["a"]) == [])
    }

    @Test("another daemon begins at 1 again, and all of it is new", arguments: [1...3, 1...9])
    func otherDaemon(ids: ClosedRange<Int>) {
        var dispatcher = Dispatcher()
        _ = dispatcher.connected(past: events(1...5, day: 30), weWereFirst: false, hooks: ["a"])
        let effects = dispatcher.connected(past: events(ids), weWereFirst: false, hooks: ["a"])
        #expect(drain(&dispatcher, effects, hooks: ["a"]) == ["a": Array(ids)])
    }

    @Test("more has happened meanwhile than the daemon keeps: what it still has")
    func overflow() {
        var dispatcher = Dispatcher()
        _ = dispatcher.connected(past: events(1...5), weWereFirst: false, hooks: ["a"])
        let effects = dispatcher.connected(past: events(9...12), weWereFirst: false, hooks: ["a"])
        #expect(drain(&dispatcher, effects, hooks: ["a"]) == ["a": [9, 10, 11, 12]])
    }

    @Test("after a restart each hook goes on behind its own mark, and never gets an event twice")
    func restart() {
        var before = Dispatcher()
        _ = before.connected(past: events(1...2), weWereFirst: false, hooks: ["fast", "slow"])
        for event in events(3...6) {
            _ = before.happened(event, hooks: ["fast", "slow"])
            _ = before.ended("fast", hooks: ["fast", "slow"])
        }
        #expect(before.marks["fast"]?.id == 6 && before.marks["slow"]?.id == 3)

        var after = Dispatcher(marks: MarkText.marks(in: MarkText.text(of: before.marks)))
        let effects = after.connected(past: events(1...7), weWereFirst: false, hooks: ["fast", "new", "slow"])
        #expect(drain(&after, effects, hooks: ["fast", "new", "slow"]) == ["fast": [7], "slow": [4, 5, 6, 7]])
    }

    @Test("a hook that is put there meanwhile begins with what is new, also after a lost connection")
    func newHook() {
        var dispatcher = Dispatcher()
        _ = dispatcher.connected(past: events(1...3), weWereFirst: false, hooks: [])
        let effects = dispatcher.connected(past: events(1...5), weWereFirst: false, hooks: ["a"])
        #expect(drain(&dispatcher, effects, hooks: ["a"]) == ["a": [4, 5]])
    }

    @Test("a hook that is taken away gets nothing more")
    func removed() {
        var dispatcher = Dispatcher()
        for id in 1...3 { _ = dispatcher.happened(.sample(id), hooks: ["a"]) }
        #expect(dispatcher.ended("a", hooks: []) == [])
        #expect(dispatcher.isIdle && dispatcher.marks.isEmpty)
    }

    @Test("once it stops, nothing is begun, and the marks stay where they are")
    func stop() {
        var dispatcher = Dispatcher()
        _ = dispatcher.happened(.sample(1), hooks: ["a"])
        dispatcher.stop()
        #expect(dispatcher.happened(.sample(2), hooks: ["a"]) == [])
        #expect(!dispatcher.isIdle)
        #expect(dispatcher.ended("a", hooks: ["a"]) == [])
        #expect(dispatcher.isIdle && dispatcher.marks["a"] == EventMark(.sample(1)))
    }

    @Test("an event to try with is run, and moves no mark")
    func tried() {
        var dispatcher = Dispatcher()
        _ = dispatcher.connected(past: events(1...3), weWereFirst: false, hooks: ["a"])
        let marks = dispatcher.marks
        let effects = dispatcher.tried(.toTry, hooks: ["a"])
        #expect(drain(&dispatcher, effects, hooks: ["a"]) == ["a": [0]])
        #expect(dispatcher.marks == marks)
        #expect(dispatcher.connected(past: events(1...3), weWereFirst: false, hooks: ["a"]) == [])
    }

    @Test("a hook that falls behind is told of once, until its next run")
    func behind() {
        var dispatcher = Dispatcher()
        var told = 0
        for id in 1...(HookQueue.limit + 20) {
            told += dispatcher.happened(.sample(id), hooks: ["a"]).count { $0 == .fallsBehind(hook: "a") }
        }
        #expect(told == 1)
        let next = dispatcher.ended("a", hooks: ["a"])
        #expect(next == [.run(hook: "a", Delivery(event: .sample(21), dropped: 19))])
    }

    @Test("marks survive as text, and a broken line costs its own hook only")
    func text() {
        let marks = ["a": EventMark(id: 1, time: "2026-07-31T12:00:00.000Z"), "b-2": EventMark(id: 300, time: "x")]
        #expect(MarkText.text(of: marks) == "1 2026-07-31T12:00:00.000Z a\n300 x b-2\n")
        #expect(MarkText.marks(in: MarkText.text(of: marks)) == marks)
        #expect(MarkText.marks(in: "1 x a\n\nzwei x b\n3 x\n4 x d e\n5 y f\n").keys.sorted() == ["a", "f"])
    }
}
