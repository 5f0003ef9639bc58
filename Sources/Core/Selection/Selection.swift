package import Model

/// Which WAN carries new sessions now, and why.
package struct Selection: Equatable, Sendable {
    package var wan: WANName?
    package var reason: Reason

    package init(wan: WANName? = nil, reason: Reason = .nothingKnown) {
        self.wan = wan
        self.reason = reason
    }

    package enum Reason: Equatable, Sendable {
        /// It has the lowest metric of all.
        case firstChoice
        /// Those with lower metrics can't be used, or are worse.
        case bestUsable(passedOver: [WANName])
        /// The operator chose it.
        case pinned
        /// `better` is ready, but the last switch was a moment ago.
        case staying(better: WANName, until: Instant)
        /// It has just fallen silent, and the only other that answers has only just begun to again.
        case waiting(other: WANName, until: Instant)
        /// The WANs that could carry the sessions are no better, and to move would gain nothing.
        case noneBetter
        /// No WAN is up; this one at least answers again.
        case onlyRecovering
        /// No WAN has been heard of yet; this is the first choice.
        case onlyUnknown
        /// No WAN answers what it is asked. This one never has, so that may be blocked there, and a name and a page have come by it.
        case onlyProven
        /// The same, and nobody knows whether anything comes by it. Those that used to answer are dead for certain.
        case onlyUntried
        /// No WAN can be used. The routes stay, in order, so that the first choice is tried all the same.
        case noneUsable
        case nothingKnown
    }
}

/// One WAN as the selection sees it, in the order of the metrics.
package struct Candidate: Equatable, Sendable {
    /// What makes a WAN that answers too bad for sessions while there is a better one.
    package enum Impairment: Equatable, Sendable {
        /// Lossy or slow. 1 is at the threshold, 2 twice as bad.
        case quality(Double)
        /// No DNS, a captive portal.
        case service
    }

    /// What is known of a WAN that has never answered any of its targets, but for its silence.
    package enum Unheard: Equatable, Sendable {
        /// A name and a page have come by it.
        case proven
        case untried
        /// It was asked for them in vain.
        case failed
    }

    /// Whether it answers. How well it does is `impairment`'s to say, also while it is suspect.
    fileprivate enum Standing { case answering, suspect, recovering, unknown, proven, untried, unusable }

    package var wan: WANName
    fileprivate private(set) var standing: Standing
    package var impairment: Impairment?
    /// Lately it was asked often enough to say that it isn't lossy or slow itself.
    package var isMeasured: Bool
    /// Its DNS or another service has just failed, and is being asked again.
    package var isInDoubt: Bool
    /// It has just fallen silent; most silences are over by then.
    package var silentUntil: Instant?

    package init(
        wan: WANName, health: HealthState, impairment: Impairment? = nil, isMeasured: Bool = true, isInDoubt: Bool = false,
        silentUntil: Instant? = nil, unheard: Unheard? = nil
    ) {
        self.wan = wan
        standing =
            switch health {
            case .up, .impaired: .answering
            case .suspect: .suspect
            case .recovering: .recovering
            case .unknown: .unknown
            case .absent, .noCarrier, .noGateway: .unusable
            case .down:
                switch unheard {
                case .proven: .proven
                case .untried: .untried
                case .failed, nil: .unusable
                }
            }
        self.impairment = impairment
        self.isMeasured = isMeasured
        self.isInDoubt = isInDoubt
        self.silentUntil = silentUntil
    }

    /// The lower the better. The order is the policy.
    fileprivate enum Rank: Int, Comparable {
        case good
        /// Moving to a suspect would be a leap in the dark while another is up.
        case doubtful
        case poor
        case broken
        /// Before one that has only just come back: it would have to be left for that one, and might have to be taken again.
        case proven
        case recovering
        case unknown
        /// Before one that is dead for certain.
        case untried

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// nil: it can carry nothing.
    fileprivate func rank(isCurrent: Bool) -> Rank? {
        let answering: Rank =
            switch impairment {
            case nil: .good
            case .quality: .poor
            case .service: .broken
            }
        switch standing {
        case .answering: return answering
        // Staying with a suspect costs nothing yet.
        case .suspect: return isCurrent ? answering : max(answering, .doubtful)
        // The selected WAN isn't left for another one before there is a word against it: at boot the backup may be a few
        // milliseconds faster to answer than the first choice.
        case .unknown: return isCurrent ? .good : .unknown
        case .recovering: return .recovering
        case .proven: return .proven
        case .untried: return .untried
        case .unusable: return nil
        }
    }

    fileprivate var badness: Double { if case .quality(let badness) = impairment { badness } else { 0 } }
}

extension Selection {
    /// Another WAN as bad as this one is no reason to move: both are measured with an error, and each switch costs sessions. One half as bad is.
    static let muchBetter = 0.5

    /// - Parameters:
    ///   - candidates: every WAN, the lowest metric first.
    ///   - current: the WAN that is selected now.
    ///   - pin: the WAN that the operator wants. While it can't be used, the others take over in their order.
    ///   - stayUntil: the end of the minimum stay after the last switch, if it hasn't come yet.
    package static func choose(from candidates: [Candidate], current: WANName?, pin: WANName?, stayUntil: Instant? = nil) -> Selection {
        let ranked = candidates.compactMap { candidate in
            candidate.rank(isCurrent: candidate.wan == current).map { (candidate: candidate, rank: $0) }
        }
        if let pin, ranked.contains(where: { $0.candidate.wan == pin && $0.rank < .recovering }) {
            return Selection(wan: pin, reason: .pinned)
        }
        // The first of the best: min(by:) keeps the earlier of two equals, which is the lower metric.
        guard let best = ranked.min(by: { $0.rank < $1.rank }) else { return Selection(wan: nil, reason: .noneUsable) }
        // Nothing has ever been heard by any of them: the Internet is rather dead than everybody's pings blocked.
        if best.rank == .untried, !candidates.contains(where: { $0.standing == .unusable }) {
            return Selection(wan: nil, reason: .noneUsable)
        }
        // Two WANs that both come and go would pass the sessions to and fro: short silences are sat out where the other one isn't trusted either.
        if best.rank == .recovering, let silent = candidates.first(where: { $0.wan == current })?.silentUntil {
            return Selection(wan: current, reason: .waiting(other: best.candidate.wan, until: silent))
        }
        let selection = reasoned(best.candidate, best.rank, candidates)
        guard let now = ranked.first(where: { $0.candidate.wan == current }), now.candidate.wan != best.candidate.wan || now.rank == .poor
        else {
            return selection
        }
        switch now.rank {
        case .good, .doubtful: break
        case .poor:
            if best.rank == .poor {
                // Equal in kind: the first that is much better, if there is one.
                let better = ranked.first {
                    $0.rank == .poor && $0.candidate.badness <= now.candidate.badness * muchBetter && $0.candidate.isMeasured
                }
                guard let better else { return Selection(wan: current, reason: .noneBetter) }
                return held(reasoned(better.candidate, better.rank, candidates), current, stayUntil)
            }
            guard best.candidate.isMeasured, best.rank == .good else { return Selection(wan: current, reason: .noneBetter) }
        case .broken:
            // When a resolver is dead for everybody, the WAN that is asked a moment later looks better for a moment.
            return best.rank == .broken || best.candidate.isInDoubt ? Selection(wan: current, reason: .noneBetter) : selection
        case .proven, .recovering, .unknown, .untried:
            // It carries nothing well; whatever is better gets the sessions at once. Another that is no better doesn't: two that come and go
            // would pass them to and fro.
            return best.rank == now.rank ? reasoned(now.candidate, now.rank, candidates) : selection
        }
        return held(selection, current, stayUntil)
    }

    private static func held(_ selection: Selection, _ current: WANName?, _ stayUntil: Instant?) -> Selection {
        guard let better = selection.wan, let stayUntil else { return selection }
        return Selection(wan: current, reason: .staying(better: better, until: stayUntil))
    }

    private static func reasoned(_ best: Candidate, _ rank: Candidate.Rank, _ candidates: [Candidate]) -> Selection {
        switch rank {
        case .recovering: return Selection(wan: best.wan, reason: .onlyRecovering)
        case .unknown: return Selection(wan: best.wan, reason: .onlyUnknown)
        case .proven: return Selection(wan: best.wan, reason: .onlyProven)
        case .untried: return Selection(wan: best.wan, reason: .onlyUntried)
        case .good, .doubtful, .poor, .broken:
            let passedOver = candidates.prefix { $0.wan != best.wan }.map(\.wan)
            return Selection(wan: best.wan, reason: passedOver.isEmpty ? .firstChoice : .bestUsable(passedOver: passedOver))
        }
    }
}
