import Model

/// What follows from an event, whichever it was: the state, the fault, and when there is something to do next.
extension WANHealth {
    /// What follows from whatever has just happened.
    mutating func settle(at now: Instant) {
        let before = state
        isImpaired = !impairments.isEmpty
        doubtedSince = nil
        fault = phaseFault
        switch phase {
        case .absent: state = .absent
        case .noCarrier: state = .noCarrier
        case .noGateway: state = .noGateway
        case .unknown: state = .unknown
        case .up:
            state = isImpaired ? .impaired : .up
            fault = (impairments.first { $0.fault.isOfService } ?? impairments.first)?.fault
        case .suspect(let burst):
            state = .suspect
            if burst.roundsSent > 1 { doubtedSince = burst.startedAt }
        case .down: state = .down
        case .recovering: state = .recovering
        }
        if state != before { changed(from: before, at: now) }
        refreshDeadline()
    }

    private mutating func changed(from before: HealthState, at now: Instant) {
        // A suspicion that is cleared leaves no trace in "up for three days".
        let wasGood = before == .up || before == .suspect
        let isGood = state == .up || state == .suspect
        if !(wasGood && isGood) { since = now }
        if wasGood, !isGood { hold.failed(at: now) }
        if !wasGood, state == .up { hold.trusted(at: now) }
        if !state.isUsable, state != .recovering {
            impairments = []
            isImpaired = false
            for index in targets.indices where targets[index].role == .service { targets[index].forgetFailures() }
        }
    }

    mutating func refreshDeadline() {
        guard case .ready = condition else {
            deadline = nil
            return
        }
        var next = earlier(countersDueAt, nextJudgement)
        for index in targets.indices { next = earlier(next, targets[index].deadline) }
        if let burst = phase.burst { next = earlier(next, burst.verdictAt ?? burst.nextRoundAt) }
        switch phase {
        case .recovering(let since, nil): next = earlier(earlier(next, since + holdDuration), nextDue)
        case .up, .down: next = earlier(next, nextDue)
        case .absent, .noCarrier, .noGateway, .unknown, .suspect, .recovering: break
        }
        deadline = next
    }
}
