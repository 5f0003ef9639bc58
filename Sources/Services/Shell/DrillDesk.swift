package import ControlProtocol
package import Engine
package import Model

/// Whoever waits for a drill to end: it is his, and ends when he goes.
package final class DrillDesk {
    /// A report is finished half a minute after its switch.
    static let reportPatience: Duration = .seconds(45)

    private struct Caller {
        var number: Int
        var progress: (DrillProgress) -> Void
        var answer: (DrillProgress) -> Void
        var watch = DrillWatch()
        /// Of the drill itself.
        var last = DrillProgress(step: "over", milliseconds: 0, message: "The drill was ended before its time.", outcome: "stopped")
    }

    private let loop: Loop
    private let now: () -> Instant
    private let later: (Duration, @escaping () -> Void) -> Void
    private let tell: (Happening) -> Void
    private var caller: Caller?
    private var callers = 0

    /// - Parameters:
    ///   - later: calls it after so long.
    ///   - tell: everybody.
    package init(
        _ loop: Loop, now: @escaping () -> Instant, later: @escaping (Duration, @escaping () -> Void) -> Void,
        tell: @escaping (Happening) -> Void
    ) {
        self.loop = loop
        self.now = now
        self.later = later
        self.tell = tell
    }

    /// A number of his own, so that nobody's leaving ends another's drill.
    package func newCaller() -> Int {
        callers += 1
        return callers
    }

    /// - Parameter answer: once, with the last step.
    package func begin(
        _ order: DrillOrder, of number: Int, force: Bool, progress: @escaping (DrillProgress) -> Void,
        answer: @escaping (DrillProgress) -> Void
    ) throws(DrillRefusal) {
        try loop.engine.permit(order, force: force, at: now())
        if loop.engine.drill != nil { loop.take(.drillEnded(reason: "another drill was forced")) }
        guard caller == nil else {
            throw DrillRefusal(message: "The reports of a drill that is over are still being made: try again in a minute.")
        }
        caller = Caller(number: number, progress: progress, answer: answer)
        loop.take(.drill(order))
    }

    package func left(_ number: Int) {
        guard caller?.number == number else { return }
        if loop.engine.drill != nil { loop.take(.drillEnded(reason: "whoever began it has gone")) }
        // Without a drill only reports were waited for.
        answer()
    }

    /// All that happens passes here on its way to the people.
    package func hear(_ happening: Happening) {
        guard let number = caller?.number else { return }
        switch happening {
        case .drill(let step):
            var progress = DrillProgress(step: step.name, milliseconds: Int(step.milliseconds), message: step.sentence.text)
            guard case .over(let outcome, _, _) = step.what else {
                caller?.progress(progress)
                return
            }
            progress.outcome = outcome.rawValue
            caller?.last = progress
            caller?.watch.end(outcome)
            if caller?.watch.isComplete ?? true { return answer() }
            later(Self.reportPatience) { [weak self] in self?.patienceEnds(of: number) }
        case .switched(let what):
            guard let report = what.report, what.drill != nil else { return }
            caller?.watch.expect(report: report)
        default: break
        }
    }

    package func reported(_ report: SwitchReport) {
        guard caller?.watch.finished(report: report.id, backedUp: report.backedUp, broken: report.broken) ?? false else { return }
        caller?.progress(DrillProgress(step: "report", milliseconds: 0, message: report.headline, report: report.id))
        if caller?.watch.isComplete ?? false { answer() }
    }

    /// He may have gone meanwhile, and another one have come.
    private func patienceEnds(of number: Int) {
        if caller?.number == number { answer() }
    }

    private func answer() {
        guard let caller else { return }
        self.caller = nil
        var last = caller.last
        switch caller.watch.verdict {
        case nil: break
        case .notBackedUp(let sentence):
            last.outcome = DrillOutcome.notBackedUp.rawValue
            last.message += " \(sentence)"
            tell(.drillJudged(outcome: .notBackedUp, message: last.message))
        case .passed(let sentence):
            last.message += " \(sentence)"
            tell(.drillJudged(outcome: .passed, message: last.message))
        }
        caller.answer(last)
    }
}
