import Health
import Model
import Selection

extension Engine {
    func healthChanges(_ changes: [Judgement.Change], selected: WANName?, at now: Instant) -> [Happening.HealthChange] {
        // Several changes of one WAN at the same moment are one: from the first to where it is now.
        var told: Set<WANName> = []
        return changes.compactMap { change in
            guard told.insert(change.wan).inserted, let health = healths.first(where: { $0.wan.name == change.wan }),
                health.state != change.before || health.state == .impaired
            else { return nil }
            return Happening.HealthChange(
                wan: change.wan, before: change.before, health: health.state, fault: health.fault, carried: change.wan == selected,
                loss: health.quality.loss,
                roundTrip: health.quality.mean, condition: condition(of: health, at: now))
        }
    }

    func switched(from old: WANName?, in drill: Drill?, at now: Instant) -> Switch {
        let metric = { (name: WANName?) in name.flatMap { settings[$0]?.metric } ?? 0 }
        return Switch(
            from: old, to: selection.wan, direction: metric(old) < metric(selection.wan) ? .failover : .failback, drill: drill?.order.fault,
            reason: reason(at: now))
    }
}
