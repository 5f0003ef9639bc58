import Model

/// The confirmation burst: a suspicion is only a reason to ask.
///
/// All targets are asked at once, in rounds `burstInterval` apart. If nobody has answered when the last round is late, the WAN is silent.
/// How many rounds depends on how lossy the WAN is anyway: it takes so many questions that losing all of them by chance is as good as
/// impossible. So a WAN that loses a third of all packets isn't called dead for it, and one that loses none is judged fast.
package struct Burst: Equatable, Sendable {
    static let fewestRounds = 3
    static let mostRounds = 10
    /// The chance that a burst is lost as a whole though the WAN is alive. At three suspicions a second, one in a year.
    static let chance = 1e-8
    /// When the verdict comes this much later than it was due, the box itself was asleep or overloaded and replies may be waiting
    /// unread: the question is put again instead.
    static let oversleep: Duration = .milliseconds(250)
    /// So many packets beside answers to the burst itself, and something is still coming in.
    static let signsOfLife: UInt64 = 5

    var startedAt: Instant
    var nextRoundAt: Instant
    let rounds: Int
    var roundsSent = 0
    var lastRoundAt: Instant
    var verdictAt: Instant?
    /// How many questions to targets that count really went out.
    var asked = 0
    /// The clients' traffic says the same, so the usual patience is enough.
    var isCorroborated: Bool
    /// What had come in when it began: the first reading after that, since one before could be older than the fault.
    var received: UInt64?
}

extension WANHealth {
    func makeBurst(at now: Instant, isCorroborated: Bool = false) -> Burst {
        Burst(
            startedAt: now, nextRoundAt: now, rounds: roundsNeeded, lastRoundAt: now,
            isCorroborated: isCorroborated || traffic?.isStandingStill ?? false, received: nil)
    }

    private var roundsNeeded: Int {
        let loss = min(max(quality.loss ?? 0, 0), 0.95)
        var questions = 0
        var chance = 1.0
        while chance > Burst.chance, questions < 1000 {
            chance *= loss
            questions += 1
        }
        let perRound = max(counting.count { !targets[$0].isMute && targets[$0].role != .service }, 1)
        return min(max((questions + perRound - 1) / perRound, Burst.fewestRounds), Burst.mostRounds)
    }

    /// True: it is dead.
    mutating func step(_ burst: inout Burst, at now: Instant, _ index: UInt32, _ outbox: inout Outbox) -> Bool {
        if let verdictAt = burst.verdictAt {
            guard now >= verdictAt else { return false }
            if burst.asked <= 0 {
                // We couldn't ask, so we don't know.
                burst = makeBurst(at: now)
                burst.nextRoundAt = now + wan.probe.interval
                return false
            }
            if now - verdictAt > Burst.oversleep {
                burst = makeBurst(at: now)
            } else if burst.isCorroborated, traffic?.isStandingStill == false {
                // Something has come in meanwhile: the clients' traffic doesn't say the same any more.
                burst.isCorroborated = false
                burst.verdictAt = verdictDue(burst, lastRoundAt: burst.lastRoundAt)
                return false
            } else if isHearingOthers(burst), now < burst.startedAt + wan.probe.timeout {
                // The clients still get packets: a queue has filled up, and the answers are in it; or a packet filter drops them while it is
                // being loaded, and lets through those to come. So it goes on asking.
                ask(&burst, round: burst.rounds, at: now, index, &outbox)
                burst.verdictAt = min(now + patience, burst.startedAt + wan.probe.timeout)
                return false
            } else {
                return true
            }
        }
        if burst.roundsSent < burst.rounds, now >= burst.nextRoundAt {
            burst.roundsSent += 1
            burst.lastRoundAt = now
            burst.nextRoundAt = now + wan.probe.burstInterval
            ask(&burst, round: burst.roundsSent, at: now, index, &outbox)
            if burst.roundsSent == burst.rounds {
                burst.verdictAt = verdictDue(burst, lastRoundAt: now)
            }
        }
        return false
    }

    private mutating func ask(_ burst: inout Burst, round: Int, at now: Instant, _ index: UInt32, _ outbox: inout Outbox) {
        for target in targets.indices where isAsked(target, inRound: round) {
            if send(target, at: now, index, &outbox, isMeasured: false), counting.contains(target) { burst.asked += 1 }
        }
    }

    /// Without the clients' traffic to say the same, twice the usual time, as after any timeout (RFC 6298, 5.5): the round trip may just have
    /// become longer.
    private func verdictDue(_ burst: Burst, lastRoundAt: Instant) -> Instant {
        lastRoundAt + min(burst.isCorroborated ? patience : patience * 2, max(wan.probe.timeout, patience))
    }

    /// The counters have been read while the question was under way.
    mutating func noteReceived(_ received: UInt64) {
        if case .ready(_, .unknown) = liveness { return }
        if let burst = liveness.burst, burst.received == nil { liveness.burst?.received = received }
    }

    /// The clients' traffic has come to a standstill while the question was under way already.
    mutating func corroborate() {
        guard case .suspect(var burst) = liveness.phase, !burst.isCorroborated else { return }
        burst.isCorroborated = true
        if burst.verdictAt != nil { burst.verdictAt = verdictDue(burst, lastRoundAt: burst.lastRoundAt) }
        enter(.suspect(burst))
    }

    /// A service isn't asked three times in a tenth of a second, and not at all where it isn't what decides.
    private func isAsked(_ target: Int, inRound round: Int) -> Bool {
        targets[target].role != .service
            || counting.contains(target) && (round == 1 || targets[target].target.question.entry.isAskedInEveryRound)
    }

    private func isHearingOthers(_ burst: Burst) -> Bool {
        guard let then = burst.received, let now = traffic?.last?.received, now >= then else { return false }
        // Each target that answered may have done so in every round.
        let answers = targets.count { $0.hasAnswered(since: burst.startedAt) } * burst.rounds
        return now - then >= Burst.signsOfLife + UInt64(answers)
    }

    /// A question to a target that counts didn't go out.
    mutating func withdrawQuestion() { liveness.burst?.asked -= 1 }

    /// How long the last round may take: the slowest of the targets that ever answered decides.
    private var patience: Duration {
        var longest: Duration?
        for index in counting where targets[index].roundTrip.smoothed != nil {
            longest = max(longest ?? .zero, targets[index].patience)
        }
        return longest ?? wan.probe.timeout
    }
}
