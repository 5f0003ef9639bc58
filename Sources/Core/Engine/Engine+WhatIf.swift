package import Health
package import Model
import Plan
import Selection

/// What would happen if WANs were otherwise than they are.
package struct WhatIf: Equatable, Sendable {
    package struct Line: Equatable, Sendable {
        package var wan: WANName
        package var sentence: String
    }

    /// Who would carry the traffic, and why.
    package var sentence: String
    package var lines: [Line]
    /// The changes to routes and rules.
    package var commands: [String]
}

/// Something that can't be supposed; a sentence.
package struct WhatIfRefusal: Error, Equatable, Sendable { package var message: String }

extension Engine {
    /// By the very code that would decide it, on a copy. Once the fault has been found, that is; how long that takes is in the lines.
    package func whatIf(_ suppositions: [WANName: Supposed], at now: Instant) throws(WhatIfRefusal) -> WhatIf {
        guard snapshot != nil else { throw WhatIfRefusal(message: "Nothing is decided yet: the kernel hasn't been read.") }
        var other = self
        for (index, health) in healths.enumerated() {
            guard let supposed = suppositions[health.wan.name] else { continue }
            guard let health = health.supposing(supposed, at: now) else {
                throw WhatIfRefusal(message: "\(health.wan.name) is never found to be \(supposed.rawValue): \(Self.missing(supposed)).")
            }
            other.judgement.suppose(health, at: index)
            other.suppose(supposed, of: health.wan)
        }
        other.judgement.choose(at: now)
        let plan = other.snapshot.map { Plan(desired: other.desired, observed: $0, undo: other.undo) }
        return WhatIf(
            sentence: outcome(other, at: now),
            lines: healths.map { Line(wan: $0.wan.name, sentence: fate(of: $0, suppositions[$0.wan.name], other, at: now)) },
            commands: plan?.operations.map(\.description) ?? [])
    }

    private typealias Line = WhatIf.Line

    private static func missing(_ supposed: Supposed) -> String {
        switch supposed {
        case .lossy: "there is no limit to its loss (probe.thresholds.loss)"
        case .slow: "there is no limit to its round trips (probe.thresholds)"
        case .noDNS: "it has no target of kind dns beside others"
        case .portal: "it has no target of kind http beside others"
        case .up, .down, .noCarrier, .noGateway, .absent: "nothing is asked"
        }
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

    private func outcome(_ other: Engine, at now: Instant) -> String {
        let reason = other.reason(at: now)
        guard let wan = other.selection.wan else {
            return "Nobody would have Internet: \(reason). The routes would stay, so that the first choice is tried all the same."
        }
        guard let before = selection.wan else { return "Traffic would go by \(wan): \(reason)." }
        return before == wan ? "Traffic would stay on \(wan): \(reason)." : "Traffic would move from \(before) to \(wan): \(reason)."
    }

    private func fate(of health: WANHealth, _ supposed: Supposed?, _ other: Engine, at now: Instant) -> String {
        let name = health.wan.name
        guard let then = other.healths.first(where: { $0.wan.name == name }) else { return "" }
        var clauses: [String] = []
        if let supposed {
            clauses.append("\(name) would be \(supposed.rawValue)\(detection(of: supposed, health))")
            if supposed == .up, snapshot?.interface(health.wan.interface) == nil {
                clauses.append("what its routes would be can't be told while there is no \(health.wan.interface)")
            }
        } else {
            clauses.append("\(name) is \(condition(of: health, at: now))")
        }
        if name == other.selection.wan {
            clauses.append(name == selection.wan ? "it would go on carrying new sessions" : "it would carry new sessions")
            if name != selection.wan, supposed != .up, let report = readiness(of: name, at: now), health.state.isUsable {
                clauses.append(
                    report.isReady ? "it is ready\(proven(report, at: now))" : "it isn't ready: \(report.problem?.clause ?? "")")
            }
        } else if name == selection.wan || isDraining(name) {
            clauses.append(sessions(of: then, other))
        }
        return clauses.joined(separator: "; ") + "."
    }

    private func sessions(of then: WANHealth, _ other: Engine) -> String {
        guard let new = other.selection.wan else { return "its sessions would stand still until a WAN works" }
        guard other.keepsSessions(then) else { return "its sessions would begin anew by \(new)" }
        return "the sessions that are on it would stay" + (then.wan.drain.limit.map { " for \($0.text) at most" } ?? "")
    }

    private func detection(of supposed: Supposed, _ health: WANHealth) -> String {
        switch supposed {
        case .up: return ""
        case .noCarrier, .noGateway, .absent: return ", which the kernel tells of at once"
        case .lossy, .slow: return ", as soon as the probes of half a minute say so"
        case .down, .noDNS, .portal:
            return health.longestDetection(of: supposed).map { ", which would be found out within \(tenths($0)) s" } ?? ""
        }
    }

    private func tenths(_ duration: Duration) -> String {
        let tenths = Int((duration.inSeconds * 10).rounded(.up))
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 9) / 10)"
    }
}
