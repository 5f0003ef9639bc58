package import ControlProtocol
package import Engine
package import Model

/// Whoever waits for a drill to end: it is his, and ends when he goes.
package final class DrillDesk {
    /// A report is finished half a minute after its switch.
    package static let reportPatience: Duration = .seconds(45)

    private struct Caller {
        var progress: (DrillProgress) -> Void
        var answer: (DrillProgress) -> Void
        var watch = DrillWatch()
        /// Of the drill itself.
        var last = DrillProgress(step: "over", milliseconds: 0, message: "The drill was ended before its time.", outcome: "stopped")
    }

    private let loop: Loop
    private let now: () -> Instant
    private let tell: (Happening) -> Void
    private var caller: Caller?

    /// - Parameter tell: everybody.
    package init(_ loop: Loop, now: @escaping () -> Instant, tell: @escaping (Happening) -> Void) {
        self.loop = loop
        self.now = now
        self.tell = tell
    }

    /// - Parameter answer: once, with the last step.
    package func begin(
        _ order: DrillOrder, force: Bool, progress: @escaping (DrillProgress) -> Void, answer: @escaping (DrillProgress) -> Void
    ) throws(DrillRefusal) {
        try loop.engine.permit(order, force: force, at: now())
        if loop.engine.drill != nil { loop.take(.drillEnded(reason: "another drill was forced")) }
        guard caller == nil else {
            throw DrillRefusal(message: "The reports of a drill that is over are still being made: try again in a minute.")
        }
        caller = Caller(progress: progress, answer: answer)
        loop.take(.drill(order))
    }

    package func callerLeft() {
        guard caller != nil else { return }
        if loop.engine.drill != nil { loop.take(.drillEnded(reason: "whoever began it has gone")) }
        // Without a drill only reports were waited for.
        answer()
    }

    /// All that happens passes here on its way to the people.
    /// - Returns: whether reports are waited for from now on: `patienceEnds` is to be called after `reportPatience`.
    package func hear(_ happening: Happening) -> Bool {
        guard caller != nil else { return false }
        switch happening {
        case .drill(let step):
            var progress = DrillProgress(step: step.name, milliseconds: Int(step.milliseconds), message: step.sentence.text)
            guard case .over(let outcome, _, _) = step.what else {
                caller?.progress(progress)
                return false
            }
            progress.outcome = outcome.rawValue
            caller?.last = progress
            caller?.watch.end(outcome)
            guard caller?.watch.isComplete ?? true else { return true }
            answer()
        case .switched(let what):
            guard let report = what.report, what.drill != nil else { return false }
            caller?.watch.expect(report: report)
        default: break
        }
        return false
    }

    package func reported(_ report: SwitchReport) {
        guard caller?.watch.finished(report: report.id, backedUp: report.backedUp, broken: report.broken) ?? false else { return }
        caller?.progress(DrillProgress(step: "report", milliseconds: 0, message: report.headline, report: report.id))
        if caller?.watch.isComplete ?? false { answer() }
    }

    package func patienceEnds() {
        if caller?.watch.outcome != nil { answer() }
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
