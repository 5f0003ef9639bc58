import Control
import Dispatch
import Engine
import Floor
import Glibc
import Health
import Lab
import LinuxKernel
import Model
import Probing

/// The daemon's loop, with the real engine and the real prober, and without the rest: routes are not applied, nobody is told.
actor ScaleShell {
    private let executor: QueueExecutor
    private var engine: Engine
    private let snapshot: Snapshot
    private var prober: Prober?
    private let poll: Poll
    private var timer: Poll.Ticket?
    private var waiting: [Event] = []
    private var isHandling = false
    private let kernel: LinuxKernel
    private var events = 0

    init(_ settings: ScaleSettings, queue: DispatchQueue) throws {
        kernel = try LinuxKernel()
        executor = QueueExecutor(queue: queue)
        engine = Engine(settings: settings.settings, at: .now())
        snapshot = settings.snapshot
        poll = Poll(queue: queue)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func start() {
        prober = Prober(poll: poll) { [weak self] id, outcome in
            self?.assumeIsolated { $0.take(.probe(id: id, outcome: outcome)) }
        }
        timer = poll.addTimer { [weak self] in self?.assumeIsolated { $0.timePassed() } }
        take(.snapshot(snapshot))
    }

    private func take(_ event: Event) {
        waiting.append(event)
        guard !isHandling else { return }
        isHandling = true
        while !waiting.isEmpty {
            events += 1
            for effect in engine.handle(waiting.removeFirst(), at: .now()) {
                switch effect {
                case .probe(let request): prober?.send(request)
                case .readCounters(let wan): readCounters(of: wan)
                case .remember, .apply, .sweep, .applyFirewall, .observeFirewall, .readKernel, .notify: break
                }
            }
        }
        isHandling = false
        schedule()
    }

    private func readCounters(of wan: WANName) {
        guard let interface = engine.settings[wan]?.interface, let index = snapshot.interface(interface)?.index,
            let counters = try? kernel.linkCounters(of: index)
        else { return }
        waiting.append(.counters(wan, counters))
    }

    private func timePassed() {
        if let deadline = engine.deadline, deadline <= .now() { take(.tick) }
        schedule()
    }

    private func schedule() {
        if let timer { poll.wake(timer, at: engine.deadline) }
    }

    func measure() -> ScaleFigures {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func time(_ value: timeval) -> Double { Double(value.tv_sec) + Double(value.tv_usec) / 1e6 }
        let counters = prober?.counters ?? ProbeCounters()
        return ScaleFigures(
            seconds: Instant.now().sinceStart.inSeconds, userSeconds: time(usage.ru_utime), systemSeconds: time(usage.ru_stime),
            switches: usage.ru_nvcsw + usage.ru_nivcsw, peakMemory: usage.ru_maxrss, sent: counters.sent, notSent: counters.notSent,
            replies: counters.replies, ignored: counters.ignoredInAll, events: events,
            upAtEnd: engine.healths.count { $0.state == .up })
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
