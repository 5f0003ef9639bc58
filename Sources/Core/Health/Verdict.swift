package import Model

/// What is thought of a WAN at this moment: two values, and what follows from them.
///
/// Apart from the rest of `WANHealth`, because this is looked at before and after every probe of any WAN, and whoever looks at a part of it by a
/// computed property copies all that it belongs to, the windows of all targets.
package struct Verdict: Equatable, Sendable {
    package internal(set) var liveness: Liveness = .unseen
    /// Its interface is one that can be pulled out. A line that is missing is just that.
    package internal(set) var isRemovable = false
    package internal(set) var impairments: [Impairment] = []

    package var isImpaired: Bool { !impairments.isEmpty }

    /// The two in one word: for people, and for the selection.
    package var state: HealthState {
        switch liveness {
        case .unseen, .absent: .absent
        case .noCarrier: .noCarrier
        case .noGateway, .noRoute: .noGateway
        case .ready(_, .unknown): .unknown
        // Somebody who fills a queue makes answers late all the time, and nobody wants to be told of each.
        case .ready(_, .suspect(let burst)) where burst.isQuiet || burst.isUsual: isImpaired ? .impaired : .up
        // That a reply is late is no news of one that is known to be bad.
        case .ready(_, .suspect) where isImpaired: .impaired
        case .ready(_, .up): isImpaired ? .impaired : .up
        case .ready(_, .suspect): .suspect
        case .ready(_, .down): .down
        case .ready(_, .recovering): .recovering
        }
    }

    /// Why it isn't up, or what it is impaired by: the worst of it.
    package var fault: Fault? {
        if state == .impaired { return (impairments.first { $0.fault.isOfService } ?? impairments.first)?.fault }
        return liveness == .absent && !isRemovable ? nil : liveness.fault
    }

    /// It is suspect, and the first round of questions has gone unanswered; where answers are late anyway, all of them.
    package var doubtedSince: Instant? {
        guard case .ready(_, .suspect(let burst)) = liveness, burst.isQuiet ? burst.isOverdue : burst.roundsSent > 1 else { return nil }
        return burst.startedAt
    }
}
