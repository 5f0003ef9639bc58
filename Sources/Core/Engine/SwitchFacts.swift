import Health
package import Model
import Selection

/// What was known when the sessions were moved, for the report of it.
package struct SwitchFacts: Equatable, Sendable {
    /// `switch`: the operator asked for it.
    package enum Kind: String, Sendable { case failover, failback, `switch` }

    package var kind: Kind
    package var from: WANName
    package var to: WANName
    package var reason: String
    /// Sentences.
    package var evidence: [String]
    /// When something was first noticed of what made the old one unfit. nil: nothing is wrong with it.
    package var detectedAt: Instant?
}

extension Engine {
    /// Of the switch that has just been decided.
    package func facts(ofSwitchFrom from: WANName, to: WANName, _ doubt: Doubt, at now: Instant) -> SwitchFacts {
        let isPinned = selection.reason == .pinned
        let metric = { (wan: WANName) in settings[wan]?.metric ?? 0 }
        let old = healths.first { $0.wan.name == from }
        return SwitchFacts(
            kind: isPinned ? .switch : metric(from) < metric(to) ? .failover : .failback, from: from, to: to,
            reason: selectionReason(at: now), evidence: evidence(from: from, to: to, at: now),
            detectedAt: isPinned ? nil : old.flatMap(doubt.firstSign))
    }

    private func evidence(from: WANName, to: WANName, at now: Instant) -> [String] {
        var sentences: [String] = []
        for health in healths where health.wan.name == from {
            sentences.append("\(from) is \(condition(of: health, at: now)).")
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
            sentences.append("\(to) is \(condition(of: health, at: now)).")
        }
        return sentences
    }
}
