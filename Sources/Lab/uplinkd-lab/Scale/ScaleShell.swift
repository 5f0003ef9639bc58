import Control
import Dispatch
import Engine
import Floor
import Glibc
import Health
import Lab
import LinuxKernel
import Model
import Plan
import Probing
import Shell

/// The daemon's loop, with the real engine, prober and timer, over routes in memory: the box's own are left alone, the firewall never
/// answers, and nobody is told.
actor ScaleShell {
    private let executor: QueueExecutor
    private let clock = Clock()
    private let loop: Loop
    private let kernel: StillKernel
    private let counter = TurnCounter()
    private var prober: Prober?

    init(_ settings: ScaleSettings, queue: DispatchQueue) throws {
        executor = QueueExecutor(queue: queue)
        kernel = StillKernel(settings.snapshot, try LinuxKernel())
        loop = Loop(Engine(settings: settings.settings, at: clock.now()))
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func start() {
        let poll = Poll(queue: executor.queue)
        let prober = Prober(poll: poll) { [weak self] id, outcome in
            self?.assumeIsolated { $0.loop.take(.probe(id: id, outcome: outcome)) }
        }
        self.prober = prober
        let firewall = FirewallWorker(FirewallChoice(loop.engine.settings), hearsNotices: true) { _ throws(FirewallError) in
            throw FirewallError("there is none")
        } start: { _ in
        }
        let timer = PollTimer(poll, clock) { [weak self] in self?.assumeIsolated { $0.loop.timePassed() } }
        loop.start(with: Parts(kernel: kernel, prober: prober, firewall: firewall, time: timer, onlooker: counter, sweep: { _ in }))
    }

    func measure() -> ScaleFigures {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func time(_ value: timeval) -> Double { Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
        let counters = prober?.counters ?? ProbeCounters()
        return ScaleFigures(
            seconds: Instant.now().sinceStart.inSeconds, userSeconds: time(usage.ru_utime), systemSeconds: time(usage.ru_stime),
            switches: usage.ru_nvcsw + usage.ru_nivcsw, peakMemory: usage.ru_maxrss, sent: counters.sent, notSent: counters.notSent,
            replies: counters.replies, ignored: counters.ignoredInAll, events: counter.events,
            upAtEnd: loop.engine.healths.count { $0.state == .up })
    }
}

extension Prober: ProbeSender {}

private final class TurnCounter: Onlooker {
    private(set) var events = 0

    func decided(_ turn: Turn) { events += 1 }
    func remember() {}
    func tell(_ happening: Happening, _ turn: Turn) {}
    func carriedOut(_ turn: Turn) {}
}

/// Interfaces that don't change, with routes that nobody else sees. The packet counters are the real ones.
private final class StillKernel: Kernel {
    private var state: Snapshot
    private let kernel: LinuxKernel

    init(_ state: Snapshot, _ kernel: LinuxKernel) {
        self.state = state
        self.kernel = kernel
    }

    func snapshot(of interfaces: Set<InterfaceName>, lan: [InterfaceName]) -> Snapshot { state }
    func linkCounters(of index: UInt32) throws(KernelError) -> LinkCounters? { try kernel.linkCounters(of: index) }

    func apply(_ operation: Operation) {
        switch operation {
        case .addRoute(let route), .appendRoute(let route): state.routes.append(route)
        case .deleteRoute(let route): state.routes.removeAll { $0 == route }
        case .addRule(let rule): state.rules.append(rule)
        case .deleteRule(let rule): state.rules.removeAll { $0 == rule }
        case .set(let setting, let interface, let value):
            for index in state.interfaces.indices where state.interfaces[index].name == interface {
                state.interfaces[index].settings[setting] = value
            }
        }
    }
}

func interfaceIndex(_ name: String) -> UInt32? {
    let index = if_nametoindex(name)
    return index == 0 ? nil : index
}

/// What has happened since the start, or between two moments.
struct ScaleFigures: Codable, Sendable {
    var seconds: Double
    var userSeconds: Double
    var systemSeconds: Double
    var switches: Int
    /// KiB.
    var peakMemory: Int
    var sent: Int
    var notSent: Int
    var replies: Int
    var ignored: Int
    var events: Int
    var upAtEnd: Int

    func since(_ before: ScaleFigures) -> ScaleFigures {
        var figures = self
        figures.seconds -= before.seconds
        figures.userSeconds -= before.userSeconds
        figures.systemSeconds -= before.systemSeconds
        figures.switches -= before.switches
        figures.sent -= before.sent
        figures.notSent -= before.notSent
        figures.replies -= before.replies
        figures.ignored -= before.ignored
        figures.events -= before.events
        return figures
    }
}
