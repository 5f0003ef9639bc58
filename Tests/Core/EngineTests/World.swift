import Engine
import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

/// An office in memory: the engine, a kernel, two providers and a clock that runs as fast as the machine can.
final class World {
    static let telkomGateway = "192.0.2.1"
    static let smartfrenGateway = "198.51.100.1"

    var engine: Engine
    let kernel: FakeKernel
    var now: Instant
    /// Gateways behind which nothing answers, and addresses that don't answer by any WAN.
    var silentUpstreams: Set<WANName> = []
    var silentWANs: Set<WANName> = []
    /// Beyond the gateway nothing of this family comes back.
    var silentFamilies: [WANName: IPFamily] = [:]
    /// Targets whose address the provider's own box has.
    var ownTargets: [WANName: Set<String>] = [:]
    /// Targets that don't answer by that WAN.
    var deadTargets: [WANName: Set<String>] = [:]
    /// By which the box itself drops what it sends.
    var refusingWANs: Set<WANName> = []
    var notices: [Happening] = []
    var commands: [String] = []
    /// What each place of the firewall holds of ours.
    var firewall: [FirewallPlace: FirewallContents] = [:]
    var firewallError: String?
    /// Places whose every change is refused, and what they say.
    var refusedPlaces: [FirewallPlace: String] = [:]
    var sweeps: [SessionSweep] = []
    /// Sees what the engine wants at once, before anything of it is done.
    var watch: ([Effect]) -> Void = { _ in }
    /// How many sessions each sweep finds.
    var deleted = 0
    var sweepError: String?
    /// The box's own sockets that a look finds, by WAN; and whose were looked for.
    var ownSockets: [WANName: [OwnSocket]] = [:]
    var socketLooks: [WANName] = []
    /// Of ip6tables alone.
    var firewall6Error: String?
    var roundTrip: Duration = .milliseconds(20)
    private var replies: [(at: Instant, id: ProbeID, outcome: ProbeOutcome)] = []
    private var waiting: [Event] = []
    private var counters: [WANName: LinkCounters] = [:]
    private var readAt: [WANName: Instant] = [:]
    var clientPacketsPerSecond = 0.0
    var clientBytesPerPacket: UInt64 = 200
    /// Pings a second of a client to the selected WAN's gateway, which answers them all.
    var gatewayPingsPerSecond = 0.0
    /// Of every interface. nil: not told, as in recordings of before that was asked for; nothing long is sent then.
    var mtu: Int?
    /// The longest packet that passes by a WAN, and those whose routers say so.
    var paths: [WANName: Int] = [:]
    var tellingWANs: Set<WANName> = []
    /// The longest ping that a target answers.
    var pingLimits: [String: Int] = [:]
    /// The share of a WAN's probes that are lost by chance, the same in every run.
    var loss: [WANName: Double] = [:]
    var probes: [ProbeRequest] = []
    /// What becomes of questions to a resolver and to a web server. nil: nothing comes back.
    var services: (ProbeRequest) -> ProbeOutcome? = { _ in .answered(seconds: 0.02) }
    /// Questions that nothing comes back of, and those that the box itself doesn't let out.
    var isDeaf: (ProbeRequest) -> Bool = { _ in false }
    var isRefused: (ProbeRequest) -> Bool = { _ in false }
    private var chance: UInt64 = 1

    static let telkom = WANName("telkom")
    static let smartfren = WANName("smartfren")

    static func settings(
        hold: Duration = .seconds(10), metered: Bool = false, targets: [String] = ["gateway", "203.0.113.1", "203.0.113.2", "203.0.113.3"],
        thresholds: Thresholds = Thresholds(), minimumStay: Duration = .zero, readiness: ReadinessSettings = .off
    ) throws
        -> Settings
    {
        let probe = ProbeSettings(targets: targets.compactMap { Target($0) }, hold: hold, thresholds: thresholds, readiness: readiness)
        return Settings(
            lan: [try #require(InterfaceName("br0"))],
            wans: [
                WANSettings(name: try #require(telkom), interface: try #require(InterfaceName("eth0")), metric: 1, number: 1, probe: probe),
                WANSettings(
                    name: try #require(smartfren), interface: try #require(InterfaceName("usb0")), metric: 2, isMetered: metered, number: 2,
                    probe: probe),
            ], minimumStay: minimumStay)
    }

    init(
        settings: Settings, kernel: FakeKernel = FakeKernel(), undo: Undo = Undo(), pin: WANName? = nil, slots: Slots = Slots(),
        presumption: Presumption = Presumption(), at now: Instant = .start
    ) {
        self.kernel = kernel
        self.now = now
        engine = Engine(settings: settings, undo: undo, pin: pin, slots: slots, presumption: presumption, at: now)
    }

    /// Both WANs with an address and a DHCP client's route, nothing of ours, and the daemon about to start.
    static func office(hold: Duration = .seconds(10), metered: Bool = false, metrics: (UInt32, UInt32) = (100, 200)) throws -> World {
        let world = World(settings: try settings(hold: hold, metered: metered))
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom(metric: metrics.0)
        try world.plugSmartfren(metric: metrics.1)
        return world
    }

    func plugTelkom(gateway: String = telkomGateway, metric: UInt32 = 100) throws {
        let name = try #require(InterfaceName("eth0"))
        kernel.plug(name, addresses: [try #require(IPv4Prefix("192.0.2.7/24"))], mtu: mtu)
        kernel.addForeign(Route(gateway: IPAddress(gateway), interface: name, routeProtocol: 16, metric: metric))
    }

    func plugSmartfren(metric: UInt32 = 200) throws {
        let name = try #require(InterfaceName("usb0"))
        kernel.plug(name, addresses: [try #require(IPv4Prefix("198.51.100.7/24"))], mtu: mtu)
        kernel.addForeign(Route(gateway: IPAddress(Self.smartfrenGateway), interface: name, routeProtocol: 16, metric: metric))
    }

    // MARK: time

    func start() {
        look()
        for place in engine.desiredFirewall.places { answerFirewall(place) }
        send(.tick)
    }

    /// A notice of the kernel has come: read it anew.
    func look() { send(reading) }

    private var reading: Event {
        do { return .snapshot(try kernel.snapshot(of: engine.interfaces, lan: engine.lan)) } catch {
            return .snapshotFailed(error: error.description)
        }
    }

    func send(_ event: Event) {
        waiting.append(event)
        while !waiting.isEmpty { perform(engine.handle(waiting.removeFirst(), at: now)) }
    }

    func configure(_ settings: Settings) { send(.configured(settings)) }

    /// What the engine wants once the kernel has been read, and before anything of it is done.
    func configureUnanswered(_ settings: Settings) throws -> [Effect] {
        #expect(engine.handle(.configured(settings), at: now) == [.readKernel])
        return engine.handle(.snapshot(try kernel.snapshot(of: engine.interfaces, lan: engine.lan)), at: now)
    }

    func run(for duration: Duration) {
        let end = now + duration
        var stepsWithoutTime = 0
        while let next = next, next <= end {
            // An engine whose deadline stays in the past would spin the daemon.
            stepsWithoutTime = next > now ? 0 : stepsWithoutTime + 1
            guard stepsWithoutTime < 1000 else {
                Issue.record("the engine's deadline stays in the past")
                return
            }
            step(to: next)
        }
        now = end
    }

    /// nil if it doesn't come about within a simulated hour.
    @discardableResult
    func run(until isSo: (World) -> Bool) -> Duration? {
        let start = now
        var steps = 0
        while !isSo(self) {
            steps += 1
            guard let next, next - start < .seconds(3600), steps < 1_000_000 else { return nil }
            step(to: next)
        }
        return now - start
    }

    private var next: Instant? { [engine.deadline, replies.map(\.at).min()].compactMap { $0 }.min().map { max($0, now) } }

    private func step(to moment: Instant) {
        now = moment
        let due = replies.filter { $0.at <= now }
        replies.removeAll { $0.at <= now }
        for reply in due { send(.probe(id: reply.id, outcome: reply.outcome)) }
        if let deadline = engine.deadline, deadline <= now { send(.tick) }
    }

    private func perform(_ effects: [Effect]) {
        watch(effects)
        for effect in effects {
            switch effect {
            case .remember: break
            case .apply(let operations):
                commands += operations.map(\.description)
                let failures = kernel.carryOut(operations)
                waiting.append(.applied(failures: failures.map(\.error.description)))
            case .readKernel: waiting.append(reading)
            case .applyFirewall(let restore):
                if let error = refusedPlaces[restore.place] {
                    waiting.append(.firewallFailed(restore.place, error: error))
                    continue
                }
                if firewallError == nil { firewall.apply(restore) }
                answerFirewall(restore.place)
            case .observeFirewall(let place): answerFirewall(place)
            case .probe(let request): answer(request)
            case .sweep(let sweep):
                sweeps.append(sweep)
                waiting.append(
                    sweepError.map { .sweepFailed(id: sweep.id, error: $0) } ?? .swept(id: sweep.id, SweepOutcome(deleted: deleted)))
            case .lookAtSockets(let scope):
                socketLooks.append(scope.wan)
                waiting.append(.ownSockets(scope.wan, ownSockets[scope.wan] ?? []))
            case .readCounters(let wan): read(wan)
            case .notify(let notice): notices.append(notice)
            }
        }
    }

    /// The clients' traffic since the last reading: each packet is answered while the way there isn't silent.
    private func read(_ wan: WANName) {
        let time = (now - (readAt[wan] ?? now)).inSeconds
        readAt[wan] = now
        var count = counters[wan] ?? LinkCounters(received: 0, sent: 0, receivedBytes: 0, sentBytes: 0)
        func pass(_ packets: UInt64, of bytes: UInt64, isAnswered: Bool) {
            count.sent += packets
            count.sentBytes? += packets * bytes
            guard isAnswered else { return }
            count.received += packets
            count.receivedBytes? += packets * bytes
        }
        pass(
            UInt64(time * clientPacketsPerSecond), of: clientBytesPerPacket,
            isAnswered: !silentWANs.contains(wan) && !silentUpstreams.contains(wan))
        pass(UInt64((time * gatewayPingsPerSecond).rounded()), of: 98, isAnswered: !silentWANs.contains(wan))
        counters[wan] = count
        waiting.append(.counters(wan, count))
    }

    private func answerFirewall(_ place: FirewallPlace) {
        if let error = place.isIPv6 ? firewall6Error ?? firewallError : firewallError {
            waiting.append(.firewallFailed(place, error: error))
        } else {
            waiting.append(.firewallObserved(place, firewall[place] ?? [:]))
        }
    }

    /// A probe comes back if its WAN has a carrier and a route, and nothing on the way is silent.
    private func answer(_ request: ProbeRequest) {
        probes.append(request)
        guard let device = kernel.device(request.interface), device.index == request.interfaceIndex else {
            waiting.append(.probe(id: request.id, outcome: .notSent(error: "No such device")))
            return
        }
        let isGateway = kernel.allRoutes.contains { route in
            route.interface == request.interface && route.gateway.map { request.question == .echo(.address($0)) } ?? false
        }
        guard isGateway || kernel.allRoutes.contains(where: { $0.interface == request.interface && $0.table == Route.mainTable }) else {
            waiting.append(.probe(id: request.id, outcome: .notSent(error: "Network is unreachable")))
            return
        }
        guard !refusingWANs.contains(request.wan), !isRefused(request) else {
            waiting.append(.probe(id: request.id, outcome: .notSent(error: "Operation not permitted")))
            return
        }
        func isAmong(_ addresses: [WANName: Set<String>]) -> Bool {
            (addresses[request.wan] ?? []).contains { Target($0)?.question == request.question }
        }
        guard isGateway || silentFamilies[request.wan] != request.question.family else { return }
        guard device.hasCarrier, !silentWANs.contains(request.wan), !isAmong(deadTargets), !isDeaf(request),
            isGateway || isAmong(ownTargets) || !silentUpstreams.contains(request.wan)
        else { return }
        if let size = request.size {
            if let most = paths[request.wan], size > most {
                if tellingWANs.contains(request.wan) { replies.append((now + roundTrip, request.id, .tooLong(most: most))) }
                return
            }
            guard size <= pingLimits[request.question.description] ?? .max else { return }
        }
        if let loss = loss[request.wan] {
            chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            guard Double(chance >> 33) / Double(1 << 31) >= loss else { return }
        }
        let outcome = request.question.isService ? services(request) : .answered(seconds: roundTrip.inSeconds)
        if let outcome { replies.append((now + roundTrip, request.id, outcome)) }
    }

    // MARK: what there is to see

    /// Our IPv4 default routes of the main table, the winner first.
    var mainRoutes: [String] {
        kernel.allRoutes.filter { $0.isOurs && $0.family == .v4 && $0.table == Route.mainTable }.sorted { $0.metric < $1.metric }
            .map { "\($0.interface) \($0.metric)" }
    }

    func isSelected(_ wan: WANName?) -> Bool { engine.selection.wan == wan }
}

extension Happening {
    var switched: Switch? { if case .switched(let what) = self { what } else { nil } }
    var drillStep: DrillStep? { if case .drill(let step) = self { step } else { nil } }
}

extension [Effect] {
    /// The places of the firewall that are to be looked at.
    var looks: [FirewallPlace] { compactMap { if case .observeFirewall(let place) = $0 { place } else { nil } } }
}
