package import Model

/// What the two families of one WAN say to each other. They go by one line, and most faults are of both.
extension WANHealth {
    /// What is found of the two within this time is of both.
    private static let together: Duration = .seconds(1)

    /// A suspicion is being looked into.
    package var isAsking: Bool { if case .ready(_, .suspect) = liveness { true } else { false } }

    /// When the latest probe was sent that was answered, and soon. nil: the answers wait in a queue.
    package var promptlyAnsweredSentAt: Instant? {
        isDelayed ? nil : counting.compactMap { targets[$0].lastAnsweredSentAt }.max()
    }

    package mutating func hear(_ otherFamilySentAt: Instant) { otherFamilyAnsweredSentAt = otherFamilySentAt }

    /// The other family was asked after this question had begun, and has answered soon: no queue holds back the answers, whatever clients are doing.
    func isLineClear(for burst: Burst) -> Bool { otherFamilyAnsweredSentAt.map { $0 > burst.startedAt } ?? false }

    /// - Returns: it is something else now.
    package mutating func follow(_ other: WANHealth, at now: Instant) -> Bool {
        let before = state
        switch (other.liveness.phase, liveness.phase) {
        case (.suspect(let doubt), .some) where doubt.roundsSent > 1 && doubt.startedAt != askedForOtherAt:
            askedForOtherAt = doubt.startedAt
            askAtOnce(at: now)
            return true
        case (.down(let since, .some), .suspect(let burst))
        where now - since <= Self.together && burst.roundsSent > 1 && now - burst.startedAt >= patience:
            condemn(burst, at: now)
        case (.up, .recovering(let since, _, nil)) where other.since == now && since + holdDuration - now <= Self.together:
            enter(.up)
        case (_, _): return false
        }
        settle(from: before, at: now)
        return true
    }
}
