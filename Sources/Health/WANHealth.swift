package import Model

/// The state machine of one WAN: what the kernel and the probes say goes in, probes to send and a `HealthState` come out.
///
/// In the steady state each target is asked once an interval, the targets evenly staggered. The first reply that is late raises a
/// suspicion: all targets are asked at once, three rounds 100 ms apart. If enough of them answer, the WAN is up again and the loss is
/// merely recorded; if not, it is down. So a silent fault is found in under a second without probing often, and a lost packet does no harm.
///
///     absent / no-carrier / no-gateway ──ready──▶ unknown ──answers──▶ up ◀──answers── suspect
///                     ▲                             │                  │ late reply ──────▲ │
///                     │                             └──silence──▶ down ◀─────silence───────┘
///              the kernel's word,                                  │ ▲
///              from any state                              answers ▼ │ a loss
///                                                             recovering ──hold without a loss──▶ up
package struct WANHealth: Equatable, Sendable {
    static let rounds = 3
    static let roundSpacing: Duration = .milliseconds(100)
    /// When the verdict comes this much later than it was due, the box itself was asleep or overloaded and replies may be waiting
    /// unread: the question is put again instead.
    static let oversleep: Duration = .milliseconds(250)

    /// What the kernel says of the WAN's interface.
    package enum LinkCondition: Equatable, Sendable {
        case absent
        case noCarrier
        case noGateway
        case ready(interfaceIndex: UInt32, gateway: IPv4Address?)
    }

    private enum Phase: Equatable {
        case absent, noCarrier, noGateway, up, down
        case unknown(Burst)
        case suspect(Burst)
        case recovering(cleanSince: Instant)
    }

    /// The confirmation burst.
    private struct Burst: Equatable {
        var startedAt: Instant
        var nextRoundAt: Instant
        var roundsSent = 0
        var verdictAt: Instant?
        /// How many questions to targets that count really went out.
        var asked = 0

        init(at now: Instant) {
            startedAt = now
            nextRoundAt = now
        }
    }

    package private(set) var wan: WANSettings
    private var probe: ProbeSettings { wan.probe }
    package private(set) var targets: [TargetRecord]
    package private(set) var fault: Fault?
    /// Since when it has been usable, or unusable in this particular way.
    package private(set) var since: Instant
    private var phase: Phase = .absent
    /// nil before the kernel has said anything.
    private var condition: LinkCondition?
    /// The probes have judged this WAN before. From then on it has to prove itself for `hold` when it comes back.
    private var isProven: Bool
    private var interval: Duration
    private let epoch: Instant
    private var dueAt: [Instant]

    /// - Parameter presumedDown: an earlier run of the daemon left this WAN demoted: it is down until it has proven itself.
    package init(_ wan: WANSettings, presumedDown: Bool = false, at now: Instant) {
        self.wan = wan
        isProven = presumedDown
        interval = wan.probe.interval
        epoch = now
        since = now
        targets = wan.probe.targets.map(TargetRecord.init)
        dueAt = Array(repeating: now, count: targets.count)
    }

    package var state: HealthState {
        switch phase {
        case .absent: .absent
        case .noCarrier: .noCarrier
        case .noGateway: .noGateway
        case .unknown: .unknown
        case .up: .up
        case .suspect: .suspect
        case .down: .down
        case .recovering: .recovering
        }
    }

    package var gateway: IPv4Address? { if case .ready(_, let gateway) = condition { gateway } else { nil } }

    /// When a recovering WAN will be up, if nothing is lost until then.
    package var upAt: Instant? { if case .recovering(let cleanSince) = phase { cleanSince + probe.hold } else { nil } }

    /// Loss and round trip over the targets that are anybody's evidence: those beyond the gateway that aren't mute.
    package var quality: Quality {
        let evidence = countingTargets.filter { !targets[$0].isMute }
        return (evidence.isEmpty ? countingTargets : evidence).reduce(Quality()) { $0 + targets[$1].window.summary }
    }

    // MARK: events

    /// The same WAN under new settings: what has been measured stays.
    package mutating func configure(_ wan: WANSettings, at now: Instant) {
        let known = Dictionary(targets.map { ($0.target, $0) }) { first, _ in first }
        self.wan = wan
        targets = probe.targets.map { known[$0] ?? TargetRecord($0) }
        resolveTargets()
        dueAt = targets.indices.map { nextDue($0, after: now) }
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
                if phase == .up { enter(.suspect(Burst(at: now)), at: now) }
            } else {
                appear(at: now)
            }
        }
    }

    private mutating func appear(at now: Instant) {
        for index in targets.indices { targets[index].forgetPending() }
        fault = nil
        if countingTargets.isEmpty {
            // Nothing to ask: the carrier is all there is to know, and not knowing is not down.
            enter(.up, at: now)
        } else if isProven {
            enter(.down, at: now)
            dueAt = targets.map { _ in now }
        } else {
            enter(.unknown(Burst(at: now)), at: now)
        }
    }

    private mutating func fail(_ phase: Phase, _ fault: Fault, at now: Instant) {
        for index in targets.indices { targets[index].forgetPending() }
        self.fault = fault
        enter(phase, at: now)
    }

    package mutating func answered(_ id: UInt64, after time: Duration, at now: Instant) {
        for index in targets.indices where targets[index].answered(id, after: time, at: now) {
            switch phase {
            case .unknown(let burst), .suspect(let burst):
                guard isAlive(since: burst.startedAt) else { return }
                isProven = true
                fault = nil
                enter(.up, at: now)
            case .down:
                if targets[index].target == .gateway { fault = .upstreamSilent }
                guard isAlive(since: since) else { return }
                enter(.recovering(cleanSince: now), at: now)
            case .absent, .noCarrier, .noGateway, .up, .recovering: break
            }
            return
        }
    }

    package mutating func notSent(_ id: UInt64, error: String) {
        for index in targets.indices where targets[index].notSent(id, error: error) {
            guard countingTargets.contains(index) else { return }
            switch phase {
            case .unknown(var burst):
                burst.asked -= 1
                phase = .unknown(burst)
            case .suspect(var burst):
                burst.asked -= 1
                phase = .suspect(burst)
            case .absent, .noCarrier, .noGateway, .up, .down, .recovering: break
            }
            return
        }
    }

    /// How often each target is asked from now on.
    package mutating func pace(_ interval: Duration, at now: Instant) {
        guard interval != self.interval else { return }
        self.interval = interval
        dueAt = targets.indices.map { nextDue($0, after: now) }
    }

    /// Every target at the next occasion: the selected WAN is suspect, and this one may have to take over.
    package mutating func askAtOnce(at now: Instant) { dueAt = targets.map { _ in now } }

    // MARK: time

    /// The next moment at which `advance` has something to do.
    package var deadline: Instant? {
        guard case .ready = condition else { return nil }
        var moments = targets.compactMap(\.deadline)
        switch phase {
        case .unknown(let burst), .suspect(let burst): moments.append(burst.verdictAt ?? burst.nextRoundAt)
        case .recovering(let cleanSince): moments += dueAt + [cleanSince + probe.hold]
        case .up, .down: moments += dueAt
        case .absent, .noCarrier, .noGateway: break
        }
        return moments.min()
    }

    package mutating func advance(to now: Instant, _ outbox: inout Outbox) {
        guard case .ready(let index, _) = condition else { return }
        let hasDoubtfulLoss = expire(at: now)
        switch phase {
        case .absent, .noCarrier, .noGateway: break
        case .down:
            // Back after a fault of the interface, or demoted by an earlier run, and not a word since.
            if hasDoubtfulLoss, fault == nil { fault = .silent }
        case .unknown(var burst):
            step(&burst, at: now, index, &outbox) { .unknown($0) }
        case .suspect(var burst):
            step(&burst, at: now, index, &outbox) { .suspect($0) }
        case .up:
            if hasDoubtfulLoss {
                var burst = Burst(at: now)
                enter(.suspect(burst), at: now)
                step(&burst, at: now, index, &outbox) { .suspect($0) }
            }
        case .recovering(let cleanSince):
            if hasDoubtfulLoss {
                enter(.down, at: now)
            } else if now >= cleanSince + probe.hold {
                fault = nil
                enter(.up, at: now)
            }
        }
        sendDue(at: now, index, &outbox)
    }

    /// True if a reply is late and the WAN isn't proven alive by answers to probes sent no earlier than that one.
    private mutating func expire(at now: Instant) -> Bool {
        var isDoubtful = false
        for index in targets.indices {
            guard let sentAt = targets[index].expire(at: now) else { continue }
            let later = countingTargets.count { targets[$0].lastAnsweredSentAt.map { $0 >= sentAt } ?? false }
            if later < quorum { isDoubtful = true }
        }
        return isDoubtful
    }

    private mutating func step(_ burst: inout Burst, at now: Instant, _ index: UInt32, _ outbox: inout Outbox, _ wrap: (Burst) -> Phase) {
        if let verdictAt = burst.verdictAt {
            guard now >= verdictAt else { return }
            if burst.asked <= 0 {
                // We couldn't ask, so we don't know.
                burst = Burst(at: now)
                burst.nextRoundAt = now + interval
            } else if now - verdictAt > Self.oversleep {
                burst = Burst(at: now)
            } else {
                return condemn(burst, at: now)
            }
        }
        if burst.roundsSent < Self.rounds, now >= burst.nextRoundAt {
            burst.roundsSent += 1
            burst.nextRoundAt = now + Self.roundSpacing
            for target in targets.indices where send(target, at: now, index, &outbox) && countingTargets.contains(target) {
                burst.asked += 1
            }
            if burst.roundsSent == Self.rounds { burst.verdictAt = now + patience }
        }
        phase = wrap(burst)
    }

    private mutating func condemn(_ burst: Burst, at now: Instant) {
        let gateway = targets.first { $0.target == .gateway && $0.question != nil }
        if let gateway, let answeredAt = gateway.lastAnswerAt, answeredAt >= burst.startedAt {
            fault = .upstreamSilent
        } else if gateway?.roundTrip.smoothed != nil {
            fault = .gatewaySilent
        } else {
            // It never answered, so its silence now tells nothing.
            fault = .silent
        }
        isProven = true
        enter(.down, at: now)
    }

    private mutating func sendDue(at now: Instant, _ index: UInt32, _ outbox: inout Outbox) {
        switch phase {
        case .absent, .noCarrier, .noGateway, .unknown, .suspect: return
        case .up, .down, .recovering: break
        }
        for target in targets.indices where dueAt[target] <= now {
            _ = send(target, at: now, index, &outbox)
            dueAt[target] = nextDue(target, after: now)
        }
    }

    private mutating func send(_ target: Int, at now: Instant, _ index: UInt32, _ outbox: inout Outbox) -> Bool {
        guard let question = targets[target].question else { return false }
        let id = outbox.add(wan: wan, interfaceIndex: index, question: question, gateway: gateway, timeout: probe.timeout)
        targets[target].sent(id, at: now, timeout: probe.timeout)
        return true
    }

    // MARK: helpers

    private mutating func enter(_ new: Phase, at now: Instant) {
        let wasUsable = state.isUsable
        phase = new
        // A suspicion that is cleared leaves no trace in "up for three days".
        if !(wasUsable && state.isUsable) { since = now }
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
    }

    /// Those whose answers make the WAN alive: the targets beyond the gateway; the gateway where there is no other.
    private var countingTargets: [Int] {
        let beyond = targets.indices.filter { targets[$0].target != .gateway }
        return beyond.isEmpty ? targets.indices.filter { targets[$0].question != nil } : beyond
    }

    private var quorum: Int { min(probe.quorum, max(countingTargets.count, 1)) }

    private func isAlive(since moment: Instant) -> Bool {
        countingTargets.count { targets[$0].lastAnswerAt.map { $0 >= moment } ?? false } >= quorum
    }

    /// How long the last round may take: the slowest of the targets that ever answered decides.
    private var patience: Duration {
        countingTargets.compactMap { targets[$0].roundTrip.patience(atMost: probe.timeout) }.max() ?? probe.timeout
    }

    /// The targets' turns are spread evenly over the interval and don't drift: turn k of target i is at epoch + (k + i/n) × interval.
    private func nextDue(_ target: Int, after now: Instant) -> Instant {
        let offset = interval * target / max(targets.count, 1)
        let elapsed = (now - epoch - offset).nanoseconds
        let turns = elapsed < 0 ? 0 : elapsed / max(interval.nanoseconds, 1) + 1
        return epoch + offset + .nanoseconds(turns * interval.nanoseconds)
    }
}
