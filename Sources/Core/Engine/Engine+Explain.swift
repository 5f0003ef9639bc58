import Health
package import Model
import Selection

/// The engine in words, for `uplinkctl explain`.
extension Engine {
    /// Which WAN carries the traffic, and why: one sentence.
    package func summary(at now: Instant) -> String {
        guard snapshot != nil else { return "Nothing is decided yet: the kernel hasn't been read." }
        guard let wan = selection.wan else { return "No WAN can be used: \(reason(at: now))." }
        return "Traffic goes by \(wan): \(reason(at: now))."
    }

    /// For each WAN, in the order of the metrics, what is so and what follows from it.
    package func explanation(at now: Instant) -> [(wan: WANName, sentence: String)] {
        healths.map { health in
            var sentence = "\(health.wan.name) is \(condition(of: health, at: now))"
            if health.wan.name == selection.wan {
                sentence += "; it carries new sessions"
            } else if isUsable(health) {
                sentence += "; it stands by\(readinessClause(of: health.wan.name, at: now))"
                if let end = drainEnd(of: health.wan.name) {
                    sentence += ", and sessions that are on it may stay for \(seconds(until: end, at: now)) s more"
                }
            }
            if let drill, drill.isPlaying, drill.order.wan == health.wan.name {
                sentence +=
                    "; a drill plays \(drill.order.fault.clause(of: health.wan.name)), for \(seconds(until: drill.ends, at: now)) s more"
            }
            if pin == health.wan.name, health.wan.name != selection.wan {
                sentence += "; the operator chose it, and gets it when it can be used"
            }
            let mute = health.targets.filter { $0.isMute && health.state.isUsable }
            let never = mute.filter { !$0.hasEverAnswered }.map(\.target.description)
            if !never.isEmpty { sentence += "; \(never.joined(separator: " and ")) never answers, and isn't counted" }
            let dead = mute.filter(\.hasEverAnswered).map(\.target.description)
            if !dead.isEmpty { sentence += "; \(dead.joined(separator: " and ")) has ceased to answer by every WAN, and isn't counted" }
            return (health.wan.name, sentence + ".")
        }
    }
}

/// A WAN that the operator may not have now, and why.
package struct SwitchRefusal: Error, Equatable, Sendable {
    package var wan: WANName
    package var health: HealthState
    package var condition: Condition

    package var reason: String { "\(wan) is \(condition)" }
}

extension Engine {
    /// Whether the operator may have this WAN: `force` takes even one that can't be used (it gets the traffic once it can).
    package func permit(switchTo name: WANName?, force: Bool, at now: Instant) throws(SwitchRefusal) {
        guard let name, !force, let health = healths.first(where: { $0.wan.name == name }), !health.state.isUsable else { return }
        throw SwitchRefusal(wan: name, health: health.state, condition: condition(of: health, at: now))
    }
}
