import Clients
import ControlProtocol
import Engine
import Floor
import FoundationEssentials
import Health
import Model
import Selection

/// A report for every switch: the daemon tells the reporter what happens, and what the engine knew when it decided.
extension Daemon {
    func clients() async throws(ControlError) -> [ClientStatus] { try await reporter.clients() }

    func reports(id: String?, last: Int?) async throws(ControlError) -> [SwitchReport] { try await reporter.reports(id: id, last: last) }

    /// A switch that is about to be carried out.
    struct ReportedSwitch {
        var from: WANName
        var to: WANName
        /// The fault that a drill plays, or played until just now. nil: it is real.
        var drill: String?
        var wallTime: Date

        /// `20261124-183012-527`. Made when it is asked for: the routes don't wait for it.
        var id: String {
            let digits = Array(wireTime(wallTime).utf8.filter { (0x30...0x39).contains($0) })
            return [digits.prefix(8), digits.dropFirst(8).prefix(6), digits.dropFirst(14)].map { String(decoding: $0, as: UTF8.self) }
                .joined(separator: "-")
        }
    }

    /// Whose sessions are whose follows from the settings and from addresses.
    func shareGround() {
        guard let snapshot = engine.snapshot else { return }
        let settings = engine.settings
        let ground = Ground(settings, snapshot)
        guard ground != sharedGround || settings.reports != sharedReporting || settings.leases != sharedLeases else { return }
        (sharedGround, sharedReporting, sharedLeases) = (ground, settings.reports, settings.leases)
        reporter.order { $0.settle(ground, isOn: settings.reports == .on, leases: settings.leases) }
    }

    /// Before anything is done about it, so nothing here may take time. nil: it is no switch, or nobody wants a report.
    func beginReport(_ effects: [Effect], decidedAt: Instant) -> ReportedSwitch? {
        guard engine.settings.reports == .on, let ground = sharedGround, let to = engine.selection.wan else { return nil }
        for case .notify(let notice) in effects where notice.kind == .selection {
            guard let from = notice.details["from"].flatMap({ WANName($0) }) else { return nil }
            let draft = ReportDraft(
                from: from, to: to, decidedAt: decidedAt, keepsSessions: engine.isDraining(from), ground: ground)
            reporter.order { $0.decide(draft) }
            let wallTime = max(Date(), lastReportTime.addingTimeInterval(0.001))
            lastReportTime = wallTime
            return ReportedSwitch(from: from, to: to, drill: notice.details["drill"], wallTime: wallTime)
        }
        return nil
    }

    /// Routes and sessions have been seen to.
    func describe(_ reported: ReportedSwitch, decidedAt: Instant, applied: Duration?) {
        let health = engine.healths.first { $0.wan.name == reported.from }
        let isPinned = engine.selection.reason == .pinned
        let metric = { (wan: WANName) in self.engine.settings[wan]?.metric ?? 0 }
        let detected = isPinned ? nil : health.flatMap { firstSign(of: $0, decidedAt: decidedAt) }
        let report = SwitchReport(
            id: reported.id, kind: isPinned ? "switch" : metric(reported.from) < metric(reported.to) ? "failover" : "failback",
            from: reported.from.description, to: reported.to.description, drill: reported.drill,
            reason: engine.selectionReason(at: decidedAt), evidence: evidence(of: reported, at: decidedAt),
            detected: detected.map { wireTime(reported.wallTime.addingTimeInterval(-(decidedAt - $0).inSeconds)) },
            decided: wireTime(reported.wallTime), appliedMilliseconds: milliseconds(applied),
            detectionMilliseconds: milliseconds(detected.map { decidedAt - $0 }), clientsBefore: 0, sessionsBefore: 0,
            countedSecondsBefore: nil, backedUp: 0, staying: 0, idle: 0, gone: 0, broken: 0, fastestMilliseconds: nil,
            medianMilliseconds: nil, slowestMilliseconds: nil, finished: false, notes: [], clients: [])
        reporter.order { $0.describe(report) }
    }

    /// When something was noticed of what made it unfit for sessions. nil: nothing is wrong with it.
    private func firstSign(of health: WANHealth, decidedAt: Instant) -> Instant? {
        switch health.state {
        case .up, .unknown: nil
        case .impaired: health.impairments.map(\.since).min()
        case .absent, .noCarrier, .noGateway, .down, .suspect, .recovering:
            doubt.flatMap { $0.wan == health.wan.name ? $0.since : nil } ?? health.since
        }
    }

    private func evidence(of reported: ReportedSwitch, at now: Instant) -> [String] {
        var sentences: [String] = []
        for health in engine.healths where health.wan.name == reported.from {
            sentences.append("\(reported.from) is \(engine.condition(of: health, at: now)).")
            guard health.state == .down || health.state == .impaired else { continue }
            for target in health.targets {
                if let wrong = target.wrong {
                    sentences.append("\(target.target) gave a wrong answer: \(wrong.detail).")
                } else if let error = target.sendError {
                    sentences.append("\(target.target) couldn't be asked: \(error).")
                } else if let at = target.lastAnswerAt {
                    sentences.append("\(target.target) last answered \(hundredths((now - at).inSeconds)) s before.")
                } else {
                    sentences.append("\(target.target) has never answered.")
                }
            }
        }
        for health in engine.healths where health.wan.name == reported.to {
            sentences.append("\(reported.to) is \(engine.condition(of: health, at: now)).")
        }
        return sentences
    }

    /// A suspicion comes before most switches: then there is time for a count that is fresh.
    func noteDoubt(_ notice: Notice) {
        guard notice.kind == .health, let wan = notice.wan, wan == engine.selection.wan else { return }
        switch notice.details["health"] {
        case HealthState.suspect.rawValue:
            doubt = (wan, clock.now())
            reporter.order { $0.suspect() }
        case HealthState.up.rawValue:
            doubt = nil
            reporter.order { $0.calm() }
        default: break
        }
    }

    func tell(_ report: SwitchReport) {
        let wan = WANName(report.to)
        publish(
            Notice(.report, report.broken > 0 ? .warning : .notice, wan: wan, report.headline, details: ["report": report.id]))
        drillReportFinished(report)
    }
}
