import Clients
import ControlProtocol
import Engine
import Floor
import FoundationEssentials
import Model
import Selection
import Shell

/// A report for every switch: tells the reporter what happens, and what the engine knew when it decided.
final class SwitchReports {
    let clock: Clock
    let reporter: Reporter
    private let loop: Loop
    private var doubt = Doubt()
    /// What the reporter was told last.
    private var ground: Ground?
    private var reporting: Reporting?
    private var leases: String?
    private var lastTime = Date(timeIntervalSince1970: 0)
    /// The switch that is being carried out.
    private(set) var begun: Begun?

    struct Begun {
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

    init(_ loop: Loop, _ clock: Clock) {
        self.loop = loop
        self.clock = clock
        reporter = Reporter(clock: clock)
    }

    /// Whose sessions are whose follows from the settings and from addresses.
    func shareGround() {
        guard let snapshot = loop.engine.snapshot else { return }
        let settings = loop.engine.settings
        let ground = Ground(settings, snapshot)
        guard ground != self.ground || settings.reports != reporting || settings.leases != leases else { return }
        (self.ground, reporting, leases) = (ground, settings.reports, settings.leases)
        reporter.order { $0.settle(ground, isOn: settings.reports == .on, leases: settings.leases) }
    }

    /// Before anything is done about it, so nothing here may take time.
    func begin(_ turn: Turn) {
        begun = nil
        for case .notify(let notice) in turn.effects where notice.kind == .selection {
            guard loop.engine.settings.reports == .on, let ground, let to = loop.engine.selection.wan,
                let from = notice.details["from"].flatMap({ WANName($0) })
            else { return }
            let draft = ReportDraft(
                from: from, to: to, decidedAt: turn.at, keepsSessions: loop.engine.isDraining(from), ground: ground)
            reporter.order { $0.decide(draft) }
            let wallTime = max(Date(), lastTime.addingTimeInterval(0.001))
            lastTime = wallTime
            begun = Begun(from: from, to: to, drill: notice.details["drill"], wallTime: wallTime)
            return
        }
    }

    /// Routes and sessions have been seen to.
    func describe(_ turn: Turn) {
        guard let begun else { return }
        let facts = loop.engine.facts(ofSwitchFrom: begun.from, to: begun.to, doubt, at: turn.at)
        let detection = facts.detectedAt.map { turn.at - $0 }
        let report = SwitchReport(
            id: begun.id, kind: facts.kind.rawValue, from: facts.from.description, to: facts.to.description, drill: begun.drill,
            reason: facts.reason, evidence: facts.evidence,
            detected: detection.map { wireTime(begun.wallTime.addingTimeInterval(-$0.inSeconds)) }, decided: wireTime(begun.wallTime),
            appliedMilliseconds: milliseconds(turn.applied), detectionMilliseconds: milliseconds(detection), clientsBefore: 0,
            sessionsBefore: 0, countedSecondsBefore: nil, backedUp: 0, staying: 0, idle: 0, gone: 0, broken: 0, fastestMilliseconds: nil,
            medianMilliseconds: nil, slowestMilliseconds: nil, finished: false, notes: [], clients: [])
        reporter.order { $0.describe(report) }
    }

    func note(_ notice: Notice) {
        guard notice.kind == .health, let wan = notice.wan, let state = notice.details["health"].flatMap(HealthState.init(rawValue:)) else {
            return
        }
        switch doubt.note(state, of: wan, selected: loop.engine.selection.wan, at: clock.now()) {
        case .begun: reporter.order { $0.suspect() }
        case .over: reporter.order { $0.calm() }
        case nil: break
        }
    }
}
