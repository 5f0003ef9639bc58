package import Model

/// Clients' new sessions get no answers by the WAN that carries: is it the WAN? It is asked itself, and once it has said nothing to the first
/// questions, so are the others.
///
/// What nobody answers by any WAN says nothing of this one; what is answered by another and not by this one is a fault of it.
package struct Inquiry: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        /// The sessions say nothing of the WAN.
        case nothing
        /// What is answered by others alone.
        case dead([Question])
    }

    package let kind: NewSessions.Kind
    package let wan: WANName
    private var own: Asking
    private var others: [WANName: Asking] = [:]
    private var haveOthersBegun = false

    package init(_ kind: NewSessions.Kind, of wan: WANName, _ questions: [Question], at now: Instant) {
        self.kind = kind
        self.wan = wan
        own = Asking(questions, at: now)
    }

    package var deadline: Instant { others.values.reduce(own.deadline) { $1.isOver(at: $1.deadline) ? $0 : min($0, $1.deadline) } }

    /// - Parameter standbys: those that could take over.
    /// - Returns: nil as long as it isn't known.
    package mutating func advance(to now: Instant, _ health: WANHealth, standbys: [WANHealth], _ outbox: inout Outbox) -> Outcome? {
        if !own.answered.isEmpty { return .nothing }
        if own.isOver(at: now) { return conclude() }
        own.advance(to: now) { health.ask($0, &outbox) }
        if own.roundsSent > 1, !haveOthersBegun {
            haveOthersBegun = true
            for standby in standbys { others[standby.wan.name] = Asking(own.questions, rounds: Asking.rounds - 1, at: now) }
        }
        for standby in standbys { others[standby.wan.name]?.advance(to: now) { standby.ask($0, &outbox) } }
        return nil
    }

    package mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome) {
        if own.take(id, outcome) { return }
        for wan in others.keys where others[wan]?.take(id, outcome) ?? false { return }
    }

    private func conclude() -> Outcome {
        guard !own.isVoid else { return .nothing }
        let answered = others.values.reduce(into: Set<Int>()) { $0.formUnion($1.answered) }
        // With nobody to compare with, the WAN's own silence is all there is. Nothing is moved by that.
        let dead = others.isEmpty ? own.questions : answered.sorted().map { own.questions[$0] }
        return dead.isEmpty ? .nothing : .dead(dead)
    }
}

extension WANHealth {
    fileprivate func ask(_ question: Question, _ outbox: inout Outbox) -> ProbeID {
        let index = if case .ready(let way, _) = liveness { way.interfaceIndex } else { UInt32(0) }
        return outbox.ask(
            question, for: .inquiry(wan: wan.number), of: wan, interfaceIndex: index, gateway: gateway, timeout: Asking.patience)
    }
}
