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
    private let loop: Loop
    private let log: Logger
    private let manager: ServiceManager
    private let stateFile: StateFile
    private let recorder: Recorder?
    /// The text of the last configuration that was handed to the engine.
    var configurationText: String
    var samples: SampleLog
    let reports: SwitchReports
    private(set) var journal = EventJournal()
    private(set) var stateProblem: String?
    /// As they are written down.
    private var slots = Slots()
    private var hasAnnouncedOrder = false
    var server: ControlServer?
    /// Gets every notice after everybody else.
    var listener: ((Notice) -> Void)?

    init(
        _ loop: Loop, _ clock: Clock, text: String, recorder: Recorder?, stateFile: StateFile, manager: ServiceManager, log: Logger
    ) {
        self.loop = loop
        reports = SwitchReports(loop, clock)
        configurationText = text
        self.recorder = recorder
        self.stateFile = stateFile
        self.manager = manager
        self.log = log
        samples = SampleLog(loop.engine.settings)
    }

    // MARK: one turn of the loop

    func decided(_ turn: Turn) {
        if loop.engine.slots != slots { remember() }
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
            stateProblem = "what was there before us can't be written down, so a teardown after a crash may be incomplete: \(error)"
            log.error("The state file can't be written, going on without", metadata: ["problem": "\(error)"])
        }
    }

    func tell(_ notice: Notice, _ turn: Turn) {
        var notice = notice
        if notice.kind == .selection {
            if let applied = turn.applied { notice.details["applied_us"] = "\(applied.nanoseconds / 1000)" }
            if let report = reports.begun { notice.details["report"] = report.id }
        }
        publish(notice)
    }

    func carriedOut(_ turn: Turn) {
        for case .apply(let operations) in turn.effects {
            for operation in operations { log.debug("Applied", metadata: ["command": "\(operation)"]) }
        }
        reports.describe(turn)
        switch turn.event {
        case .snapshot: reports.shareGround()
        case .firewallObserved, .firewallFailed: announceOrder()
        default: break
        }
    }

    /// Once, when routes, rules and NAT stand for the first time since the start.
    private func announceOrder() {
        guard !hasAnnouncedOrder, loop.engine.isInOrder else { return }
        hasAnnouncedOrder = true
        let time = reports.clock.now().sinceStart
        publish(
            Notice(.daemon, .notice, "Routes, rules and NAT are in order.", details: ["after_ms": "\(time.nanoseconds / 1_000_000)"]))
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

    // MARK: telling people

    func publish(_ notice: Notice) {
        let event = journal.add(notice, at: Date())
        var metadata: Logger.Metadata = ["kind": "\(notice.kind.rawValue)"]
        if let wan = notice.wan { metadata["wan"] = "\(wan)" }
        for (key, value) in notice.details { metadata[key] = "\(value)" }
        let level: Logger.Level =
            switch notice.severity {
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
        log.log(level: level, "\(notice.message)", metadata: metadata)
        server?.publish(event)
        listener?(notice)
        server?.publishStatusChange()
        reports.note(notice)
        if notice.kind == .selection { manager.notify("STATUS=\(loop.engine.summary(at: reports.clock.now()))") }
    }
}
