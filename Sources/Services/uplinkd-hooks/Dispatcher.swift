import ControlProtocol

/// Which hook is to run for which event, and when. A value: no clock, no process, no file.
///
/// Each hook gets each event at most once, whatever ends in between: the connection, the daemon, this service. So its mark moves when a run
/// is begun, not when it has ended.
struct Dispatcher: Equatable {
    enum Effect: Equatable, Sendable {
        case run(hook: String, Delivery)
        /// Its queue is full, and the first event since its last run had to go.
        case fallsBehind(hook: String)
    }

    /// The last event that was begun for each hook, or before which it has nothing to do.
    private(set) var marks: [String: EventMark]
    /// The last one that each hook has had in its queue.
    private var heard: [String: EventMark]
    /// The last one of all.
    private var lastHeard: EventMark?
    private var queues: [String: HookQueue] = [:]
    private var isStopping = false

    /// `marks`: those that were saved before the restart.
    init(marks: [String: EventMark] = [:]) {
        self.marks = marks
        heard = marks
    }

    var isIdle: Bool { !queues.values.contains(where: \.isRunning) }

    /// The connection stands, and these are the events that the daemon still has.
    ///
    /// - Parameter weWereFirst: this service had been looking for the daemon before it was there, so all of them have happened since. Otherwise
    ///   they may be weeks old, and a hook that was never run begins with the next one.
    mutating func connected(past: [ControlEvent], weWereFirst: Bool, hooks: [String]) -> [Effect] {
        forgetAllBut(hooks)
        var effects: [Effect] = []
        for hook in hooks {
            let new = Self.events(after: heard[hook] ?? lastHeard, in: past, otherwise: weWereFirst ? past : [])
            for event in new { effects += add(event, to: hook) }
            guard let last = past.last else { continue }
            heard[hook] = EventMark(last)
            if new.isEmpty && queues[hook, default: HookQueue()].waiting.isEmpty { marks[hook] = EventMark(last) }
        }
        if let last = past.last { lastHeard = EventMark(last) }
        return effects + begin(hooks)
    }

    /// Something has happened just now.
    mutating func happened(_ event: ControlEvent, hooks: [String]) -> [Effect] {
        forgetAllBut(hooks)
        var effects: [Effect] = []
        for hook in hooks {
            effects += add(event, to: hook)
            heard[hook] = EventMark(event)
        }
        lastHeard = EventMark(event)
        return effects + begin(hooks)
    }

    /// An event that nobody had: the administrator wants to see his hooks run.
    mutating func tried(_ event: ControlEvent, hooks: [String]) -> [Effect] {
        hooks.flatMap { add(event, to: $0) } + begin(hooks)
    }

    /// The run has ended, or couldn't be begun.
    mutating func ended(_ hook: String, hooks: [String]) -> [Effect] {
        queues[hook]?.end()
        forgetAllBut(hooks)
        return begin(hooks)
    }

    /// From now on nothing is begun. What waits is still there for the next start: its marks haven't moved.
    mutating func stop() { isStopping = true }

    private mutating func add(_ event: ControlEvent, to hook: String) -> [Effect] {
        queues[hook, default: HookQueue()].add(event) ? [.fallsBehind(hook: hook)] : []
    }

    private mutating func begin(_ hooks: [String]) -> [Effect] {
        guard !isStopping else { return [] }
        var effects: [Effect] = []
        for hook in hooks {
            guard let delivery = queues[hook]?.begin() else { continue }
            // One to try with is no event of the daemon's.
            if delivery.event.id > 0 { marks[hook] = EventMark(delivery.event) }
            effects.append(.run(hook: hook, delivery))
        }
        return effects
    }

    /// Of a hook that isn't there any more nothing is kept, unless it still runs.
    private mutating func forgetAllBut(_ hooks: [String]) {
        for hook in queues.keys where !hooks.contains(hook) {
            queues[hook]?.clear()
            if queues[hook]?.isRunning == false { queues[hook] = nil }
        }
        marks = marks.filter { hooks.contains($0.key) }
        heard = heard.filter { hooks.contains($0.key) }
    }

    /// When the daemon doesn't have the marked event any more, it is another daemon since, or more has happened than it keeps: then all of
    /// it is new.
    private static func events(after mark: EventMark?, in past: [ControlEvent], otherwise: [ControlEvent]) -> ArraySlice<ControlEvent> {
        guard let mark else { return otherwise[...] }
        guard let index = past.lastIndex(where: { EventMark($0) == mark }) else { return past[...] }
        return past[(index + 1)...]
    }
}
