import Clients
import Control
import ControlProtocol
import Dispatch
import Engine
import Floor
import FoundationEssentials
import Health
import LinuxKernel
import Logging
import Model
import Plan
import Probing
import Scenario

/// The shell around the engine: it owns the sockets, the timer and the files, and runs on one serial queue. It decides nothing: what it
/// hears goes into the engine as an event, and what the engine says is done. The outcome goes back in as an event.
actor Daemon {
    struct Options: Sendable {
        var configuration: String
        var control: String
        var recording: String?
    }

    let options: Options
    /// The text of the last configuration that was handed to the engine.
    var configurationText: String
    let log: Logger
    let clock = Clock()
    let started = Date()
    let executor: QueueExecutor
    /// Of all that the engine's queue waits for: the kernel's notices, the probes, the control socket.
    let poll: Poll
    let manager: ServiceManager
    let stateFile: StateFile
    let lock: InstanceLock

    var engine: Engine
    let kernel: LinuxKernel
    let notices: KernelNotices
    let sessions = SessionTable()
    var routingNotices = NoticeCollector()
    /// Changes to the firewall come as whole transactions, so there is little to wait for: clients without NAT are offline.
    var firewallNotices = NoticeCollector(quiet: .milliseconds(1), ceiling: .milliseconds(10))
    var prober: Prober?
    var oneOffs = OneOffProbes()
    var drillCaller: DrillCaller?
    var server: ControlServer?
    var recorder: Recorder?
    var journal = EventJournal()
    var samples: SampleLog
    /// What the last reload refused, and what else the engine can't know.
    var configurationProblem: String?
    var stateProblem: String?
    /// What others have that gets into our way, at the last look: at the start and after a reload.
    var boxProblems: [String] = []

    var firewall: (any Firewall)?
    /// Used before a reload chose another; their rules stand until those of the new one do.
    var retiredFirewalls: [any Firewall] = []
    /// By which `firewall` was, or is being, chosen.
    var firewallSettings: Settings?
    var firewallTask: Task<Void, Never>?
    var firewallToDo: [FirewallPlace: FirewallRestore?] = [:]

    private(set) lazy var reporter = Reporter(clock: clock) { [weak self, executor] report in
        executor.queue.async { [weak self] in self?.assumeIsolated { $0.tell(report) } }
    }
    /// What the reporter was told last.
    var sharedGround: Ground?
    var sharedReporting: Reporting?
    var sharedLeases: String?
    /// Since when the selected WAN has been suspect.
    var doubt: (wan: WANName, since: Instant)?
    var lastReportTime = Date(timeIntervalSince1970: 0)

    private var waiting: [Event] = []
    private var isHandling = false
    private var timer: Poll.Ticket?
    /// That routes, rules and NAT stood for the first time has been told.
    var announcedOrder = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(options: Options, settings: Settings, text: String, queue: DispatchQueue, manager: ServiceManager, log: Logger) throws {
        self.options = options
        configurationText = text
        self.log = log
        self.manager = manager
        executor = QueueExecutor(queue: queue)
        poll = Poll(queue: queue)
        lock = try InstanceLock()
        kernel = try LinuxKernel()
        notices = try KernelNotices()
        let stateFile = StateFile(besideSocket: options.control)
        self.stateFile = stateFile
        var beginning = Scenario.Beginning()
        do {
            beginning = try stateFile.read()
        } catch {
            // An administrator may still want to read it, and the next write would replace it.
            log.error(
                "The state file can't be used; going on without it",
                metadata: ["problem": "\(error)", "kept": "\(stateFile.setAside())"])
        }
        beginning.recall(from: kernel, settings)
        engine = Engine(settings: settings, beginning, at: clock.now())
        samples = SampleLog(engine.settings)
        if let path = options.recording {
            let recorder = try Recorder(path: path)
            recorder.write(.init(at: clock.now(), input: .start(configuration: text, beginning), effects: []))
            self.recorder = recorder
        }
    }

    // MARK: life

    func start() throws {
        publish(
            Notice(.daemon, .notice, "uplinkd \(Version.current) starts.", details: startDetails))
        prober = Prober(poll: poll) { [weak self] id, outcome in
            self?.assumeIsolated { $0.probeEnded(id, outcome) }
        }
        let server = try ControlServer(path: options.control, handler: self, poll: poll)
        self.server = server
        for descriptor in notices.descriptors {
            let ticket = poll.add(descriptor) { [weak self] _ in self?.assumeIsolated { $0.readNotices() } }
            guard poll.want(.read, ticket) else { throw CallError.last("waiting for the kernel's notices") }
        }
        if let problem = notices.firewallProblem {
            log.warning(
                "The kernel tells of no changes to the firewall; it is looked at every few seconds", metadata: ["problem": "\(problem)"])
        }
        timer = poll.addTimer { [weak self] in self?.assumeIsolated { $0.timePassed() } }
        // The numbers of the WANs, before anything is made with them.
        saveState()
        // Notices are heard from here on, so nothing is missed between the first reading and them.
        readKernel()
        observeFirewall()
        surveyBox()
        Task { await server.start() }
    }

    /// All that is in force, in one line.
    private var startDetails: [String: String] {
        [
            "config": "\(options.configuration)", "control": "\(options.control)", "min_stay": "\(engine.settings.minimumStay.text)",
            "wans": "\(engine.settings.wans.map { "\($0.name):\($0.interface):\($0.metric)" }.joined(separator: ","))",
            "probes": "\(engine.settings.wans.map { "\($0.name): \($0.probe.summary)" }.joined(separator: "; "))",
        ]
    }

    /// Leaves the kernel as it is, so that clients keep working while there is no daemon.
    func stop() async {
        manager.notify("STOPPING=1")
        await endDrillForGood()
        await server?.stop()
        log.notice("Stopped; routes and NAT stay as they are")
    }

    func watchdogFed() { manager.notify("WATCHDOG=1") }

    // MARK: events and effects

    private func probeEnded(_ id: ProbeID, _ outcome: ProbeOutcome) {
        if id.owner == .caller { oneOffs.end(id, outcome) } else { take(.probe(id: id, outcome: outcome)) }
    }

    /// The one door into the engine. Events that come up while effects are being carried out wait for their turn.
    func take(_ event: Event) {
        waiting.append(event)
        drain()
    }

    private func drain() {
        guard !isHandling else { return }
        isHandling = true
        while !waiting.isEmpty {
            let event = waiting.removeFirst()
            let now = clock.now()
            let slots = engine.slots
            let effects = engine.handle(event, at: now)
            if engine.slots != slots { saveState() }
            noteSample(event, at: now)
            record(event, effects, at: now)
            perform(effects, decidedAt: now)
            if case .snapshot = event {
                samples.configure(engine.settings)
                shareGround()
            }
        }
        isHandling = false
        schedule()
    }

    private func record(_ event: Event, _ effects: [Effect], at now: Instant) {
        guard let recorder else { return }
        let input: Scenario.Input
        if case .configured = event { input = .reload(configuration: configurationText) } else { input = .event(event) }
        recorder.write(.init(at: now, input: input, effects: effects.flatMap(\.lines)))
    }

    private func perform(_ effects: [Effect], decidedAt: Instant) {
        var applied: Duration?
        let reported = beginReport(effects, decidedAt: decidedAt)
        for effect in effects {
            switch effect {
            case .remember: saveState()
            case .apply(let operations):
                let failures = kernel.carryOut(operations)
                applied = clock.now() - decidedAt
                for operation in operations { log.debug("Applied", metadata: ["command": "\(operation)"]) }
                waiting.append(.applied(failures: failures.map(\.error.description)))
            case .sweep(let sweep): carryOut(sweep)
            case .applyFirewall(let restore): applyFirewall(restore)
            case .observeFirewall(let place): observeFirewall([place])
            case .probe(let request):
                samples.sent(request, at: decidedAt)
                prober?.send(request)
            case .readCounters(let wan): readCounters(of: wan)
            case .readKernel: readKernel()
            case .notify(var notice):
                if notice.kind == .selection, let applied { notice.details["applied_us"] = "\(applied.nanoseconds / 1000)" }
                if notice.kind == .selection, let reported { notice.details["report"] = reported.id }
                publish(notice)
            }
        }
        if let reported { describe(reported, decidedAt: decidedAt, applied: applied) }
    }

    /// On a queue of its own: a table of 200,000 sessions is a matter of a tenth of a second and more.
    private func carryOut(_ sweep: SessionSweep) {
        sessions.sweep(sweep) { [weak self, executor] result in
            executor.queue.async { [weak self] in
                self?.assumeIsolated { daemon in
                    switch result {
                    case .success(let outcome): daemon.take(.swept(id: sweep.id, outcome))
                    case .failure(let error): daemon.take(.sweepFailed(id: sweep.id, error: error.description))
                    }
                }
            }
        }
    }

    /// Also called while effects are being carried out: the snapshot then waits its turn.
    func readKernel() {
        do {
            waiting.append(.snapshot(try kernel.snapshot(of: engine.interfaces)))
            prober?.retain(only: Set(engine.settings.wans.map(\.interface)))
        } catch {
            waiting.append(.snapshotFailed(error: error.description))
        }
        drain()
    }

    /// Without an answer the probes are all there is to go by, as they are for every WAN that isn't selected.
    private func readCounters(of wan: WANName) {
        guard let interface = engine.settings[wan]?.interface, let index = engine.snapshot?.interface(interface)?.index,
            let counters = try? kernel.linkCounters(of: index)
        else { return }
        waiting.append(.counters(wan, counters))
    }

    var summary: String { engine.summary(at: clock.now()) }

    func saveState() {
        do {
            try stateFile.write(engine.beginning)
            stateProblem = nil
        } catch {
            // Failover goes on: a full disk must not keep a client offline.
            stateProblem = "what was there before us can't be written down, so a teardown after a crash may be incomplete: \(error)"
            log.error("The state file can't be written, going on without", metadata: ["problem": "\(error)"])
        }
    }

    // MARK: notices and time

    private func readNotices() {
        var heard: Set<KernelNotice>
        do {
            heard = try notices.read()
        } catch {
            log.error("Notices of the kernel can't be read; looking at everything", metadata: ["problem": "\(error)"])
            heard = [.overrun]
        }
        // At once, and not with the snapshot: a probe without its route would look lost.
        let ofRouting = heard.intersection([.routing, .overrun])
        if !ofRouting.isEmpty { prober?.routesChanged() }
        routingNotices.add(ofRouting, at: clock.now())
        firewallNotices.add(heard.subtracting([.routing]), at: clock.now())
        schedule()
    }

    private func timePassed() {
        let ofFirewall = firewallNotices.take(at: clock.now())
        if !ofFirewall.isEmpty { observeFirewall(ofFirewall) }
        if !routingNotices.take(at: clock.now()).isEmpty { readKernel() }
        if let deadline = engine.deadline, deadline <= clock.now() { take(.tick) }
        schedule()
    }

    private func schedule() {
        let next = [engine.deadline, routingNotices.deadline, firewallNotices.deadline].compactMap { $0 }.min()
        if let timer { poll.wake(timer, at: next.map(clock.system)) }
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
        tellDrillCaller(notice)
        server?.publishStatusChange()
        noteDoubt(notice)
        if notice.kind == .selection { manager.notify("STATUS=\(summary)") }
    }
}
