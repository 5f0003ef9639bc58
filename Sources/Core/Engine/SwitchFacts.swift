import Health
package import Model

/// What was known when the sessions were moved, for the report of it.
package struct SwitchFacts: Equatable, Sendable {
    /// Sentences.
    package var evidence: [String]
    /// When something was first noticed of what made the old one unfit. nil: nothing is wrong with it.
    package var detectedAt: Instant?
}

extension Engine {
    /// Of the switch that has just been decided.
    package func facts(of what: Switch, _ doubt: Doubt, at now: Instant) -> SwitchFacts {
        let old = healths.first { $0.wan.name == what.from }
        return SwitchFacts(
            evidence: evidence(from: what.from, to: what.to, at: now), detectedAt: what.isOperators ? nil : old.flatMap(doubt.firstSign))
    }

    private func evidence(from: WANName?, to: WANName?, at now: Instant) -> [String] {
        var sentences: [String] = []
        for health in healths where health.wan.name == from {
            sentences.append("\(health.wan.name) is \(condition(of: health, at: now)).")
            guard health.state == .down || health.state == .impaired else { continue }
            for target in health.targets {
                if let wrong = target.wrong {
                    sentences.append("\(target.target) gave a wrong answer: \(wrong.detail).")
                } else if let error = target.sendError {
                    sentences.append("\(target.target) couldn't be asked: \(error).")
                } else if let at = target.lastAnswerAt {
                    sentences.append("\(target.target) last answered \(((now - at).inSeconds * 100).rounded() / 100) s before.")
                } else {
                    sentences.append("\(target.target) has never answered.")
                }
            }
        }
        for health in healths where health.wan.name == to {
            sentences.append("\(health.wan.name) is \(condition(of: health, at: now)).")
        }
        return sentences
    }
}
