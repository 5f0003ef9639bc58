import ControlProtocol
import Control
import Engine
import Floor
import FoundationEssentials
import Health
import Logging
import Model
import Scenario
import Shell

/// What is written down of the loop's work, and told: the recording, the samples, the state file, the journal and those who follow it.
final class Chronicle: Onlooker {
    let started = Date()
    let manager: ServiceManager
    private let loop: Loop
    private let log: Logger
    private let stateFile: StateFile
    private let verdicts: VerdictFile?
    /// As it is in the file.
    private var presumption: Presumption?
    private let recorder: Recorder?
    /// The text of the last configuration that was handed to the engine.
    var configurationText: String
    var samples: SampleLog
    let reports: SwitchReports
    private(set) var journal = EventJournal()
    private(set) var stateProblem: StatusProblem?
    /// What others have that gets into our way, at the last look: at the start and after a reload.
    private(set) var boxProblems: [String] = []
    /// As they are written down.
    private var slots = Slots()
    private var hasAnnouncedOrder = false
    /// What the followers of the control socket hear.
    let news = ControlNews()
    /// Gets all that is told after everybody else.
    var listener: ((Happening) -> Void)?

    init(
        _ loop: Loop, _ clock: Clock, text: String, recorder: Recorder?, stateFile: StateFile, verdicts: VerdictFile?,
        manager: ServiceManager, log: Logger
    ) {
        self.loop = loop
        reports = SwitchReports(loop, clock)
        configurationText = text
        self.recorder = recorder
        self.stateFile = stateFile
        self.verdicts = verdicts
        self.manager = manager
        self.log = log
        samples = SampleLog(loop.engine.settings)
    }

    // MARK: one turn of the loop

    func decided(_ turn: Turn) {
        // They change with another configuration only, and that is taken in with a reading. Before anything is made with them.
        if case .snapshot = turn.event, loop.engine.slots != slots { remember() }
        note(turn)
        record(turn)
        reports.begin(turn)
    }

    func remember() {
        do {
            slots = loop.engine.slots
            try stateFile.write(loop.engine.beginning)
            stateProblem = nil
        } catch {
            // Failover goes on: a full disk must not keep a client offline.
            stateProblem = .stateUnwritten(error: "\(error)")
            log.error("The state file can't be written, going on without", metadata: ["problem": "\(error)"])
        }
    }

    /// Only what a WAN's health says changes it.
    private func keepVerdicts() {
        let current = loop.engine.presumption
        guard let verdicts, current != presumption else { return }
        presumption = current
        verdicts.write(current)
    }

    func tell(_ happening: Happening, _ turn: Turn) {
        if case .healthChanged = happening { keepVerdicts() }
        guard case .switched(var what) = happening else { return publish(happening) }
        what.applied = turn.applied
        what.report = reports.begun?.id
        publish(.switched(what))
    }

    func carriedOut(_ turn: Turn) {
        for case .apply(let operations) in turn.effects {
            for operation in operations { log.debug("Applied", metadata: ["command": "\(operation)"]) }
        }
        reports.describe(turn)
        switch turn.event {
        case .snapshot:
            reports.shareGround()
            announceOrder()
        case .firewallObserved, .firewallFailed: announceOrder()
        default: break
        }
    }

    /// Once, when routes, rules and NAT stand for the first time since the start.
    private func announceOrder() {
        guard !hasAnnouncedOrder, loop.engine.isInOrder else { return }
        hasAnnouncedOrder = true
        publish(.inOrder(after: reports.clock.now().sinceStart))
    }

    private func note(_ turn: Turn) {
        switch turn.event {
        case .probe(let id, let outcome): samples.ended(id, outcome)
        case .snapshot:
            samples.configure(loop.engine.settings)
            for health in loop.engine.healths { if let link = health.link { samples.observe(health.wan.name, link, at: turn.at) } }
        default: break
        }
        for case .probe(let request) in turn.effects { samples.sent(request, at: turn.at) }
    }

    private func record(_ turn: Turn) {
        guard let recorder else { return }
        let input: Scenario.Input
        if case .configured = turn.event { input = .reload(configuration: configurationText) } else { input = .event(turn.event) }
        recorder.write(.init(at: turn.at, input: input, effects: turn.effects.flatMap(\.lines)))
    }

    func finish() { recorder?.finish() }

    // MARK: telling people

    func tell(ofBox problems: [String]) {
        for problem in problems where !boxProblems.contains(problem) { publish(.boxWarning(problem)) }
        boxProblems = problems
    }

    func publish(_ happening: Happening) {
        let event = journal.add(happening, at: Date())
        var metadata: Logger.Metadata = ["kind": "\(event.kind.rawValue)"]
        if let wan = event.wan { metadata["wan"] = "\(wan)" }
        for (key, value) in event.details { metadata[key] = "\(value)" }
        let level: Logger.Level =
            switch happening.severity {
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
        log.log(level: level, "\(event.message)", metadata: metadata)
        news.happened(event)
        listener?(happening)
        news.statusChanged()
        reports.note(happening)
        if happening.kind == .selection { manager.notify("STATUS=\(loop.engine.answer(at: reports.clock.now()).sentence)") }
    }
}
