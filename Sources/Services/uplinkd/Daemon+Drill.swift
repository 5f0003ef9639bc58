import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import Glibc
import Model
import Shell

/// Whoever waits for a drill to end: it is his, and ends when he goes.
struct DrillCaller {
    let progress: @Sendable (DrillProgress) -> Void
    let continuation: CheckedContinuation<DrillProgress, Never>
    var watch = DrillWatch()
    /// Of the drill itself.
    var last = DrillProgress(step: "over", milliseconds: 0, message: "The drill was ended before its time.", outcome: "stopped")
}

extension Daemon {
    /// A report is finished half a minute after its switch.
    private static let reportPatience: DispatchTimeInterval = .seconds(45)

    func drill(
        _ wanted: DrillParameters, progress: @escaping @Sendable (DrillProgress) -> Void
    ) async throws(ControlError) -> DrillProgress {
        let order = try order(wanted)
        let force = wanted.force ?? false
        do throws(DrillRefusal) {
            try engine.permit(order, force: force, at: clock.now())
        } catch { throw .drillRefused(message: error.message) }
        if engine.drill != nil { loop.take(.drillEnded(reason: "another drill was forced")) }
        guard drillCaller == nil else {
            throw .drillRefused(message: "The reports of a drill that is over are still being made: try again in a minute.")
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                drillCaller = DrillCaller(progress: progress, continuation: continuation)
                loop.take(.drill(order))
            }
        } onCancel: {
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.drillCallerLeft() } }
        }
    }

    private func order(_ wanted: DrillParameters) throws(ControlError) -> DrillOrder {
        guard let wan = engine.settings.wans.first(where: { $0.name.description == wanted.wan })?.name else {
            throw .unknownWAN(wan: wanted.wan, known: engine.settings.wans.map(\.name.description))
        }
        guard let fault = DrillFault(wanted.fault ?? "down") else {
            throw .drillRefused(
                message: "There is no fault '\(wanted.fault ?? "")': write 'down', 'silent', 'lossy=30' (percent, 1 to 99) or 'dns'.")
        }
        let duration = wanted.seconds.map { Duration.seconds($0) } ?? DrillOrder.standardDuration
        guard DrillOrder.durations.contains(duration) else {
            throw .drillRefused(
                message:
                    "A drill lasts from \(DrillOrder.durations.lowerBound.text) to \(DrillOrder.durations.upperBound.text), not \(duration.text)."
            )
        }
        return DrillOrder(wan: wan, fault: fault, duration: duration, unixTime: Int64(time(nil)))
    }

    private func drillCallerLeft() {
        guard drillCaller != nil else { return }
        if engine.drill != nil { loop.take(.drillEnded(reason: "whoever began it has gone")) }
        // Without a drill only reports were waited for.
        answerDrillCaller()
    }

    /// Every notice passes here on its way to the people.
    func tellDrillCaller(_ notice: Notice) {
        guard drillCaller != nil else { return }
        let report = notice.details["report"]
        switch notice.kind {
        case .drill:
            guard let step = notice.details["step"] else { return }
            let progress = DrillProgress(
                step: step, milliseconds: notice.details["after_ms"].flatMap { Int($0) } ?? 0, message: notice.message,
                outcome: notice.details["outcome"])
            guard step == "over" else {
                drillCaller?.progress(progress)
                return
            }
            drillCaller?.last = progress
            if let outcome = progress.outcome.flatMap(Drill.Outcome.init(rawValue:)) { drillCaller?.watch.end(outcome) }
            if drillCaller?.watch.isComplete ?? true { return answerDrillCaller() }
            executor.queue.asyncAfter(deadline: .now() + Self.reportPatience) { [weak self] in
                self?.assumeIsolated { if $0.drillCaller?.watch.outcome != nil { $0.answerDrillCaller() } }
            }
        case .selection:
            guard let report, notice.details["drill"] != nil else { return }
            drillCaller?.watch.expect(report: report)
        default: break
        }
    }

    func drillReportFinished(_ report: SwitchReport) {
        guard drillCaller?.watch.finished(report: report.id, backedUp: report.backedUp, broken: report.broken) ?? false else { return }
        drillCaller?.progress(DrillProgress(step: "report", milliseconds: 0, message: report.headline, report: report.id))
        if drillCaller?.watch.isComplete ?? false { answerDrillCaller() }
    }

    private func answerDrillCaller() {
        guard let caller = drillCaller else { return }
        drillCaller = nil
        var last = caller.last
        switch caller.watch.verdict {
        case nil: break
        case .notBackedUp(let sentence):
            last.outcome = "not-backed-up"
            last.message += " \(sentence)"
            publish(Notice(.drill, .warning, last.message, details: ["step": "result", "outcome": "not-backed-up"]))
        case .passed(let sentence):
            last.message += " \(sentence)"
            publish(Notice(.drill, .notice, last.message, details: ["step": "result", "outcome": "passed"]))
        }
        caller.continuation.resume(returning: last)
    }

    /// The daemon is about to leave: what plays the fault has to go with it.
    func endDrillForGood() async {
        guard engine.drill != nil else { return }
        loop.take(.drillEnded(reason: "uplinkd stops"))
        // The kernel would let the traffic through at the end of the drill all the same.
        let deadline = clock.now() + .seconds(3)
        while !engine.isFirewallSettled, clock.now() < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    }
}
