package import Health
package import Model
import Plan
import Selection

extension Engine {
    /// By the very code that would decide it, on a copy. Once the fault has been found, that is; how long that takes is in the lines.
    package func whatIf(_ suppositions: [WANName: Supposed], at now: Instant) throws(WhatIfRefusal) -> WhatIf {
        guard snapshot != nil else { throw .nothingRead }
        var other = self
        for health in healths {
            guard let supposed = suppositions[health.wan.name] else { continue }
            guard other.judgement.suppose(supposed, of: health.wan.name, at: now) else { throw .neverFound(health.wan.name, supposed) }
            other.suppose(supposed, of: health.wan)
        }
        other.judgement.choose(at: now)
        let plan = other.snapshot.map { Plan(desired: other.desired, observed: $0, undo: other.undo) }
        return WhatIf(
            answer: outcome(other, at: now),
            lines: healths.map { Explained(wan: $0.wan.name, clauses: fate(of: $0, suppositions[$0.wan.name], other, at: now)) },
            commands: plan?.operations.map(\.description) ?? [])
    }

    /// What the kernel would say of its interface then.
    private mutating func suppose(_ supposed: Supposed, of wan: WANSettings) {
        guard let index = snapshot?.interfaces.firstIndex(where: { $0.name == wan.interface }) else { return }
        switch supposed {
        case .up, .down, .lossy, .slow, .noDNS, .portal: break
        case .noCarrier: snapshot?.interfaces[index].hasCarrier = false
        case .noGateway:
            // With its address the kernel drops the routes by it, too.
            snapshot?.interfaces[index].addresses = []
            snapshot?.routes.removeAll { $0.interface == wan.interface && $0.family == .v4 }
            currentGateways[wan.name] = nil
        case .absent:
            snapshot?.interfaces.remove(at: index)
            snapshot?.routes.removeAll { $0.interface == wan.interface }
        }
    }

    private func outcome(_ other: Engine, at now: Instant) -> Answer {
        let reason = other.reason(at: now)
        guard let wan = other.selection.wan else { return .nobody(reason) }
        guard let before = selection.wan else { return .begins(wan, reason) }
        return before == wan ? .stays(wan, reason) : .moves(before, to: wan, reason)
    }

    private func fate(of health: WANHealth, _ supposed: Supposed?, _ other: Engine, at now: Instant) -> [Explained.Clause] {
        let name = health.wan.name
        guard let then = other.healths.first(where: { $0.wan.name == name }) else { return [] }
        var clauses: [Explained.Clause] = []
        if let supposed {
            clauses.append(.supposed(name, supposed, detection(of: supposed, health)))
            if supposed == .up, snapshot?.interface(health.wan.interface) == nil { clauses.append(.routesUntold(health.wan.interface)) }
        } else {
            clauses.append(.condition(name, condition(of: health, at: now)))
        }
        if name == other.selection.wan {
            clauses.append(.wouldCarry(already: name == selection.wan))
            if name != selection.wan, supposed != .up, let report = readiness(of: name, at: now), health.state.isUsable || health.isUnheard
            {
                clauses.append(.standby(report.proof(at: now)))
            }
        } else if name == selection.wan || isDraining(name) {
            clauses.append(sessions(of: then, other))
        }
        return clauses
    }

    private func sessions(of then: WANHealth, _ other: Engine) -> Explained.Clause {
        guard let new = other.selection.wan else { return .sessionsWait }
        return other.keepsSessions(then) ? .sessionsStay(limit: then.wan.drain.limit) : .sessionsBeginAnew(new)
    }

    private func detection(of supposed: Supposed, _ health: WANHealth) -> Explained.Detection? {
        switch supposed {
        case .up: nil
        case .noCarrier, .noGateway, .absent: .atOnce
        case .lossy, .slow: .byWindow
        case .down, .noDNS, .portal: health.longestDetection(of: supposed).map(Explained.Detection.within)
        }
    }
}
