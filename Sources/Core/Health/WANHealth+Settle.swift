import Model

/// What follows from an event, whichever it was, and when there is something to do next.
extension WANHealth {
    /// - Parameter before: the state that it had before the event.
    mutating func settle(from before: HealthState, at now: Instant) {
        if state != before { changed(from: before, at: now) }
        refreshDeadline()
    }

    private mutating func changed(from before: HealthState, at now: Instant) {
        if state == .suspect { suspectedAt = suspectedAt.suffix(2) + [now] }
        // A suspicion that is cleared leaves no trace in "up for three days".
        let wasGood = before == .up || before == .suspect
        let isGood = state == .up || state == .suspect
        if !(wasGood && isGood) { since = now }
        if wasGood, !isGood { hold.failed(at: now) }
        if !wasGood, state == .up {
            hold.trusted(at: now)
            raisedQuorum = nil
        }
        if !canBeImpaired {
            impairments = []
            found = []
            for index in targets.indices where targets[index].role == .service { targets[index].forgetFailures() }
        }
    }

    mutating func refreshDeadline() {
        guard case .ready(_, let phase) = liveness else {
            deadline = nil
            wakeAt = nil
            return
        }
        var next = nextJudgement
        for index in found.indices { next = earlier(next, found[index].deadline) }
        for index in targets.indices { next = earlier(next, targets[index].deadline) }
        switch phase {
        case .unknown(let burst), .suspect(let burst), .recovering(_, _, let burst?):
            next = earlier(next, burst.verdictAt ?? burst.nextRoundAt)
            if case .suspect = phase, burst.isQuiet { next = earlier(next, nextDue) }
        case .recovering(let since, _, nil): next = earlier(earlier(next, since + holdDuration), nextDue)
        case .up, .down: next = earlier(next, nextDue)
        }
        deadline = earlier(next, countersDueAt)
        // In doubt every reading counts.
        let slack = if case .up = phase { traffic?.slack ?? .zero } else { Duration.zero }
        wakeAt = earlier(next, countersDueAt.map { $0 + slack })
    }
}
