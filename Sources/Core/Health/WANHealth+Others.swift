package import Model

/// What other WANs say of the targets that have ceased to answer by this one.
///
/// A target that is silent everywhere is dead itself. Those that stop together here and answer elsewhere are what an outage looks like, though one more
/// target goes on answering: the provider's own box may have its address.
extension WANHealth {
    /// So unlikely may it be that a target has failed by chance; two of them are needed.
    private static let chance = 1e-4

    mutating func noteCeased() { hasCeasedTargets = counting.contains { targets[$0].hasCeased } }

    /// Compares with the other WANs that can be used.
    /// - Returns: the targets that the others are to be asked for now.
    package mutating func compare(with others: [WANHealth], at now: Instant) -> [Target] {
        var wanted: [Target] = []
        var stopped: [Instant] = []
        let failures = failuresNeeded
        for index in counting where targets[index].hasCeased {
            let ceasedAt = targets[index].lastAnswerAt ?? .start
            let records = others.compactMap { other in other.targets.first { $0.target == targets[index].target } }
            if records.contains(where: { $0.hasAnsweredLast == true && ($0.lastAnswerAt ?? .start) > ceasedAt }) {
                targets[index].isSilentElsewhere = false
                if targets[index].failuresInARow >= failures { stopped.append(ceasedAt) }
            } else if !records.isEmpty, records.allSatisfy(\.hasFailed) {
                targets[index].isSilentElsewhere = true
            } else {
                targets[index].isSilentElsewhere = nil
                if !targets[index].isAskedElsewhere, !records.isEmpty {
                    targets[index].isAskedElsewhere = true
                    wanted.append(targets[index].target)
                }
            }
        }
        // While none answers, that is for the question after a suspicion to find out; and in a full queue each is lost now and then.
        if stopped.count * 2 > counting.count, let first = stopped.min(), let last = stopped.max(), last - first <= together,
            now - last >= max(wan.probe.timeout, .seconds(1)), !isQueueing(at: now),
            counting.contains(where: { targets[$0].hasAnsweredLast == true && targets[$0].hasAnswered(since: last + wan.probe.timeout) })
        {
            outvote(at: now)
        }
        return wanted
    }

    /// Asked once an interval each, they stop within one, and a loss or two.
    private var together: Duration { max(wan.probe.interval * max(Int(factor.rounded(.up)), 1), .seconds(1)) * 3 }

    /// How often one has to fail in a row, by how lossy the WAN is for those that answer.
    private var failuresNeeded: Int {
        let heard = counting.filter { !targets[$0].hasFailed }
        let loss = min(heard.reduce(Quality()) { $0 + targets[$1].window.summary }.loss ?? 0, 0.95)
        var failures = 0
        var chance = 1.0
        while chance > Self.chance, failures < 200 {
            chance *= loss
            failures += 1
        }
        return max(failures, TargetRecord.failuresThatCount)
    }

    /// What still answers is nearer than the Internet.
    private mutating func outvote(at now: Instant) {
        switch liveness.phase {
        case .up, .suspect: break
        case .unknown, .down, .recovering, nil: return
        }
        let before = state
        raisedQuorum = counting.count / 2 + 1
        enter(.down(since: now, fault: .upstreamSilent))
        settle(from: before, at: now)
    }

    /// That one alone, at the next occasion.
    package mutating func askAtOnce(_ target: Target, at now: Instant) {
        guard let index = targets.firstIndex(where: { $0.target == target }) else { return }
        targets[index].dueAt = now
        refreshDeadline()
    }
}
