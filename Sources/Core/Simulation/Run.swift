import Model

/// One detector in one world.
struct Run<Watcher: Detector> {
    private(set) var detector: Watcher
    private(set) var wire: Wire
    private(set) var now: Nanoseconds = 0
    private(set) var outcome = Outcome()
    private var current: Int?
    private var bytesBefore: Int?
    private var toldBefore = 0
    private var isGivenUp = false

    init(_ detector: Watcher, in world: World, seed: UInt64) {
        self.detector = detector
        wire = Wire(Internet(world, seed: seed))
        current = detector.selected
    }

    /// - Parameters:
    ///   - start: switches and bytes before this moment are not counted: the detector is only just starting.
    ///   - limit: after so many switches it ends early.
    mutating func go(from start: Nanoseconds = 0, until end: Nanoseconds, limit: Int = .max) {
        var atSameTime = 0
        while outcome.switches < limit {
            let answerAt = wire.nextAnswerAt
            let dueAt = detector.deadline
            let next = max(min(answerAt, dueAt), now)
            guard next <= end else { break }
            atSameTime = next == now ? atSameTime + 1 : 0
            precondition(atSameTime < 100_000, "the detector asks to be woken at \(now) ns without end")
            now = next
            if now >= start, bytesBefore == nil {
                bytesBefore = wire.bytes[0]
                toldBefore = detector.told
            }
            if answerAt <= dueAt, let answer = wire.takeAnswer() {
                detector.answered(answer, at: now, &wire)
            } else {
                detector.advance(to: now, &wire)
            }
            if detector.selected == nil, !isGivenUp, now >= start { outcome.givenUp += 1 }
            isGivenUp = detector.selected == nil
            if let selected = detector.selected, selected != current { note(selected, isCounted: now >= start) }
        }
        if outcome.switches < limit { now = max(now, end) }
        outcome.span = now - start
        outcome.told = detector.told - toldBefore
        outcome.bytes = wire.bytes[0] - (bytesBefore ?? wire.bytes[0])
    }

    private mutating func note(_ selected: Int, isCounted: Bool) {
        // A WAN that is given up with none to take over keeps the traffic in effect; only going to another one is a switch.
        let isSwitch = current != nil
        current = selected
        guard isSwitch, isCounted else { return }
        outcome.switches += 1
        if outcome.firstSwitchAt == nil { outcome.firstSwitchAt = now }
    }
}

package struct Outcome: Equatable, Sendable {
    package internal(set) var switches = 0
    package internal(set) var firstSwitchAt: Nanoseconds?
    /// What was simulated.
    package internal(set) var span: Nanoseconds = 0
    /// By the first choice, both ways.
    package internal(set) var bytes = 0
    /// Changes of a WAN's health.
    package internal(set) var told = 0
    /// How often no WAN could be used.
    package internal(set) var givenUp = 0

    package func switches(per time: Duration) -> Double { Double(switches) * Double(time.nanoseconds) / Double(max(span, 1)) }
}
