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
    /// While the verdict is put off it is asked on so often.
    static let askedOnEvery: Duration = .milliseconds(330)
    static let lookedAtEvery: Duration = .milliseconds(100)
    /// The counters are read once more before a verdict that they had a part in. They come in the same turn.
    static let reading: Duration = .milliseconds(1)

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
    /// The line carries, or its answers wait in a queue: this is no news, and the WAN as good as before.
    var isQuiet: Bool
    /// The WAN loses packets now and then, so this is nothing new before the last round of questions has gone unanswered, too.
    var isUsual = false
    /// The rounds are over, and the verdict has been put off.
    var isOverdue = false
    /// The counters have been read for the verdict.
    var isRead = false
}

extension WANHealth {
    func makeBurst(at now: Instant) -> Burst {
        var burst = Burst(
            // Where answers take their time it is the next of them that is waited for, whenever it was asked for: more questions would only fill the queue.
            startedAt: now, nextRoundAt: now, rounds: isDelayed ? 1 : roundsNeeded, lastRoundAt: now,
            isCorroborated: isCorroborated(at: now), isQuiet: isQuiet(at: now))
        burst.isUsual = isLossy || isOftenSuspect(at: now)
        return burst
    }

    /// Three suspicions in half a minute have been told, and were nothing.
    private func isOftenSuspect(at now: Instant) -> Bool { suspectedAt.count == 3 && now - suspectedAt[0] < Window.span }

    /// One in ten lost in the last half minute: eighteen suspicions a minute at the usual pace.
    private var isLossy: Bool {
        let quality = quality
        return quality.judged >= Self.fewestSamples && (quality.loss ?? 0) >= 0.1
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
        burst.isQuiet = isQuiet(at: now)
        burst.isUsual = burst.isUsual && burst.roundsSent < burst.rounds
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
            } else if let traffic, traffic.flow.isLoaded, !burst.isRead, traffic.readAt != now {
                burst.isRead = true
                burst.verdictAt = now + Burst.reading
                countersDueAt = now
                return false
            } else if let later = postponed(burst, at: now) {
                burst.isOverdue = true
                burst.isRead = false
                if now - burst.lastRoundAt >= Burst.askedOnEvery {
                    burst.lastRoundAt = now
                    ask(&burst, round: burst.rounds, at: now, index, &outbox)
                }
                burst.verdictAt = later
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

    /// When the verdict is to be thought of again. nil: now is the time.
    private func postponed(_ burst: Burst, at now: Instant) -> Instant? {
        var until = now
        if let traffic {
            // What was taken for a standstill was none.
            if !isCorroborated(at: now) {
                let lastRoundAt = burst.startedAt + wan.probe.burstInterval * (burst.rounds - 1)
                until = max(until, verdictDue(burst, lastRoundAt: lastRoundAt, isCorroborated: false))
            }
            let isClear = isLineClear(for: burst)
            if !isClear, let longerWay = longerWay(traffic, at: now) { until = max(until, longerWay) }
            // A queue has just filled up, and the answers are in it; or a packet filter drops them while it is being loaded, and lets through those
            // to come.
            if !isClear, traffic.isCarrying(at: now) {
                until = max(until, isAlone ? now + Burst.askedOnEvery : burst.startedAt + wan.probe.timeout)
            }
        }
        if isDelayed, let since = waitingSince { until = max(until, since + queuePatience(at: now)) }
        return until > now ? min(until, now + Burst.lookedAtEvery) : nil
    }

    private mutating func ask(_ burst: inout Burst, round: Int, at now: Instant, _ index: UInt32, _ outbox: inout Outbox) {
        for target in targets.indices where isAsked(target, inRound: round) {
            if send(target, at: now, index, &outbox, isMeasured: false), counting.contains(target) { burst.asked += 1 }
        }
    }

    /// Without the clients' traffic to say the same, twice the usual time, as after any timeout (RFC 6298, 5.5): the round trip may just have
    /// become longer.
    private func verdictDue(_ burst: Burst, lastRoundAt: Instant, isCorroborated: Bool? = nil) -> Instant {
        // Answers that wait in a queue aren't waited for one by one: `queuePatience` is for all of them.
        if isDelayed { return lastRoundAt + min(patience, Self.slowAnswer) }
        let patience = burst.isCorroborated ? min(patience, max(wan.probe.minimumRTO, (latestRoundTrip ?? patience) * 2)) : patience
        return lastRoundAt + min(isCorroborated ?? burst.isCorroborated ? patience : patience * 2, max(wan.probe.timeout, patience))
    }

    /// The counters have been read while the question was under way, and now say the same as the silence.
    mutating func corroborate(at now: Instant) {
        guard case .suspect(var burst) = liveness.phase, !burst.isCorroborated, isCorroborated(at: now) else { return }
        burst.isCorroborated = true
        if burst.verdictAt != nil, !burst.isOverdue { burst.verdictAt = verdictDue(burst, lastRoundAt: burst.lastRoundAt) }
        enter(.suspect(burst))
    }

    /// A service isn't asked three times in a tenth of a second, and not at all where it isn't what decides.
    private func isAsked(_ target: Int, inRound round: Int) -> Bool {
        targets[target].role != .service
            || counting.contains(target) && (round == 1 || targets[target].target.question.entry.isAskedInEveryRound)
    }

    /// A question to a target that counts didn't go out.
    mutating func withdrawQuestion() { liveness.burst?.asked -= 1 }

    /// How long the last round may take: the slowest of the targets that ever answered decides.
    var patience: Duration {
        var longest: Duration?
        for index in counting where targets[index].roundTrip.smoothed != nil {
            longest = max(longest ?? .zero, targets[index].patience)
        }
        return longest ?? wan.probe.timeout
    }
}
