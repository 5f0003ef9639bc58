import Health
package import Model
import Selection

/// For `uplinkctl explain`.
extension Engine {
    /// Which WAN carries the traffic, and why.
    package func answer(at now: Instant) -> Answer {
        guard snapshot != nil else { return .undecided }
        return selection.wan.map { .carries($0, reason(at: now)) } ?? .none(reason(at: now))
    }

    /// For each WAN, in the order of the metrics, what is so and what follows from it.
    package func explanation(at now: Instant) -> [Explained] {
        healths.map { health in
            let wan = health.wan.name
            var clauses: [Explained.Clause] = [.condition(wan, condition(of: health, at: now))]
            if health.state == .recovering, health.holdDuration > health.wan.probe.hold {
                clauses.append(.holdGrown(health.holdDuration, usual: health.wan.probe.hold))
            }
            if wan == selection.wan {
                clauses.append(.carries)
            } else if isUsable(health) || isProvenUnheard(health) && !isPlayedDown(wan) {
                clauses.append(.standsBy(readiness(of: wan, at: now)?.proof(at: now)))
                if let end = drainEnd(of: wan) { clauses.append(.sessionsMayStay(seconds: seconds(until: end, at: now))) }
            }
            if let drill, drill.isPlaying, drill.order.wan == wan {
                clauses.append(.drill(wan, drill.order.fault, seconds: seconds(until: drill.ends, at: now)))
            }
            if let six = healthOfIPv6(wan) {
                clauses.append(.ipv6(condition(of: six, at: now), carries: selection(.v6).wan == wan))
            } else if judgement.hasIPv6(wan), currentGateways[wan] != nil {
                clauses.append(.ipv6Unjudged)
            }
            clauses += lostSizes(of: wan).map { .largeLost($0.family, $0.found, health.wan.mss) }
            if pin == wan, wan != selection.wan { clauses.append(.chosen) }
            let mute = health.targets.filter { $0.isMute && health.state.isUsable }
            let never = mute.filter { !$0.hasEverAnswered }.map(\.target.description)
            if !never.isEmpty { clauses.append(.mute(never)) }
            let dead = mute.filter(\.hasEverAnswered).map(\.target.description)
            if !dead.isEmpty { clauses.append(.ceased(dead)) }
            return Explained(wan: wan, clauses: clauses)
        }
    }

    /// Whether the operator may have this WAN: `force` takes even one that can't be used (it gets the traffic once it can).
    package func permit(switchTo name: WANName?, force: Bool, at now: Instant) throws(SwitchRefusal) {
        guard let name, !force, let health = healths.first(where: { $0.wan.name == name }), !health.state.isUsable, !isProvenUnheard(health)
        else { return }
        throw SwitchRefusal(wan: name, health: health.state, condition: condition(of: health, at: now))
    }
}
