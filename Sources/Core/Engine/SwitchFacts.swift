import Health
package import Model

/// What was known when the sessions were moved, for the report of it.
package struct SwitchFacts: Equatable, Sendable {
    package var evidence: [Evidence]
    /// When something was first noticed of what made the old one unfit. nil: nothing is wrong with it.
    package var detectedAt: Instant?
}

/// What speaks for a switch.
package enum Evidence: Equatable, Sendable {
    case condition(WANName, Condition)
    case wrong(target: String, WrongAnswer)
    case notAsked(target: String, error: String)
    case lastAnswered(target: String, ago: Duration)
    case neverAnswered(target: String)
}

/// What limits the figures of a report.
package enum ReportNote: Equatable, Sendable {
    /// By the next switch.
    case cutShort(after: Duration)
    /// First replies couldn't be heard.
    case deaf(error: String)
    case noNeighbours
    case noCountAfter(error: String)
    case noCountBefore
    case overrun
    /// Of some sessions it isn't known when they last had a packet.
    case noTimes
    case notAllListed(clients: Int, listed: Int)
    /// So many of those backed up weren't heard when they were.
    case unheard(clients: Int)
}

extension Engine {
    /// Of the switch that has just been decided.
    package func facts(of what: Switch, _ doubt: Doubt, at now: Instant) -> SwitchFacts {
        let old = healths.first { $0.wan.name == what.from }
        return SwitchFacts(
            evidence: evidence(from: what.from, to: what.to, at: now), detectedAt: what.isOperators ? nil : old.flatMap(doubt.firstSign))
    }

    private func evidence(from: WANName?, to: WANName?, at now: Instant) -> [Evidence] {
        var evidence: [Evidence] = []
        for health in healths where health.wan.name == from {
            evidence.append(.condition(health.wan.name, condition(of: health, at: now)))
            guard health.state == .down || health.state == .impaired else { continue }
            for target in health.targets {
                if let wrong = target.wrong {
                    evidence.append(.wrong(target: target.target.description, wrong))
                } else if let error = target.sendError {
                    evidence.append(.notAsked(target: target.target.description, error: error))
                } else if let at = target.lastAnswerAt {
                    evidence.append(.lastAnswered(target: target.target.description, ago: now - at))
                } else {
                    evidence.append(.neverAnswered(target: target.target.description))
                }
            }
        }
        for health in healths where health.wan.name == to {
            evidence.append(.condition(health.wan.name, condition(of: health, at: now)))
        }
        return evidence
    }
}
