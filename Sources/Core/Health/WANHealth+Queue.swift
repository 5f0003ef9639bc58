import Model

/// What clients' traffic has to do with a silence.
///
/// Somebody who uploads fills the queue in front of the line: it holds back the answers for a second, or for twelve, and drops some. A line that carries is
/// alive all the same. Three things tell it from one that has died: answers still come in, however late; what comes in for the clients does so as
/// before; and where neither is so, it takes as long as a way that has become longer by a quarter of a second before that says something.
extension WANHealth {
    /// While clients have traffic a way that has become longer by three times `min-rto` is no silence: what was sent after that is given the time to come
    /// back.
    func longerWay(_ traffic: Traffic, at now: Instant) -> Instant? {
        let step = wan.probe.minimumRTO * 3
        if traffic.isStandingStill, let since = traffic.unansweredSince {
            // The last packet came in before the reading that saw it; the next one comes a packet's distance after the step.
            return since + step + traffic.flow.distance(at: now)
        }
        guard traffic.flow.isMoving(at: now), let since = counting.compactMap({ targets[$0].unansweredSince }).min(),
            let roundTrip = smoothedRoundTrip
        else { return nil }
        return since + step + roundTrip + .milliseconds(10)
    }

    /// So long no answer at all comes in by a queue before that says something: by the gaps between them lately.
    func queuePatience(at now: Instant) -> Duration {
        let isLoaded = traffic?.flow.isLoaded ?? true
        let patience =
            hasStopped(at: now) || !isLoaded
            ? max(.milliseconds(700), arrivals.longestGap * 5 / 4) : max(.seconds(1), arrivals.longestGap * 3)
        // With nobody to take over nothing is gained by a verdict.
        return min(isAlone ? max(.seconds(5), patience) : patience, TargetRecord.longestQueue)
    }

    /// What came in for the clients does so no longer.
    private func hasStopped(at now: Instant) -> Bool {
        traffic.map { $0.flow.isHeard && $0.isStandingStill || $0.flow.hasCeased(at: now) } ?? false
    }

    /// No answer has come in by a queue for so long that it is time to ask, however late each of them may be.
    func isOverdue(at now: Instant) -> Bool {
        guard isDelayed || hasStopped(at: now), let since = waitingSince else { return false }
        return now - since >= (isDelayed ? queuePatience(at: now) * 6 / 10 : Self.slowAnswer * 2)
    }

    /// Since when an answer has been due, by what the latest have taken, and none has come. nil: none is due.
    var waitingSince: Instant? {
        guard let last = arrivals.lastAt, let time = latestRoundTrip,
            let sentAt = counting.compactMap({ targets[$0].unansweredSince }).min()
        else { return nil }
        return max(last, sentAt + time)
    }

    /// The answers that come in at the moment have waited in a queue, or the WAN is a satellite, of which the same holds.
    package var isDelayed: Bool { latestRoundTrip.map { $0 >= Self.slowAnswer } ?? false }

    /// Of the target that is the quickest at the moment.
    var latestRoundTrip: Duration? {
        guard let last = arrivals.lastAt else { return nil }
        var least: Duration?
        for index in counting {
            guard let time = targets[index].latestRoundTrip, let at = targets[index].lastAnswerAt, last - at < .seconds(5) else { continue }
            least = min(least ?? time, time)
        }
        return least
    }

    func isQuiet(at now: Instant) -> Bool {
        guard let traffic else { return isDelayed }
        if traffic.isCarrying(at: now) { return true }
        return isDelayed && !hasStopped(at: now)
    }

    func isCorroborated(at now: Instant) -> Bool {
        traffic.map { $0.isStandingStill || $0.flow.hasFallen(at: now) || $0.flow.isOneWay(at: now) } ?? false
    }

    /// Answers that are late because of a queue are given the time that they take, lately.
    func isQueueing(at now: Instant) -> Bool { isDelayed || traffic?.isCarrying(at: now) ?? false }
}
