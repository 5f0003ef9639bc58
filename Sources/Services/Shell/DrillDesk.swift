package import ControlProtocol
package import Engine
package import Model

/// Whoever waits for a drill to end: it is his, and ends when he goes.
package final class DrillDesk {
    /// A report is finished half a minute after its switch.
    static let reportPatience: Duration = .seconds(45)

    private struct Caller {
        var number: Int
        var begun: Instant
        var progress: (DrillProgress) -> Void
        var answer: (DrillProgress) -> Void
        var watch = DrillWatch()
        /// Of the drill itself.
        var last: DrillProgress

        init(
            _ order: DrillOrder, number: Int, begun: Instant, progress: @escaping (DrillProgress) -> Void,
            answer: @escaping (DrillProgress) -> Void
        ) {
            self.number = number
            self.begun = begun
            self.progress = progress
            self.answer = answer
            last = DrillProgress(DrillStep(wan: order.wan, after: .zero, what: .over(.stopped, failover: nil, failback: nil)))
        }
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
        if loop.engine.drill != nil { loop.take(.drillEnded(.replaced)) }
        guard caller == nil else { throw .reportsPending }
        caller = Caller(order, number: number, begun: now(), progress: progress, answer: answer)
        loop.take(.drill(order))
    }

    package func left(_ number: Int) {
        guard caller?.number == number else { return }
        if loop.engine.drill != nil { loop.take(.drillEnded(.callerLeft)) }
        // Without a drill only reports were waited for.
        answer()
    }

    /// All that happens passes here on its way to the people.
    package func hear(_ happening: Happening) {
        guard let number = caller?.number else { return }
        switch happening {
        case .drill(let step):
            guard case .over(let outcome, _, _) = step.what else {
                caller?.progress(DrillProgress(step))
                return
            }
            caller?.last = DrillProgress(step)
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
        caller?.progress(
            DrillProgress(
                step: "report", milliseconds: caller.map { Int((now() - $0.begun).nanoseconds / 1_000_000) } ?? 0,
                message: Happening(report).sentence, report: report.id))
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
        if let verdict = caller.watch.verdict {
            let judged = Happening.drillJudged(verdict, message: last.message.text)
            last.outcome = verdict.outcome.rawValue
            last.message = judged.sentence
            tell(judged)
        }
        caller.answer(last)
    }
}

extension DrillProgress {
    fileprivate init(_ step: DrillStep) {
        self.init(step: step.name, milliseconds: Int(step.milliseconds), message: step.sentence)
        if case .over(let outcome, _, _) = step.what { self.outcome = outcome.rawValue }
    }
}

extension Happening {
    /// Of a report that is finished.
    package init(_ report: SwitchReport) {
        self = .reported(id: report.id, WANName(report.to), headline: report.headline, isAnybodyBroken: report.broken > 0)
    }
}
