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
/// Beside that, a WAN that answers can be impaired: lossy or slow beyond its thresholds, or without a service that it should have.
/// The files: this one has the events and the transitions, `+Settle` what follows from each, `+Burst` the question after a suspicion,
/// `+Schedule` when who is asked, `+Impairment` what makes it too bad for sessions, `+Suppose` what would be if.
package struct WANHealth: Equatable, Sendable {
    /// What the kernel says of the WAN's interface.
    package enum LinkCondition: Equatable, Sendable {
        case absent
        case noCarrier
        case noGateway
        case ready(interfaceIndex: UInt32, gateway: IPAddress?)
    }

    enum Phase: Equatable {
        case absent, noCarrier, noGateway, up, down
        case unknown(Burst)
        case suspect(Burst)
        /// With the question whether it is silent again, if a reply is late.
        case recovering(since: Instant, Burst?)

        /// The question that is under way. Setting it while there is none does nothing.
        var burst: Burst? {
            get {
                switch self {
                case .unknown(let burst), .suspect(let burst), .recovering(_, let burst?): burst
                case .absent, .noCarrier, .noGateway, .up, .down, .recovering(_, nil): nil
                }
            }
            set {
                guard let newValue else { return }
                switch self {
                case .unknown: self = .unknown(newValue)
                case .suspect: self = .suspect(newValue)
                case .recovering(let since, .some): self = .recovering(since: since, newValue)
                case .absent, .noCarrier, .noGateway, .up, .down, .recovering(_, nil): break
                }
            }
        }
    }

    package internal(set) var wan: WANSettings
    package internal(set) var targets: [TargetRecord]
    /// What follows from all the rest; `settle` keeps these. They are stored because they are read after every probe of any WAN.
    package internal(set) var state: HealthState = .absent
    /// Why it isn't up, or what it is impaired by: the worst of it.
    package internal(set) var fault: Fault?
    package internal(set) var isImpaired = false
    /// It is suspect, and the first round of questions has gone unanswered.
    package internal(set) var doubtedSince: Instant?
    /// The next moment at which `advance` has something to do.
    package internal(set) var deadline: Instant?
    /// Why it isn't up.
    var phaseFault: Fault?
    /// Since when it has been usable, or unusable or impaired in this particular way.
    package internal(set) var since: Instant
    var phase: Phase = .absent
    /// When this phase began.
    private var enteredAt: Instant
    /// nil before the kernel has said anything.
    var condition: LinkCondition?
    /// The probes have judged this WAN before. From then on it has to prove itself for `hold` when it comes back.
    private var isProven: Bool
    var hold = Hold()
    package internal(set) var impairments: [Impairment] = []
    /// When the thresholds are looked at next.
    var judgedNextAt: Instant?
    /// How many times slower than configured it is probed now.
    package internal(set) var factor: Double
    let epoch: Instant
    /// The targets by which it is alive or not; `resolveTargets` keeps this and what follows.
    var counting: [Int] = []
    var services: [Service] = []
    private(set) var hasThresholds = false
    /// nil: nobody reads its counters.
    package internal(set) var traffic: Traffic?
    var countersDueAt: Instant?
    /// Our probes since the last reading, and the answers to them.
    var own = LinkCounters(received: 0, sent: 0)

    /// - Parameter presumedDown: an earlier run of the daemon left this WAN demoted: it is down until it has proven itself.
    package init(_ wan: WANSettings, presumedDown: Bool = false, at now: Instant) {
        self.wan = wan
        isProven = presumedDown
        factor = wan.probe.factor(isResting: false)
        epoch = now
        since = now
        enteredAt = now
        targets = wan.probe.targets.map { TargetRecord($0, wan.probe, dueAt: now) }
        resolveTargets()
        spreadOut(after: now)
    }

    package var gateway: IPAddress? { if case .ready(_, let gateway) = condition { gateway } else { nil } }

    /// How long it has to be good now before it is trusted.
    package var holdDuration: Duration { hold.duration(from: wan.probe.hold) }

    /// When a recovering WAN will be up, or an impaired one good again, if nothing gets in between.
    package var upAt: Instant? {
        switch phase {
        case .recovering(let since, _): return since + holdDuration
        case .up:
            let good = impairments.compactMap(\.goodSince)
            return good.count == impairments.count ? good.max().map { $0 + holdDuration } : nil
        case .absent, .noCarrier, .noGateway, .down, .unknown, .suspect: return nil
        }
    }

    // MARK: events

    /// The same WAN under new settings: what has been measured stays.
    package mutating func configure(_ wan: WANSettings, at now: Instant) {
        let known = Dictionary(targets.map { ($0.target, $0) }) { first, _ in first }
        self.wan = wan
        targets = wan.probe.targets.map { target in
            var record = known[target] ?? TargetRecord(target, wan.probe, dueAt: now)
            record.configure(wan.probe)
            return record
        }
        impairments = impairments.filter { isStillJudged($0.fault) }
        judgedNextAt = now
        resolveTargets()
        spreadOut(after: now)
        settle(at: now)
    }

    package mutating func observe(_ new: LinkCondition, at now: Instant) {
        guard new != condition else { return }
        let old = condition
        condition = new
        resolveTargets()
        switch new {
        case .absent: fail(.absent, .modemGone, at: now)
        case .noCarrier: fail(.noCarrier, .noCarrier, at: now)
        case .noGateway: fail(.noGateway, .noLease, at: now)
        case .ready(let index, _):
            if case .ready(index, _) = old {
                // Only the gateway is another one: ask at once whether it leads anywhere.
                if phase == .up { phase = .suspect(makeBurst(at: now)) }
            } else {
                appear(at: now)
            }
        }
        settle(at: now)
    }

    private mutating func appear(at now: Instant) {
        for index in targets.indices { targets[index].forgetPending() }
        phaseFault = nil
        countersDueAt = traffic == nil ? nil : now
        if counting.isEmpty {
            // Nothing to ask: the carrier is all there is to know, and not knowing is not down.
            phase = .up
        } else if isProven {
            phase = .down
            askAtOnce(at: now)
        } else {
            phase = .unknown(makeBurst(at: now))
            askServicesAtOnce(at: now)
        }
        enteredAt = now
    }

    private mutating func fail(_ phase: Phase, _ fault: Fault, at now: Instant) {
        for index in targets.indices { targets[index].forgetPending() }
        phaseFault = fault
        self.phase = phase
        enteredAt = now
    }

    package mutating func answered(_ id: ProbeID, after time: Duration, at now: Instant) {
        guard let index = target(of: id), targets[index].answered(id, after: time, at: now) else { return }
        own.received += 1
        switch phase {
        case .unknown(let burst), .suspect(let burst):
            guard isAlive(since: burst.startedAt) else { break }
            isProven = true
            phaseFault = nil
            phase = .up
            enteredAt = now
        case .recovering(let since, let burst?):
            if isAlive(since: burst.startedAt) { phase = .recovering(since: since, nil) }
        case .down:
            if targets[index].role == .local { phaseFault = .upstreamSilent }
            guard isAlive(since: enteredAt) else { break }
            phase = .recovering(since: now, nil)
            enteredAt = now
            askServicesAtOnce(at: now)
        case .absent, .noCarrier, .noGateway, .up, .recovering: break
        }
        settle(at: now)
    }

    /// Somebody else answered, or not as the target should.
    package mutating func answeredWrongly(_ id: ProbeID, _ answer: WrongAnswer, at now: Instant) {
        guard let index = target(of: id), let sentAt = targets[index].answeredWrongly(id, answer) else { return }
        askAgainSoon(index, at: now)
        if isEvidence(index), isDoubtful(sentAt) { doubt(at: now) }
        settle(at: now)
    }

    package mutating func notSent(_ id: ProbeID, error: String, at now: Instant) {
        guard let index = target(of: id), targets[index].notSent(id, error: error) else { return }
        if counting.contains(index) { withdrawQuestion() }
        settle(at: now)
    }

    /// What the interface's packet counters say.
    package mutating func count(_ counters: LinkCounters, at now: Instant) {
        guard traffic != nil else { return }
        var roundTrip: Duration?
        for index in counting {
            if let smoothed = targets[index].roundTrip.smoothed { roundTrip = max(roundTrip ?? smoothed, smoothed) }
        }
        let isStanding = traffic?.add(counters, own: own, roundTrip: roundTrip, at: now) ?? false
        own = LinkCounters(received: 0, sent: 0)
        noteReceived(counters.received)
        if isStanding {
            if phase == .up { phase = .suspect(makeBurst(at: now, isCorroborated: true)) } else { corroborate() }
        }
        settle(at: now)
    }

    // MARK: time

    package mutating func advance(to now: Instant, _ outbox: inout Outbox) {
        guard case .ready(let index, _) = condition else { return }
        if expire(at: now) { doubt(at: now) }
        if var burst = phase.burst {
            let isDead = step(&burst, at: now, index, &outbox)
            phase.burst = burst
            if isDead { condemn(burst, at: now) }
        } else if case .recovering(let since, _) = phase, now >= since + holdDuration {
            phaseFault = nil
            phase = .up
            enteredAt = now
        }
        judgeImpairments(at: now)
        sendDue(at: now, index, &outbox)
        readCounters(at: now, &outbox)
        settle(at: now)
    }

    /// A reply is late, or wrong, and nothing later says that the WAN is alive.
    private mutating func doubt(at now: Instant) {
        switch phase {
        case .up:
            phase = .suspect(makeBurst(at: now))
            if traffic != nil { countersDueAt = now }
        case .recovering(let since, nil): phase = .recovering(since: since, makeBurst(at: now))
        // Back after a fault of the interface, or demoted by an earlier run, and not a word since.
        case .down: if phaseFault == nil { phaseFault = .silent }
        case .absent, .noCarrier, .noGateway, .unknown, .suspect, .recovering: break
        }
    }

    /// True if a reply is late and the WAN isn't proven alive by answers to probes sent no earlier than that one.
    private mutating func expire(at now: Instant) -> Bool {
        var result = false
        for index in targets.indices {
            guard let sentAt = targets[index].expire(at: now) else { continue }
            askAgainSoon(index, at: now)
            if isEvidence(index), isDoubtful(sentAt) { result = true }
        }
        return result
    }

    private func isEvidence(_ index: Int) -> Bool { targets[index].role != .service || counting.contains(index) }

    private func isDoubtful(_ sentAt: Instant) -> Bool {
        counting.count { targets[$0].lastAnsweredSentAt.map { $0 >= sentAt } ?? false } < quorum
    }

    private mutating func condemn(_ burst: Burst, at now: Instant) {
        if let lie = lie {
            phaseFault = lie
        } else if targets.contains(where: { $0.role == .local && $0.hasAnswered(since: burst.startedAt) }) {
            phaseFault = .upstreamSilent
        } else if targets.contains(where: { $0.role == .local && $0.roundTrip.smoothed != nil }) {
            phaseFault = .gatewaySilent
        } else {
            // It never answered, so its silence now tells nothing.
            phaseFault = .silent
        }
        isProven = true
        phase = .down
        enteredAt = now
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
    }

    /// One that can't be asked, an IPv6 address on a WAN without IPv6, can't be waited for.
    var quorum: Int { min(wan.probe.quorum, max(counting.count { targets[$0].sendError == nil }, 1)) }

    /// What a wrong answer says, where services are all there is to go by.
    private var lie: Fault? { counting.lazy.compactMap { targets[$0].wrong?.fault }.first { $0.isOfService } }

    private func isAlive(since moment: Instant) -> Bool {
        counting.count { targets[$0].hasAnswered(since: moment) } >= quorum
    }
}
