import Engine
import Health
import KernelFake
import Model
import Plan
import Shell
import Testing

/// The loop with everything around it faked: an office with two WANs, a clock that is set by hand, and child programs that run when they
/// are told to.
final class Rig {
    let kernel: FakeKernel
    let loop: Loop
    let time = FakeTime()
    let prober = FakeProber()
    let onlooker = FakeOnlooker()
    /// By their choice; the one that isn't there can't be found.
    let firewalls: [FirewallChoice: FakeFirewall]
    /// Child programs that have been begun.
    var tasks: [FirewallTask] = []
    var hearsNotices = true
    /// Whose new sessions are to be counted.
    var watched: [SessionScope?] = []

    static let nft = FirewallChoice(settings(iptables: .nft))
    static let legacy = FirewallChoice(settings(iptables: .legacy))

    static func settings(iptables: IPTablesVariant = .nft, hold: Duration = .seconds(10), wans: Int = 2) -> Settings {
        let probe = ProbeSettings(targets: [.gateway], hold: hold, readiness: .off)
        let names = [("telkom", "eth0"), ("smartfren", "usb0")].prefix(wans)
        return Settings(
            lan: ["br0"].compactMap { InterfaceName($0) },
            wans: names.enumerated().compactMap { index, names in
                guard let name = WANName(names.0), let interface = InterfaceName(names.1) else { return nil }
                return WANSettings(name: name, interface: interface, metric: UInt32(index + 1), number: index + 1, probe: probe)
            }, minimumStay: .zero, iptables: iptables)
    }

    init(sendsNotices: Bool = true) throws {
        kernel = FakeKernel()
        firewalls = [
            Self.nft: FakeFirewall(kind: "nft", sendsNotices: sendsNotices),
            Self.legacy: FakeFirewall(kind: "legacy", sendsNotices: sendsNotices),
        ]
        loop = Loop(Engine(settings: Self.settings(), at: .start))
        onlooker.loop = loop
        kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        for (name, address, gateway) in [("eth0", "192.0.2.7/24", "192.0.2.1"), ("usb0", "198.51.100.7/24", "198.51.100.1")] {
            let interface = try #require(InterfaceName(name))
            kernel.plug(interface, addresses: [try #require(IPv4Prefix(address))])
            kernel.addForeign(Route(gateway: IPAddress(gateway), interface: interface, routeProtocol: 16, metric: 100))
        }
    }

    func start() {
        time.woken = { [loop] in loop.timePassed() }
        let firewall = FirewallWorker(Self.nft, hearsNotices: hearsNotices) { [firewalls] choice throws(FirewallError) in
            guard let found = firewalls[choice] else { throw FirewallError("there is no such firewall") }
            return found
        } start: { [unowned self] in
            tasks.append($0)
        }
        loop.start(
            with: Parts(
                kernel: kernel, prober: prober, firewall: firewall, time: time, onlooker: onlooker,
                sweep: { [unowned self] sweep in
                    onlooker.log.append("sweep")
                    onlooker.routesAtSweep = kernel.allRoutes
                    loop.take(.swept(id: sweep.id, SweepOutcome(deleted: 0)))
                }, watch: { [unowned self] in watched.append($0) }))
    }

    /// Has one child program run to its end.
    func runTask() async throws {
        try #require(!tasks.isEmpty)
        loop.firewallEnded(await tasks.removeFirst().run())
    }

    /// All of them, and those that come of it.
    func runTasks() async throws { while !tasks.isEmpty { try await runTask() } }

    /// Started, in order, and each WAN proven by an answer.
    static func inOrder() async throws -> Rig {
        let rig = try Rig()
        rig.prober.answers = true
        rig.prober.loop = rig.loop
        rig.start()
        try await rig.runTasks()
        rig.time.pass(.seconds(5))
        try #require(rig.loop.engine.isInOrder && rig.loop.engine.healths.allSatisfy { $0.state == .up })
        return rig
    }
}

final class FakeTime: Timekeeper {
    private(set) var now = Instant.start
    /// When the alarm goes off.
    private(set) var alarm: Instant?
    private(set) var alarms = 0
    var woken: () -> Void = {}

    func wake(at moment: Instant) {
        alarm = moment
        alarms += 1
    }

    func pass(_ duration: Duration) {
        let end = now + duration
        while let moment = alarm, moment <= end {
            alarm = nil
            now = max(now, moment)
            woken()
        }
        now = end
    }
}

final class FakeProber: ProbeSender {
    var sent: [ProbeRequest] = []
    var kept: [Set<InterfaceName>] = []
    var routesChanges = 0
    /// It breaks the promise that no answer comes from within `send`: the loop has to stand it.
    var answers = false
    var silent: Set<InterfaceName> = []
    weak var loop: Loop?

    func send(_ request: ProbeRequest) {
        sent.append(request)
        if answers, !silent.contains(request.interface) { loop?.take(.probe(id: request.id, outcome: .answered(seconds: 0.02))) }
    }
    func retain(only interfaces: Set<InterfaceName>) { kept.append(interfaces) }
    func routesChanged() { routesChanges += 1 }
}

final class FakeOnlooker: Onlooker {
    /// What happened, a word each.
    var log: [String] = []
    var turns: [Turn] = []
    var notices: [Happening] = []
    var remembered: Undo?
    var routesAtSweep: [Route] = []
    var listener: (Happening) -> Void = { _ in }
    weak var loop: Loop?

    func decided(_ turn: Turn) { log.append("decided") }
    func remember() {
        log.append("remember")
        remembered = loop?.engine.undo
    }
    func tell(_ happening: Happening, _ turn: Turn) {
        log.append("tell")
        notices.append(happening)
        listener(happening)
    }
    func carriedOut(_ turn: Turn) {
        log.append("done")
        turns.append(turn)
    }
}
