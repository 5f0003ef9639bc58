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
import Shell
import Varlink

/// Wires the loop to the sockets, the timer and the files that it works with, all of them on one serial queue. What is to be done is the
/// engine's decision, what is written down and told of it is the `Chronicle`'s; the extensions answer those who ask by the control socket.
actor Daemon {
    struct Options: Sendable {
        var configuration: String
        var control: String
        var recording: String?
    }

    let options: Options
    let clock = Clock()
    let started = Date()
    let executor: QueueExecutor
    /// Of all that the engine's queue waits for: the kernel's notices and the probes.
    let poll: Poll
    let manager: ServiceManager
    let notices: KernelNotices
    let loop: Loop
    let chronicle: Chronicle
    let commands: Commands
    let drills: DrillDesk
    var prober: Prober?
    var server: VarlinkServer?
    var oneOffs = OneOffProbes()
    /// What others have that gets into our way, at the last look: at the start and after a reload.
    var boxProblems: [String] = []

    private let log: Logger
    private let lock: InstanceLock
    private let kernel: LinuxKernel

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(options: Options, settings: Settings, text: String, queue: DispatchQueue, manager: ServiceManager, log: Logger) throws {
        self.options = options
        self.log = log
        self.manager = manager
        executor = QueueExecutor(queue: queue)
        poll = Poll(queue: queue)
        lock = try InstanceLock()
        kernel = try LinuxKernel()
        notices = try KernelNotices()
        let stateFile = StateFile(besideSocket: options.control)
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
        loop = Loop(Engine(settings: settings, beginning, at: clock.now()))
        let recorder = try options.recording.map { try Recorder(path: $0) }
        recorder?.write(.init(at: clock.now(), input: .start(configuration: text, beginning), effects: []))
        chronicle = Chronicle(loop, clock, text: text, recorder: recorder, stateFile: stateFile, manager: manager, log: log)
        commands = Commands(loop, chronicle, now: clock.now, tell: chronicle.publish)
        drills = DrillDesk(loop, now: clock.now, tell: chronicle.publish)
    }

    // MARK: life

    func start() throws {
        publish(
            .started(
                .init(
                    version: Version.current, configuration: options.configuration, control: options.control, settings: engine.settings)))
        let prober = Prober(poll: poll) { [weak self] id, outcome in
            self?.assumeIsolated { $0.probeEnded(id, outcome) }
        }
        self.prober = prober
        chronicle.reports.reporter.follow { [weak self, executor] report in
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.tell(report) } }
        }
        chronicle.listener = { happening in if self.drills.hear(happening) { self.waitForReports() } }
        let server = try VarlinkServer(path: options.control, group: "uplinkd", service: .control(self, chronicle.news))
        self.server = server
        for descriptor in notices.descriptors {
            let ticket = poll.add(descriptor) { [weak self] _ in self?.assumeIsolated { $0.readNotices() } }
            guard poll.want(.read, ticket) else { throw CallError.last("waiting for the kernel's notices") }
        }
        if let problem = notices.firewallProblem {
            log.warning(
                "The kernel tells of no changes to the firewall; it is looked at every few seconds", metadata: ["problem": "\(problem)"])
        }
        let firewall = FirewallWorker(
            FirewallChoice(engine.settings), hearsNotices: notices.firewallProblem == nil, find: Firewalls.find
        ) { task in self.run(task) }
        let timer = PollTimer(poll, clock) { [weak self] in self?.assumeIsolated { $0.loop.timePassed() } }
        // The numbers of the WANs, before anything is made with them.
        chronicle.remember()
        let sessions = SessionTable()
        let teller = ClientTeller()
        // Notices are heard from here on, so nothing is missed between the first reading and them.
        loop.start(
            with: Parts(
                kernel: kernel, prober: prober, firewall: firewall, time: timer, onlooker: chronicle,
                sweep: { self.carryOut($0, by: sessions, teller) }))
        surveyBox()
        Task { await server.start() }
    }

    /// Leaves the kernel as it is, so that clients keep working while there is no daemon.
    func stop() async {
        manager.notify("STOPPING=1")
        await endDrillForGood()
        await server?.stop()
        log.notice("Stopped; routes and NAT stay as they are")
    }

    var engine: Engine { loop.engine }
    var summary: String { engine.summary(at: clock.now()) }
    func publish(_ happening: Happening) { chronicle.publish(happening) }

    // MARK: what comes back

    private func probeEnded(_ id: ProbeID, _ outcome: ProbeOutcome) {
        if id.owner == .caller { oneOffs.end(id, outcome) } else { loop.take(.probe(id: id, outcome: outcome)) }
    }

    private func readNotices() {
        do {
            loop.hear(try notices.read())
        } catch {
            log.error("Notices of the kernel can't be read; looking at everything", metadata: ["problem": "\(error)"])
            loop.hear([.overrun])
        }
    }

    /// On a queue of its own: a table of 200,000 sessions is a matter of a tenth of a second and more.
    private func carryOut(_ sweep: SessionSweep, by sessions: SessionTable, _ teller: ClientTeller) {
        let (settings, desired, reporter) = (engine.settings, engine.desiredFirewall, chronicle.reports.reporter)
        sessions.sweep(sweep) { [weak self, executor] result in
            if case .success(let swept) = result, !swept.moved.isEmpty {
                self?.tell(swept.moved, of: sweep, desired, settings, teller, reporter)
            }
            executor.queue.async { [weak self] in
                self?.assumeIsolated { daemon in
                    switch result {
                    case .success(let swept): daemon.loop.take(.swept(id: sweep.id, swept.outcome))
                    case .failure(let error): daemon.loop.take(.sweepFailed(id: sweep.id, error: error.description))
                    }
                }
            }
        }
    }

    /// Begins at once, without the engine's queue: each client waits for it.
    private nonisolated func tell(
        _ moved: Set<MovedSession>, of sweep: SessionSweep, _ desired: FirewallDesired, _ settings: Settings, _ teller: ClientTeller,
        _ reporter: Reporter
    ) {
        reporter.order { $0.tellingBegins() }
        let wan = settings.wans.first { settings.markMask.mark(ofWAN: $0.number) == sweep.scope.mark }?.name
        Task {
            let outcome = await teller.tell(moved, desired, FirewallChoice(settings))
            reporter.order { $0.tellingEnds(outcome) }
            if !outcome.isNothing { await self.publish(.clientsTold(wan, outcome)) }
        }
    }

    private func waitForReports() {
        executor.queue.asyncAfter(deadline: .now() + .nanoseconds(Int(DrillDesk.reportPatience.nanoseconds))) { [weak self] in
            self?.assumeIsolated { $0.drills.patienceEnds() }
        }
    }

    private func run(_ task: FirewallTask) {
        Task {
            let outcome = await task.run()
            if let problem = outcome.problem {
                log.warning(
                    "Not all rules of the firewall before could be taken back; `uplinkctl teardown` and a restart do it",
                    metadata: ["firewall": "\(outcome.firewall?.kind ?? "")", "problem": "\(problem)"])
            }
            loop.firewallEnded(outcome)
        }
    }

    /// Nobody's session waits for this.
    func surveyBox() {
        let settings = engine.settings
        Task {
            let found = await BoxSurvey.warnings(for: settings)
            guard settings == engine.settings else { return }
            for problem in found where !boxProblems.contains(problem) { publish(.boxWarning(problem)) }
            boxProblems = found
        }
    }
}

extension Prober: ProbeSender {}
