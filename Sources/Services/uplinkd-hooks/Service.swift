import Chassis
import Control
import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Glibc
import Model

/// Carries out what the dispatcher says: starts hooks, keeps the marks, writes the log.
actor Service {
    struct Options: Sendable {
        var folder: String
        var control: String
        var timeout: Duration
        /// uplinkd's, for its language.
        var configuration: String
        /// Where the marks are kept. nil: nowhere, so after a restart the hooks begin with what is new.
        var state: String?
    }

    private let options: Options
    private let folder: HookFolder
    private let log: ServiceLog
    private let manager: ServiceManager
    private let inherited = ProcessInfo.processInfo.environment
    nonisolated let executor: QueueExecutor
    private let poll: Poll
    private var dispatcher: Dispatcher
    private var runs: [String: HookRun] = [:]
    private var refused: [String] = []
    private var isReady = false
    /// Those that wait until no hook runs.
    private var stopping: [CheckedContinuation<Void, Never>] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ options: Options, log: ServiceLog, manager: ServiceManager) {
        self.options = options
        self.log = log
        self.manager = manager
        folder = HookFolder(path: options.folder)
        executor = QueueExecutor(queue: DispatchQueue(label: "net.uplinkd.hooks"))
        poll = Poll(queue: executor.queue)
        dispatcher = Dispatcher(marks: options.state.map(Self.marks) ?? [:])
    }

    func start() {
        let hooks = hooks()
        log.write(
            .info,
            "Follows the events of \(options.control); hooks in \(options.folder): \(hooks.isEmpty ? "none" : hooks.joined(separator: ", "))."
        )
        Task { await ControlFollower(path: options.control).run { await self.heard($0) } }
    }

    private func heard(_ news: ControlFollower.News) {
        switch news {
        case .connected(_, let past, let weWereFirst):
            log.write(.info, "Connected to uplinkd.")
            carryOut(dispatcher.connected(past: past, weWereFirst: weWereFirst, hooks: hooks()))
        case .happened(let events): for event in events { carryOut(dispatcher.happened(event, hooks: hooks())) }
        case .away(let error, let isNew): if isNew { log.write(.notice, "\(error) Trying again.") }
        case .alive: break
        }
        // Now the daemon, which is ordered after us, may start: whatever it does from here on, we were first.
        if !isReady { manager.notify("READY=1") }
        isReady = true
    }

    func tryHooks() {
        let hooks = hooks()
        log.write(.notice, hooks.isEmpty ? "There is no hook to try." : "Trying \(hooks.joined(separator: ", ")).")
        carryOut(dispatcher.tried(.toTry, hooks: hooks))
    }

    /// Those that run have their time; what systemd does after TimeoutStopSec= is another matter.
    func stop() async {
        dispatcher.stop()
        await withCheckedContinuation {
            stopping.append($0); endIfIdle()
        }
    }

    private func endIfIdle() {
        guard dispatcher.isIdle else { return }
        for stopping in stopping { stopping.resume() }
        stopping = []
    }

    /// What there is now. Why something isn't run is told once, until it changes.
    private func hooks() -> [String] {
        let contents = folder.read()
        for refusal in contents.refused where !refused.contains(refusal) { log.write(.warning, refusal) }
        refused = contents.refused
        return contents.hooks
    }

    private func carryOut(_ effects: [Dispatcher.Effect]) {
        saveMarks()
        for effect in effects {
            switch effect {
            case .run(let hook, let delivery): run(hook, delivery)
            case .fallsBehind(let hook):
                log.write(.warning, "\(hook) is \(HookQueue.limit) events behind; the least severe are dropped.")
            }
        }
    }

    private func run(_ hook: String, _ delivery: Delivery) {
        if delivery.dropped > 0 { log.write(.warning, "\(hook): \(delivery.dropped) events were dropped.") }
        let environment = HookInput.environment(
            delivery, control: options.control, inherited: inherited, language: .ofFile(options.configuration))
        runs[hook] = HookRun(
            folder.file(hook), environment: environment, input: HookInput.json(delivery.event), timeout: options.timeout,
            poll: poll
        ) { outcome in self.assumeIsolated { $0.ended(hook, delivery.event, outcome) } }
    }

    private func ended(_ hook: String, _ event: ControlEvent, _ outcome: HookRun.Outcome) {
        runs[hook] = nil
        for line in outcome.output { log.write(.info, "\(hook): \(line)") }
        log.write(
            outcome.isSuccess ? .info : .warning,
            "\(hook): \(outcome.text(timeout: options.timeout)), for event \(event.id) (\(event.kind.rawValue)).")
        carryOut(dispatcher.ended(hook, hooks: hooks()))
        endIfIdle()
    }

    // Marks

    private var savedMarks: [String: EventMark]?

    /// None is there before the first event, and one that can't be read is as good as none.
    private static func marks(in path: String) -> [String: EventMark] {
        (try? Files.read(path)).map { MarkText.marks(in: String(decoding: $0, as: UTF8.self)) } ?? [:]
    }

    /// Before anything is run, so that a crash in between makes nobody get an event twice.
    private func saveMarks() {
        guard let path = options.state, savedMarks != dispatcher.marks else { return }
        savedMarks = dispatcher.marks
        do throws(CallError) {
            try Files.replace(path, with: Array(MarkText.text(of: dispatcher.marks).utf8))
        } catch {
            log.write(.warning, "\(error). After a restart the hooks will begin with what is new.")
        }
    }
}

extension ControlEvent {
    /// For trying hooks: no event has this identifier.
    static var toTry: ControlEvent {
        ControlEvent(
            id: 0, time: wireTime(Date()), kind: .init(rawValue: "test"), severity: .notice, wan: nil,
            message: "This is a test of the hooks; nothing has happened.", details: ["test": "true"])
    }
}
