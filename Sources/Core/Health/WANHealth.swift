package import Model

/// The state machine of one WAN: what the kernel and the probes say goes in, probes to send and a `HealthState` come out.
///
/// In the steady state each target is asked once an interval, the targets evenly staggered. The first reply that is late raises a
/// suspicion: all targets are asked at once, three rounds or more. If enough of them answer, the WAN is up again and the loss is
/// merely recorded; if not, it is down. So a silent fault is found in under a second without probing often, and a lost packet does no harm.
///
///     absent / no-carrier / no-gateway ──ready──▶ unknown ──answers──▶ up ◀──answers── suspect
///                     ▲                             │                  │ late reply ──────▲ │
///                     │                             └──silence──▶ down ◀─────silence───────┘
///              the kernel's word,                                  │ ▲
///              from any state                              answers ▼ │ silence
///                                                             recovering ──hold──▶ up
///
/// Beside that (`Liveness`), a WAN that answers can be impaired: lossy or slow beyond its thresholds, or without a service that it should have. The
/// two together are its `Verdict`.
/// The files: this one has the events and the transitions, `+Settle` what follows from each, `+Burst` the question after a suspicion,
/// `+Schedule` when who is asked, `+Impairment` what makes it too bad for sessions, `+Suppose` what would be if, `+Family` what it
/// has to do with the other family of the same WAN.
package struct WANHealth: Equatable, Sendable {
    /// What the kernel says of the WAN's interface.
    package enum LinkCondition: Equatable, Sendable {
        case absent
        case noCarrier
        case noGateway
        /// It has an address, and no gateway.
        case noRoute
        case ready(interfaceIndex: UInt32, gateway: IPAddress?)
    }

    package internal(set) var wan: WANSettings
    /// The one that it is judged by, where the families of a WAN are judged apart. nil: it is judged as a whole.
    package private(set) var family: IPFamily?
    package internal(set) var targets: [TargetRecord]
    package internal(set) var verdict = Verdict()
    /// The next moment at which `advance` has something to do; `settle` keeps it, since it is read after every probe of any WAN.
    package internal(set) var deadline: Instant?
    /// When somebody has to be woken for it, if nothing else is due before: what is due may wait a little.
    package internal(set) var wakeAt: Instant?
    /// Since when it has been usable, or unusable or impaired in this particular way.
    package internal(set) var since: Instant
    /// The probes have judged this WAN before. From then on it has to prove itself for `hold` when it comes back.
    private var isProven: Bool
    var hold = Hold()
    /// The last three times that it became suspect.
    var suspectedAt: [Instant] = []
    /// How often it has become much worse while it was impaired already.
    package internal(set) var grownWorse: UInt32 = 0
    /// What clients' new sessions tell, and what has come of it.
    var unanswered: [NewSessions.Kind: Unanswered] = [:]
    var found: [Found] = []
    /// When it began to answer again after an outage, as long as that is in the window.
    var recoveredAt: Instant?
    /// When it was last found to carry with a full queue.
    var queuedAt: Instant?
    /// When the thresholds are looked at next.
    var judgedNextAt: Instant?
    /// How many times slower than configured it is probed now.
    package internal(set) var factor: Double
    let epoch: Instant
    /// The targets by which it is alive or not; `resolveTargets` keeps this and what follows.
    var counting: [Int] = []
    var services: [Service] = []
    package private(set) var hasServices = false
    private(set) var hasThresholds = false
    /// nil: nobody reads its counters.
    package internal(set) var traffic: Traffic?
    var countersDueAt: Instant?
    /// Answers that are later than this have waited in a queue.
    static let slowAnswer: Duration = .milliseconds(150)
    var arrivals = Arrivals()
    /// Some of the targets that count have ceased to answer: whether they do by other WANs is worth a look.
    package internal(set) var hasCeasedTargets = false
    /// Those that answer are no proof of the Internet: until it is up again the most of all targets have to.
    var raisedQuorum: Int?
    /// No other WAN could take over.
    package internal(set) var isAlone = false
    /// Our probes since the last reading, and the answers to them.
    package internal(set) var own = LinkCounters(received: 0, sent: 0)
    /// When the latest probe of the other family was sent that was answered soon: so no queue holds back the answers to ours.
    var otherFamilyAnsweredSentAt: Instant?
    /// For which suspicion of the other family this one has been asked.
    var askedForOtherAt: Instant?

    /// - Parameter presumedDown: an earlier run of the daemon left this WAN demoted: it is down until it has proven itself.
    package init(_ wan: WANSettings, _ family: IPFamily? = nil, presumedDown: Bool = false, at now: Instant) {
        self.wan = wan
        self.family = family
        isProven = presumedDown
        factor = wan.probe.factor(isResting: false)
        epoch = now
        since = now
        targets = Self.numbered(wan, family).map { TargetRecord($1, number: $0, wan.probe, dueAt: now) }
        verdict.isRemovable = wan.isRemovable
        resolveTargets()
        spreadOut(after: now)
    }

    /// With their places among all targets of the WAN.
    private static func numbered(_ wan: WANSettings, _ family: IPFamily?) -> [(Int, Target)] {
        let all = Array(wan.probe.targets.enumerated()).map { ($0.offset, $0.element) }
        return family.map { family in all.filter { $0.1.question.family == family } } ?? all
    }

    package var state: HealthState { verdict.state }
    package var fault: Fault? { verdict.fault }
    package internal(set) var impairments: [Impairment] {
        get { verdict.impairments }
        set { verdict.impairments = newValue }
    }
    var liveness: Liveness {
        get { verdict.liveness }
        set { verdict.liveness = newValue }
    }

    /// None of its targets has ever answered by it: it is dead, or somebody on the way drops what asks. Never said of IPv6 alone: nothing would prove
    /// that it serves all the same.
    package var isUnheard: Bool {
        guard state == .down, !counting.isEmpty, family != .v6 else { return false }
        return counting.allSatisfy { !targets[$0].hasEverAnswered }
    }

    package var gateway: IPAddress? { if case .ready(let way, _) = liveness { way.gateway } else { nil } }

    /// How long it has to be good now before it is trusted.
    package var holdDuration: Duration { hold.duration(from: wan.probe.hold) }

    /// When a recovering WAN will be up, or an impaired one good again, if nothing gets in between.
    package var upAt: Instant? {
        switch liveness {
        case .ready(_, .recovering(let since, _, _)): return since + holdDuration
        case .ready(_, .up):
            let good = impairments.compactMap(\.goodSince)
            return good.count == impairments.count ? good.max().map { $0 + holdDuration } : nil
        case .unseen, .absent, .noCarrier, .noGateway, .noRoute, .ready(_, .unknown), .ready(_, .suspect), .ready(_, .down): return nil
        }
    }

    // MARK: events

    /// The same WAN under new settings: what has been measured stays.
    package mutating func configure(_ wan: WANSettings, _ family: IPFamily? = nil, at now: Instant) {
        let before = state
        defer { settle(from: before, at: now) }
        let known = Dictionary(targets.map { ($0.target, $0) }) { first, _ in first }
        self.wan = wan
        verdict.isRemovable = wan.isRemovable
        self.family = family
        targets = Self.numbered(wan, family).map { number, target in
            var record = known[target] ?? TargetRecord(target, number: number, wan.probe, dueAt: now)
            record.configure(wan.probe, number: number)
            return record
        }
        impairments = impairments.filter { $0.isFound || isStillJudged($0.fault) }
        judgedNextAt = now
        resolveTargets()
        spreadOut(after: now)
    }

    package mutating func observe(_ new: LinkCondition, at now: Instant) {
        let before = state
        switch new {
        case .absent: lose(.absent)
        case .noCarrier: lose(.noCarrier)
        case .noGateway: lose(.noGateway)
        case .noRoute: lose(.noRoute)
        case .ready(let index, let gateway): find(Liveness.Way(interfaceIndex: index, gateway: gateway), at: now)
        }
        settle(from: before, at: now)
    }

    private mutating func lose(_ new: Liveness) {
        guard new != liveness else { return }
        liveness = new
        resolveTargets()
        for index in targets.indices { targets[index].forgetPending() }
    }

    private mutating func find(_ way: Liveness.Way, at now: Instant) {
        guard case .ready(let old, let phase) = liveness, old.interfaceIndex == way.interfaceIndex else { return appear(way, at: now) }
        guard old != way else { return }
        liveness = .ready(way, phase)
        resolveTargets()
        // Only the gateway is another one: ask at once whether it leads anywhere.
        if case .up = phase { enter(.suspect(makeBurst(at: now))) }
    }

    private mutating func appear(_ way: Liveness.Way, at now: Instant) {
        // Nothing to ask: the carrier is all there is to know, and not knowing is not down.
        liveness = .ready(way, .up)
        resolveTargets()
        for index in targets.indices { targets[index].forgetPending() }
        countersDueAt = traffic == nil ? nil : now
        guard !counting.isEmpty else { return }
        if isProven {
            enter(.down(since: now, fault: nil))
            askAtOnce(at: now)
        } else {
            enter(.unknown(makeBurst(at: now)))
            askServicesAtOnce(at: now)
        }
    }

    /// Another phase of an interface that is as ready as before.
    mutating func enter(_ phase: Liveness.Phase) { if case .ready(let way, _) = liveness { liveness = .ready(way, phase) } }

    package mutating func answered(_ id: ProbeID, after time: Duration, at now: Instant) {
        guard let index = target(of: id), let sentAt = targets[index].answered(id, after: time, at: now) else { return }
        let before = state
        defer { settle(from: before, at: now) }
        own.received &+= 1
        if hasCeasedTargets { noteCeased() }
        if targets[index].role != .service, counting.contains(index) { arrivals.add(sentAt: sentAt, at: now) }
        switch liveness.phase {
        case .unknown(let burst), .suspect(let burst):
            guard isAlive(since: burst.startedAt) else { break }
            isProven = true
            enter(.up)
        case .recovering(let since, let fault, let burst?):
            if isAlive(since: burst.startedAt) { enter(.recovering(since: since, from: fault, nil)) }
        case .down(let since, let known):
            let fault = targets[index].role == .local ? .upstreamSilent : known
            // It was asked before it was called dead: the answer was only late.
            if counting.contains(index), sentAt < since { hold.forgive() }
            guard isAlive(since: since) else {
                enter(.down(since: since, fault: fault))
                break
            }
            recoveredAt = now
            enter(.recovering(since: now, from: fault, nil))
            askServicesAtOnce(at: now)
        case .up, .recovering(_, _, nil), nil: break
        }
    }

    /// Somebody else answered, or not as the target should.
    package mutating func answeredWrongly(_ id: ProbeID, _ answer: WrongAnswer, at now: Instant) {
        guard let index = target(of: id), let sentAt = targets[index].answeredWrongly(id, answer) else { return }
        let before = state
        askAgainSoon(index, at: now)
        if isEvidence(index), isDoubtful(sentAt) { doubt(at: now) }
        settle(from: before, at: now)
    }

    package mutating func notSent(_ id: ProbeID, error: String, at now: Instant) {
        guard let index = target(of: id), targets[index].notSent(id, error: error) else { return }
        if counting.contains(index) { withdrawQuestion() }
        settle(from: state, at: now)
    }

    /// What the interface's packet counters say.
    /// - Parameter probes: of the WAN's other family.
    package mutating func count(_ counters: LinkCounters, besides probes: LinkCounters? = nil, at now: Instant) {
        guard traffic != nil else {
            own = LinkCounters(received: 0, sent: 0)
            return
        }
        let before = state
        if let probes {
            own.received &+= probes.received
            own.sent &+= probes.sent
        }
        var roundTrip: Duration?
        for index in counting {
            if let smoothed = targets[index].roundTrip.smoothed { roundTrip = max(roundTrip ?? smoothed, smoothed) }
        }
        let isStanding = traffic?.add(counters, own: own, roundTrip: roundTrip, at: now) ?? false
        own = LinkCounters(received: 0, sent: 0)
        if isStanding || isOverdue(at: now), case .ready(_, .up) = liveness {
            enter(.suspect(makeBurst(at: now)))
        } else {
            corroborate(at: now)
        }
        settle(from: before, at: now)
    }

    // MARK: time

    package mutating func advance(to now: Instant, _ outbox: inout Outbox) {
        guard case .ready(let way, _) = liveness else { return }
        let before = state
        if expire(at: now) || isOverdue(at: now) { doubt(at: now) }
        if var burst = liveness.burst {
            let isDead = step(&burst, at: now, way.interfaceIndex, &outbox)
            liveness.burst = burst
            if isDead { condemn(burst, at: now) }
        } else if case .ready(_, .recovering(let since, _, _)) = liveness, now >= since + holdDuration {
            enter(.up)
        }
        judgeImpairments(at: now)
        askAgainForFound(at: now, way.interfaceIndex, &outbox)
        sendDue(at: now, way.interfaceIndex, &outbox)
        readCounters(at: now, &outbox)
        settle(from: before, at: now)
    }

    /// Whether another WAN could take over.
    package mutating func leaveAlone(_ isAlone: Bool) { self.isAlone = isAlone }

    /// A reply is late, or wrong, and nothing later says that the WAN is alive.
    private mutating func doubt(at now: Instant) {
        switch liveness.phase {
        case .up:
            enter(.suspect(makeBurst(at: now)))
            if traffic != nil { countersDueAt = now }
        case .recovering(let since, let fault, nil): enter(.recovering(since: since, from: fault, makeBurst(at: now)))
        // Back after a fault of the interface, or demoted by an earlier run, and not a word since.
        case .down(let since, nil): enter(.down(since: since, fault: .silent))
        case .unknown, .suspect, .down, .recovering, nil: break
        }
    }

    /// True if a reply is late and the WAN isn't proven alive by answers to probes sent no earlier than that one.
    private mutating func expire(at now: Instant) -> Bool {
        var result = false
        for index in targets.indices {
            guard let due = targets[index].deadline, due <= now else { continue }
            let isExcused = targets[index].role == .service || counting.contains { $0 != index && targets[$0].hasAnsweredLast == true }
            let sentAt = targets[index].expire(at: now, isExcused: isExcused)
            noteCeased()
            guard let sentAt else { continue }
            askAgainSoon(index, at: now)
            if isEvidence(index), isDoubtful(sentAt) { result = true }
        }
        return result
    }

    private func isEvidence(_ index: Int) -> Bool { targets[index].role != .service || counting.contains(index) }

    private func isDoubtful(_ sentAt: Instant) -> Bool {
        counting.count { targets[$0].lastAnsweredSentAt.map { $0 >= sentAt } ?? false } < quorum
    }

    mutating func condemn(_ burst: Burst, at now: Instant) {
        isProven = true
        enter(.down(since: now, fault: faultOfSilence(since: burst.startedAt)))
    }

    private func faultOfSilence(since start: Instant) -> Fault {
        if let lie { return lie }
        let local = targets.filter { $0.role == .local }
        if local.contains(where: { $0.hasAnswered(since: start) }) { return .upstreamSilent }
        // If it never answered, its silence now tells nothing.
        return local.contains { $0.roundTrip.smoothed != nil } ? .gatewaySilent : .silent
    }

    // MARK: helpers

    /// Another configuration may have moved it since it was asked.
    private func target(of id: ProbeID) -> Int? {
        guard case .target(let place, _) = id.owner else { return nil }
        if place < targets.count, targets[place].isWaiting(for: id) { return place }
        return targets.firstIndex { $0.isWaiting(for: id) }
    }

    private mutating func resolveTargets() {
        let gateway = gateway
        for index in targets.indices {
            let question = targets[index].target.question.resolved(gateway: gateway)
            if question != targets[index].question {
                targets[index].forgetPending()
                targets[index].question = question
            }
        }
        // Those whose answers make the WAN alive: the targets beyond the gateway, services only where there is nothing else, and the
        // gateway where there is no other at all.
        let reach = targets.indices.filter { targets[$0].role == .reach }
        let asked = targets.indices.filter { targets[$0].role == .service }
        for alike in [reach, targets.indices.filter { targets[$0].role != .reach }] {
            for (place, index) in alike.enumerated() {
                targets[index].place = place
                targets[index].peers = alike.count
            }
        }
        hasThresholds = !wan.probe.thresholds.isEmpty
        counting = !reach.isEmpty ? reach : !asked.isEmpty ? asked : targets.indices.filter { targets[$0].question != nil }
        services = groupedServices
        hasServices = !services.isEmpty
    }

    /// One that can't be asked, an IPv6 address on a WAN without IPv6, can't be waited for.
    var quorum: Int { min(max(wan.probe.quorum, raisedQuorum ?? 0), max(counting.count { targets[$0].sendError == nil }, 1)) }

    /// What a wrong answer says, where services are all there is to go by.
    private var lie: Fault? { counting.lazy.compactMap { targets[$0].wrong?.kind.fault }.first { $0.isOfService } }

    private func isAlive(since moment: Instant) -> Bool {
        counting.count { targets[$0].hasAnswered(since: moment) } >= quorum
    }
}
