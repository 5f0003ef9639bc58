import Clients
import Control
import ControlProtocol
import Devices
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
        /// The folder of what a reboot doesn't take away. nil: nothing is kept.
        var state: String?
    }

    let options: Options
    let clock = Clock()
    let executor: QueueExecutor
    let senses: Senses
    let loop: Loop
    let chronicle: Chronicle
    /// For the followers of the control socket.
    let news: ControlNews
    let commands: Commands
    let drills: DrillDesk
    let oneOffs: OneOffProbes
    private(set) var server: VarlinkServer?
    private let log: Logger
    /// How many looks at the box were begun: only the last one counts.
    private var surveys = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(options: Options, settings: Settings, text: String, queue: DispatchQueue, manager: ServiceManager, log: Logger) throws {
        self.options = options
        self.log = log
        executor = QueueExecutor(queue: queue)
        senses = try Senses(queue: queue)
        oneOffs = OneOffProbes(senses)
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
        let verdicts = options.state.map { VerdictFile(folder: $0, log: log) }
        beginning.presumption = verdicts?.read()
        // Nobody waits for us yet. From the start on a watch looks.
        let present = try DeviceSurvey().devices()
        beginning.recall(from: senses.kernel, settings.assigned(among: present))
        loop = Loop(Engine(settings: settings, beginning, at: clock.now()))
        let recorder = try options.recording.map { try Recorder(path: $0) }
        recorder?.write(.init(at: clock.now(), input: .start(configuration: text, beginning), effects: []))
        loop.take(.devices(present))
        chronicle = Chronicle(
            loop, clock, text: text, recorder: recorder, stateFile: stateFile, verdicts: verdicts, manager: manager, log: log)
        news = chronicle.news
        commands = Commands(loop, chronicle, now: clock.now, tell: chronicle.publish)
        drills = DrillDesk(
            loop, now: clock.now, later: { [poll = senses.poll] in poll.after($0, $1) }, tell: chronicle.publish)
    }

    // MARK: life

    func start() throws {
        publish(
            .started(
                .init(
                    version: Version.current, configuration: options.configuration, control: options.control, settings: engine.settings)))
        let prober = senses.makeProber { [weak self] id, outcome in
            self?.assumeIsolated { $0.probeEnded(id, outcome) }
        }
        chronicle.reports.reporter.follow { [weak self, executor] report in
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.tell(report) } }
        }
        chronicle.listener = drills.hear
        let server = try VarlinkServer(path: options.control, group: "uplinkd", service: .control(self))
        self.server = server
        let devices = DeviceWatch(known: engine.devices ?? []) { [weak self, executor] result in
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.found(result) } }
        }
        try senses.hearNotices(log: log) { [loop] notices in
            loop.hear(notices)
            if !notices.isDisjoint(with: [.devices, .overrun]) { devices.look() }
        }
        let firewall = FirewallWorker(
            FirewallChoice(engine.settings), hearsNotices: senses.hearsFirewall, find: Firewalls.find
        ) { task in self.run(task) }
        let timer = PollTimer(senses.poll, clock) { [weak self] in self?.assumeIsolated { $0.loop.timePassed() } }
        // The numbers of the WANs, before anything is made with them.
        chronicle.remember()
        let sessions = SessionTable(hearsEnds: true)
        let teller = ClientTeller()
        let files = BoxFilesReader()
        let newSessions = NewSessionWatch { [weak self, executor] wan, sessions in
            executor.queue.async { [weak self] in self?.assumeIsolated { $0.loop.take(.newSessions(wan, sessions)) } }
        }
        // Notices are heard from here on, so nothing is missed between the first reading and them.
        loop.start(
            with: Parts(
                kernel: senses.kernel, prober: prober, firewall: firewall, time: timer, onlooker: chronicle,
                sweep: { self.carryOut($0, by: sessions, teller) }, watch: { [log] in newSessions.follow($0, log) },
                lookAtSockets: { self.look(at: $0, in: sessions) }, readFiles: { self.read($0, by: files) }))
        surveyBox()
        Task { await server.start() }
    }

    /// Leaves the kernel as it is, so that clients keep working while there is no daemon.
    func stop() async {
        chronicle.manager.notify("STOPPING=1")
        await endDrillForGood()
        await server?.stop()
        chronicle.finish()
        log.notice("Stopped; routes and NAT stay as they are")
    }

    var engine: Engine { loop.engine }
    var summary: String { engine.answer(at: clock.now()).sentence.text }
    func publish(_ happening: Happening) { chronicle.publish(happening) }

    // MARK: what comes back

    private func probeEnded(_ id: ProbeID, _ outcome: ProbeOutcome) {
        if id.owner == .caller { oneOffs.end(id, outcome) } else { loop.take(.probe(id: id, outcome: outcome)) }
    }

    /// What was known before holds until the next notice.
    private func found(_ devices: Result<[Device], KernelError>) {
        switch devices {
        case .success(let devices): loop.take(.devices(devices))
        case .failure(let error): log.error("The interfaces can't be listed, ignoring", metadata: ["problem": "\(error)"])
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

    private func look(at scope: SessionScope, in sessions: SessionTable) {
        sessions.sockets(scope) { [weak self, executor] result in
            executor.queue.async { [weak self] in
                self?.assumeIsolated { daemon in
                    switch result {
                    case .success(let sockets): daemon.loop.take(.ownSockets(scope.wan, sockets))
                    case .failure(let error): daemon.log.debug("The box's own sockets can't be listed", metadata: ["problem": "\(error)"])
                    }
                }
            }
        }
    }

    private func read(_ interfaces: [InterfaceName: UInt32], by reader: BoxFilesReader) {
        reader.read(interfaces) { [weak self, executor] files in
            executor.queue.async { [weak self] in
                self?.assumeIsolated { if $0.engine.files != files { $0.loop.take(.files(files)) } }
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

    /// Nobody's session waits for this. What others change isn't told to us, so it is looked at again: soon while something is in the way, so that
    /// a warning goes with what it warns of.
    func surveyBox() {
        let settings = engine.settings
        surveys += 1
        let number = surveys
        Task {
            let found = await BoxSurvey.warnings(for: settings)
            guard number == surveys else { return }
            chronicle.tell(ofBox: found)
            senses.poll.after(found.isEmpty ? .seconds(600) : .seconds(30)) { [weak self] in
                self?.assumeIsolated { if number == $0.surveys { $0.surveyBox() } }
            }
        }
    }
}

extension Prober: ProbeSender {}

extension NewSessionWatch {
    /// A kernel without notices of sessions has the probes all the same.
    fileprivate func follow(_ scope: SessionScope?, _ log: Logger) {
        do throws(KernelError) { try watch(scope) } catch {
            log.warning(
                "New sessions can't be followed; dead TCP or DNS behind pings that pass won't be seen",
                metadata: ["problem": "\(error)"])
        }
    }
}
