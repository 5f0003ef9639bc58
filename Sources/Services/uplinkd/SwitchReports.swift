import Clients
import ControlProtocol
import Engine
import Floor
import FoundationEssentials
import Model
import Selection
import Shell
import Varlink

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
        var what: Switch
        var from: WANName
        var to: WANName
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
        let file = settings.leases ?? settings.lanService?.pool.map { _ in LANService.leaseFile }
        guard ground != self.ground || settings.reports != reporting || file != leases else { return }
        (self.ground, reporting, leases) = (ground, settings.reports, file)
        reporter.order { $0.settle(ground, isOn: settings.reports == .on, leases: file) }
    }

    /// Before anything is done about it, so nothing here may take time.
    func begin(_ turn: Turn) {
        begun = nil
        for case .notify(.switched(let what)) in turn.effects {
            guard loop.engine.settings.reports == .on, let ground, let from = what.from, let to = what.to else { return }
            let draft = ReportDraft(
                from: from, to: to, decidedAt: turn.at, keepsSessions: loop.engine.isDraining(from),
                family: loop.engine.selection(.v6).wan == to ? nil : .v4, ground: ground)
            reporter.order { $0.decide(draft) }
            let wallTime = max(Date(), lastTime.addingTimeInterval(0.001))
            lastTime = wallTime
            begun = Begun(what: what, from: from, to: to, wallTime: wallTime)
            return
        }
    }

    /// Routes and sessions have been seen to.
    func describe(_ turn: Turn) {
        guard let begun else { return }
        let facts = loop.engine.facts(of: begun.what, doubt, at: turn.at)
        let detection = facts.detectedAt.map { turn.at - $0 }
        let report = SwitchReport {
            $0.id = begun.id
            $0.kind = begun.what.kind.rawValue
            $0.from = begun.from.description
            $0.to = begun.to.description
            $0.drill = begun.what.drill?.description
            $0.reason = begun.what.reason.sentence
            $0.evidence = facts.evidence.map(\.sentence)
            $0.detected = detection.map { wireTime(begun.wallTime.addingTimeInterval(-$0.inSeconds)) }
            $0.decided = wireTime(begun.wallTime)
            $0.appliedMilliseconds = milliseconds(turn.applied)
            $0.detectionMilliseconds = milliseconds(detection)
        }
        reporter.order { $0.describe(report) }
    }

    func note(_ happening: Happening) {
        // A drill is a switch that is known beforehand, and with most of its faults the count at the suspicion would come late.
        if case .drill(let step) = happening, case .begun = step.what { reporter.order { $0.suspect() } }
        guard case .healthChanged(let change) = happening else { return }
        switch doubt.note(change.health, of: change.wan, selected: loop.engine.selection.wan, at: clock.now()) {
        case .begun: reporter.order { $0.suspect() }
        case .over: reporter.order { $0.calm() }
        case nil: break
        }
    }
}
