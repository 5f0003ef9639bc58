package import Health
package import Model
import Plan
package import Selection

/// The reducer: an event and the time go in, effects come out. The only place that knows the order of the stages.
///
///     event ─▶ Health ─▶ Selection ─▶ Desired ─▶ Plan ─▶ effects
///
/// It is a value: no clock, no I/O, no logging. It can be copied, compared and replayed.
package struct Engine: Equatable, Sendable {
    package internal(set) var settings: Settings
    package internal(set) var judgement: Judgement
    package internal(set) var undo: Undo
    /// Which WAN has which number. To be written down before anything is made with them.
    package private(set) var slots: Slots
    /// nil until the kernel has been read for the first time. Nothing is decided before.
    package internal(set) var snapshot: Snapshot?
    package internal(set) var firewall: [FirewallPlace: FirewallState] = [:]
    /// nil: nobody has said which there are, and every interface is what its name says.
    package internal(set) var devices: [Device]?
    package internal(set) var kernelProblem: StatusProblem?
    package internal(set) var counters = Counters()

    /// The configuration that will be in force from the next snapshot on.
    var incoming: Settings?
    /// The last reading went wrong, and the snapshot is older than that. Nothing else may happen for long, so we come back by ourselves.
    var rereadAt: Instant?
    var gateways = GatewayBook()
    /// What the book said at the last snapshot, also of a WAN without carrier: its route stays, and the kernel passes over it by itself
    /// (`ignore_routes_with_linkdown`).
    var currentGateways: [WANName: IPv4Address] = [:]
    var currentGateways6: [WANName: IPv6Address] = [:]
    var currentManners: [WANName: [IPFamily: RouteManner]] = [:]
    var routingLimiter = RepairLimiter()
    /// What the last plan was made for. A plan for the same again is a repair.
    var lastDesired: Desired?
    /// Those that were there when the latest plan was made.
    var knownInterfaces: Set<UInt32> = []
    var sessions: SessionCare
    /// When they want to be looked after again. nil: not before something else happens.
    var sessionsDueAt: Instant?
    package internal(set) var sessionProblem: StatusProblem?
    /// The families whose new sessions a WAN carried at the last look. nil: there was none.
    var carried: Set<IPFamily>?
    /// What the rules that stand give, apart from masquerade.
    var givenSources: [WANName: [IPFamily: IPAddress]] = [:]
    /// It has been told that the IPv6 of these is otherwise than the rest.
    var toldApart: Set<WANName> = []
    package internal(set) var drill: Drill?
    /// Operations are on their way; the next snapshot shows what became of them. Planning before that would do things twice.
    var isApplying = false
    var readiness: [WANName: Readiness] = [:]
    /// When one of them wants to ask, or to wait no longer.
    var readinessDueAt: Instant?
    var resolverProofs: [WANName: ResolverProof] = [:]
    /// What the box's files said last.
    package internal(set) var files = BoxFiles()
    private var presumed: Presumption
    var holdouts: [WANName: Holdouts] = [:]
    /// When their next look is due.
    var holdoutsDueAt: Instant?
    var sizes: [SizedWay: PathSize] = [:]
    var sizeBook = SizeBook()
    /// When one of them wants to ask, or to wait no longer.
    var sizesDueAt: Instant?
    /// How often sessions were deleted that may have been on the fast path.
    var fastPathTurn = 0
    /// Masquerade has just been seen to stand after it didn't.
    private var hasNATReturned = false

    package struct Counters: Equatable, Sendable {
        package var probesSent = 0
        package var probesNotSent = 0
        package var switches = 0
        package var repairs = 0
        package var firewallApplied = 0
        package var sessionsMoved = 0
    }

    /// - Parameters:
    ///   - undo: what an earlier run wrote down and hasn't taken back.
    ///   - pin: the operator's word from an earlier run.
    ///   - slots: the numbers that the WANs had then.
    ///   - presumption: which WANs were dead before the box was started.
    package init(
        settings: Settings, undo: Undo = Undo(), pin: WANName? = nil, slots: Slots = Slots(), presumption: Presumption = Presumption(),
        at now: Instant
    ) {
        self.settings = settings
        presumed = presumption
        // Numbers are given out at the first look, and kept.
        sessions = SessionCare(isFirstRun: slots == Slots())
        self.undo = undo
        self.slots = slots
        judgement = Judgement(minimumStay: settings.minimumStay, pin: pin.flatMap { settings[$0]?.name }, at: now)
        self.settings = numbered(settings)
    }

    package var healths: [WANHealth] { judgement.healths }
    package var selection: Selection { judgement.selection }
    package var selectedSince: Instant { judgement.selectedSince }
    /// Which WAN carries new sessions of IPv6: the same as those of IPv4 unless its own health says otherwise.
    package func selection(_ family: IPFamily) -> Selection { judgement.selection(family) }
    /// The WAN that the operator asked for.
    package var pin: WANName? { judgement.pin }

    /// Everything that a snapshot has to cover.
    package var interfaces: Set<InterfaceName> {
        settings.interfaces.union(incoming?.interfaces ?? []).union(undo.settings.keys).union(undo.displaced.map(\.interface))
    }

    /// Those that clients are behind.
    package var lan: [InterfaceName] { settings.lan + (incoming?.lan ?? []).filter { !settings.lan.contains($0) } }

    /// The one door.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        var notices: [Happening] = []
        let selectedBefore = selection.wan
        let selected6Before = selection(.v6).wan
        let drillBefore = drill
        let turnBefore = fastPathTurn
        let undoBefore = undo
        let isReconfigured = absorb(event, at: now, &notices)
        let natReturned = hasNATReturned
        hasNATReturned = false
        passDrillTime(at: now, &notices)
        if snapshot != nil { judgement.advance(to: now) }
        let drilled = drill
        var ofDrill: [Happening] = []
        followDrill(from: selectedBefore, at: now, &ofDrill)
        let changes = judgement.takeChanges()
        notices += healthChanges(changes, selected: selectedBefore, at: now).map(Happening.healthChanged)
        let changes6 = judgement.takeChangesOfIPv6()
        notices += familyChanges(changes6, at: now)
        if selection.wan != selectedBefore {
            if selectedBefore != nil, selection.wan != nil { counters.switches += 1 }
            notices.append(.switched(switched(from: selectedBefore, in: drilled, at: now)))
        }
        notices += familySwitch(from: selected6Before, first: selectedBefore, at: now)
        notices += ofDrill
        var effects: [Effect] = undo == undoBefore ? [] : [.remember(undo)]
        var isQuiet =
            drill == drillBefore && fastPathTurn == turnBefore && changes6.isEmpty && selection(.v6).wan == selected6Before
            && isQuiet(event, changes, selectedBefore, at: now)
        var sizeProbes: [Effect] = []
        if !isQuiet || sizesDueAt.map({ $0 <= now }) ?? false {
            let checked = checkSizes(at: now, &notices)
            sizeProbes = checked.effects
            // Segments have to be as long as what passes.
            if checked.isNews { isQuiet = false }
        }
        if !isQuiet {
            effects += reconcile(at: now, &notices)
            effects += careForSessions(at: now)
            effects += reconcileFirewall(at: now, &notices)
            if natReturned { effects += sweepUnmasqueraded() }
            effects += sweepFormerSources()
        }
        let (probes, readings) = judgement.takeRequests()
        counters.probesSent += probes.count
        // Counters first: what is asked now, and answered in no time, must not be in them yet.
        effects += readings.map(Effect.readCounters)
        effects += probes.map(Effect.probe) + sizeProbes
        if !isQuiet || holdoutsDueAt.map({ $0 <= now }) ?? false { effects += lookForHoldouts(at: now) }
        if !isQuiet || readinessDueAt.map({ $0 <= now }) ?? false { effects += proveStandbys(at: now, &notices) }
        effects += notices.map(Effect.notify)
        // It may have changed as well, behind our back.
        if isReconfigured { effects += desiredFirewall.places.map(Effect.observeFirewall) }
        if wantsReading(after: event, effects, at: now) { effects.append(.readKernel) }
        return effects
    }

    /// What we have changed is looked at, not remembered.
    private mutating func wantsReading(after event: Event, _ effects: [Effect], at now: Instant) -> Bool {
        if let rereadAt, rereadAt <= now {
            self.rereadAt = nil
            return true
        }
        switch event {
        case .configured: return true
        case .devices: if snapshot != nil { return true }
        default: break
        }
        return effects.contains { if case .apply = $0 { true } else { false } }
    }

    /// What is the same in both configurations goes on undisturbed.
    private mutating func takeIncoming(at now: Instant, _ notices: inout [Happening]) -> Bool {
        guard let new = incoming.map({ numbered($0) }) else { return false }
        incoming = nil
        if let wan = drill?.order.wan,
            new[wan] != settings[wan] || new.firewall != settings.firewall || new.iptables != settings.iptables || new.wans.count < 2
        {
            endDrill(because: .configurationChanged(wan), at: now, &notices)
        }
        forgetFirewall(unlessFor: new)
        settings = new
        if let pin, new[pin] == nil { judgement.pin(nil) }
        gateways.forget(except: new.wans)
        readiness = readiness.filter { new[$0.key] != nil }
        resolverProofs = resolverProofs.filter { new[$0.key] != nil }
        holdouts = holdouts.filter { new[$0.key] != nil }
        for name in readiness.keys { readiness[name]?.configure() }
        sizes = sizes.filter { new[$0.key.wan] != nil }
        for way in sizes.keys { sizes[way]?.configure() }
        sizeBook = SizeBook()
        return true
    }

    private mutating func numbered(_ settings: Settings) -> Settings {
        var settings = settings
        for slot in settings.number(by: &slots) { sessions.owe(slot.from, mark: settings.markMask.mark(ofWAN: slot.number)) }
        return settings
    }

    /// When `handle(.tick)` has something to do next.
    package var deadline: Instant? {
        var next = judgement.deadline
        if !isApplying { next = earlier(next, routingLimiter.heldUntil) }
        for state in firewall.values where !state.isApplying { next = earlier(next, state.limiter.heldUntil) }
        next = earlier(next, earlier(readinessDueAt, earlier(sizesDueAt, rereadAt)))
        next = earlier(next, holdoutsDueAt)
        return earlier(next, earlier(sessionsDueAt, drill?.deadline))
    }

    /// Nothing that a plan is made of has changed: most probes end here.
    private func isQuiet(_ event: Event, _ changes: [Judgement.Change], _ selectedBefore: WANName?, at now: Instant) -> Bool {
        switch event {
        case .probe, .tick, .counters, .newSessions, .swept, .sweepFailed, .configured, .devices, .ownSockets: break
        case .snapshot, .files, .snapshotFailed, .applied, .firewallObserved, .firewallFailed, .pinned, .drill, .drillEnded: return false
        }
        if let until = sessionsDueAt, until <= now { return false }
        if let until = routingLimiter.heldUntil, until <= now { return false }
        for state in firewall.values { if let until = state.limiter.heldUntil, until <= now { return false } }
        return selection.wan == selectedBefore && changes.isEmpty
    }

    // MARK: stages

    /// Whether another configuration is in force now.
    private mutating func absorb(_ event: Event, at now: Instant, _ notices: inout [Happening]) -> Bool {
        switch event {
        case .tick: break
        case .configured(let new): take(new)
        case .devices(let new): take(new)
        case .snapshot(let read):
            let snapshot = believed(read)
            isApplying = false
            rereadAt = nil
            let isReconfigured = takeIncoming(at: now, &notices)
            let isFirst = self.snapshot == nil
            let oldStranger = stranger
            self.snapshot = snapshot
            if let stranger, stranger != oldStranger { notices.append(.strayed(stranger)) }
            if isFirst || isReconfigured {
                makeHealths(at: now)
            } else {
                for index in healths.indices { observe(index, at: now) }
            }
            if isFirst {
                // Where an earlier run left the traffic is where it stays until there is a reason to move it.
                let (four, six) = (selected(.v4, in: snapshot), selected(.v6, in: snapshot))
                judgement.begin(with: four ?? six, ipv6: six)
            }
            return isReconfigured
        case .snapshotFailed(let error):
            isApplying = false
            rereadAt = now + .seconds(1)
            kernelProblem = .kernelUnreadable(error: error)
            notices.append(.kernelUnreadable(error: error))
        case .probe(let id, .notSent) where isSwallowed(id): break
        case .probe(let id, let outcome):
            switch id.owner {
            case .proof(let wan): takeProof(id, of: wan, outcome, at: now, &notices)
            case .size(let family, let wan): takeSize(id, family, of: wan, outcome, at: now)
            case .target, .inquiry, .caller: judgement.take(id, outcome, at: now)
            }
            if case .notSent = outcome { counters.probesNotSent += 1 }
        case .applied(let failures):
            guard !failures.isEmpty else { break }
            routingLimiter.refused(at: now)
            sessions.repeatSweeps()
            kernelProblem = .kernelRefused(failures)
            notices += failures.map(Happening.kernelRefused)
        case .firewallObserved(let place, let contents):
            // Not at the first look: where an earlier run left it in order, nothing has begun without it.
            let wasMissing = firewall.values.contains { $0.observed != nil || $0.problem != nil } && !isMasquerading
            observe(place, contents)
            hasNATReturned = place.holdsNAT && wasMissing && isMasquerading
        case .firewallFailed(let place, let error): firewallFailed(place, error, at: now, &notices)
        case .swept(let id, let outcome): if let moved = swept(id, outcome) { notices.append(.sessionsMoved(moved)) }
        case .sweepFailed(let id, let error): if let stuck = sweepFailed(id, error) { notices.append(stuck) }
        case .counters(let wan, let counters): judgement.count(wan, counters, at: now)
        case .newSessions(let wan, let sessions): judgement.hear(wan, sessions, at: now)
        case .ownSockets(let wan, let found): if let news = takeHoldouts(found, of: wan) { notices.append(news) }
        case .files(let found):
            files = found
            for index in healths.indices { observe(index, at: now) }
        case .pinned(let wan):
            endDrill(because: .operatorChose, at: now, &notices)
            judgement.pin(wan)
        case .drill(let order): begin(order, at: now, &notices)
        case .drillEnded(let stop): endDrill(because: .stopped(stop), at: now, &notices)
        }
        return false
    }

    private mutating func makeHealths(at now: Instant) {
        judgement.configure(settings, at: now, isPresumedDown: isPresumedDown)
        // It was for those of the start. A WAN that a reload brings begins anew.
        presumed = Presumption()
        for index in healths.indices { observe(index, at: now) }
    }

    private mutating func observe(_ index: Int, at now: Instant) {
        guard let snapshot else { return }
        let wan = healths[index].wan
        let gateway = gateways.gateway(of: wan, in: snapshot, undo: undo, leases: files.leases[wan.interface] ?? [])
        currentGateways[wan.name] = gateway
        let gateway6 = GatewayBook.gateway6(of: wan, in: snapshot, undo: undo)
        currentGateways6[wan.name] = gateway6
        currentManners[wan.name] = [
            .v4: gateways.manner(.v4, of: wan, by: gateway.map(IPAddress.v4), in: snapshot, undo: undo),
            .v6: gateways.manner(.v6, of: wan, by: gateway6.map(IPAddress.v6), in: snapshot, undo: undo),
        ]
        // An address is what a lease is; without one the interface's packets would leave with another WAN's.
        let interface = snapshot.interface(wan.interface)
        judgement.observe(
            index, condition(of: interface, gateway.map(IPAddress.v4), without: .noRoute) { !$0.addresses.isEmpty },
            ipv6: condition(of: interface, gateway6.map(IPAddress.v6)) { wan.ipv6 == .masquerade && $0.reachesBeyondLink6 }, at: now)
    }

    private func condition(
        of interface: Interface?, _ gateway: IPAddress?, without: WANHealth.LinkCondition = .noGateway, hasAddress: (Interface) -> Bool
    ) -> WANHealth.LinkCondition {
        guard let interface else { return .absent }
        guard interface.isUp, interface.hasCarrier else { return .noCarrier }
        guard hasAddress(interface) else { return .noGateway }
        guard gateway != nil || interface.isPointToPoint else { return without }
        return .ready(interfaceIndex: interface.index, gateway: gateway)
    }

    private func selected(_ family: IPFamily, in snapshot: Snapshot) -> WANName? {
        settings.wans.first { isSelected($0, family, in: snapshot) }?.name
    }

    func isSelected(_ wan: WANSettings, _ family: IPFamily, in snapshot: Snapshot) -> Bool {
        ownRoutes(of: wan, in: snapshot).contains { $0.family == family && $0.metric == wan.metric }
    }

    /// An earlier run left this WAN's route demoted, or the WAN was dead before the box was started: it stays so until the WAN has proven itself.
    private func isPresumedDown(_ wan: WANSettings, _ family: IPFamily) -> Bool {
        if presumed.isDown(wan, family) { return true }
        guard let snapshot else { return false }
        let routes = ownRoutes(of: wan, in: snapshot)
        // One that has IPv6 alone is judged by that.
        let ofFamily = routes.filter { $0.family == family }
        return (ofFamily.isEmpty && family == .v4 ? routes : ofFamily).contains { $0.metric > Territory.demotion }
    }

    private func ownRoutes(of wan: WANSettings, in snapshot: Snapshot) -> [Route] {
        snapshot.routes.filter { $0.isOurs && $0.table == Route.mainTable && $0.interface == wan.interface }
    }
}
