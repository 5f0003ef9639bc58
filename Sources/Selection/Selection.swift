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
        /// Those with lower metrics can't be used.
        case bestUsable(unusable: [WANName])
        /// The operator chose it.
        case pinned
        /// No WAN is up; this one at least answers again.
        case onlyRecovering
        /// No WAN has been heard of yet; this is the first choice.
        case onlyUnknown
        /// No WAN can be used. The routes stay, in order, so that the first choice is tried all the same.
        case noneUsable
        case nothingKnown
    }
}

/// One WAN as the selection sees it, in the order of the metrics.
package struct Candidate: Equatable, Sendable {
    package var wan: WANName
    package var health: HealthState

    package init(wan: WANName, health: HealthState) {
        self.wan = wan
        self.health = health
    }

    /// Lower is better; nil: it can carry nothing.
    fileprivate func rank(isCurrent: Bool) -> Int? {
        switch health {
        case .up: 0
        // Staying with a suspect costs nothing yet; moving to one would be a leap in the dark while another is up.
        case .suspect: isCurrent ? 0 : 1
        // The selected WAN isn't left for another one before there is a word against it: at boot the backup may be a few
        // milliseconds faster to answer than the first choice.
        case .unknown: isCurrent ? 0 : 3
        case .recovering: 2
        case .impaired: 2
        case .absent, .noCarrier, .noGateway, .down: nil
        }
    }
}

extension Selection {
    /// - Parameters:
    ///   - candidates: every WAN, the lowest metric first.
    ///   - current: the WAN that is selected now.
    ///   - pin: the WAN that the operator wants. While it can't be used, the others take over in their order.
    package static func choose(from candidates: [Candidate], current: WANName?, pin: WANName?) -> Selection {
        let ranked = candidates.compactMap { candidate in
            candidate.rank(isCurrent: candidate.wan == current).map { (candidate.wan, rank: $0, candidate.health) }
        }
        if let pin, ranked.contains(where: { $0.0 == pin && $0.rank < 2 }) { return Selection(wan: pin, reason: .pinned) }
        // The first of the best: min(by:) keeps the earlier of two equals, which is the lower metric.
        guard let best = ranked.min(by: { $0.rank < $1.rank }) else { return Selection(wan: nil, reason: .noneUsable) }
        if best.2 == .recovering { return Selection(wan: best.0, reason: .onlyRecovering) }
        if best.2 == .unknown { return Selection(wan: best.0, reason: .onlyUnknown) }
        let passedOver = candidates.prefix { $0.wan != best.0 }.map(\.wan)
        return Selection(wan: best.0, reason: passedOver.isEmpty ? .firstChoice : .bestUsable(unusable: passedOver))
    }
}
