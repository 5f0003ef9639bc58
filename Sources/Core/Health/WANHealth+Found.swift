package import Model

/// A fault that an inquiry has found: pings pass, and connections or names don't. The same questions tell when it is over.
struct Found: Equatable, Sendable {
    /// How soon it is asked again, and by a metered WAN.
    static let interval: Duration = .seconds(5)
    static let meteredInterval: Duration = .seconds(30)

    let kind: NewSessions.Kind
    let questions: [Question]
    var dueAt: Instant
    var asking: Asking?
    /// When clients' own sessions had answers again: where nobody else could take over, the WAN goes on carrying.
    var heardAt: Instant?

    var fault: Fault { kind.fault }
    var deadline: Instant { asking?.deadline ?? dueAt }
    var evidence: String { "no answer to \(questions.map(\.description).joined(separator: ", "))" }
}

extension WANHealth {
    private static let mostAsked = 4

    /// What is to be asked because of these sessions. nil: nothing.
    /// - Parameter mayAsk: no question is under way. One thing after the other.
    package mutating func hear(_ sessions: NewSessions, mayAsk: Bool, at now: Instant) -> NewSessions.Kind? {
        // Answers that wait in a queue are late for clients as well, and in an outage there are none: that is found otherwise.
        guard state == .up || state == .impaired, liveness.burst == nil, !isTooSlowToAsk else {
            forgetSessions()
            return nil
        }
        noteHeard(sessions, at: now)
        var suspect: NewSessions.Kind?
        for kind in NewSessions.Kind.allCases where !impairments.contains(where: { $0.fault == kind.fault }) {
            if unanswered[kind, default: Unanswered()].add(sessions[kind], at: now) { suspect = suspect ?? kind }
        }
        guard let suspect, mayAsk else { return nil }
        unanswered[suspect]?.ask(at: now)
        // Whoever has a resolver among the targets has said how names are to be judged.
        if suspect == .dns, services.contains(where: { $0.kind == .dns }) {
            askServicesAtOnce(at: now)
            return nil
        }
        return suspect
    }

    private mutating func forgetSessions() { for kind in NewSessions.Kind.allCases { unanswered[kind]?.forget() } }

    /// The clients' sessions say that it is over, whatever the questions do.
    private mutating func noteHeard(_ sessions: NewSessions, at now: Instant) {
        for place in found.indices {
            let count = sessions[found[place].kind]
            guard count.answered > count.unanswered else { continue }
            found[place].heardAt = now
            note(found[place].fault, isGood: true, at: now)
        }
        if !found.isEmpty { settle(from: state, at: now) }
    }

    /// Answers take so long that a question would be given up before its own comes.
    package var isTooSlowToAsk: Bool { latestRoundTrip.map { $0 * 2 >= Asking.patience } ?? false }

    package mutating func isNothing(_ kind: NewSessions.Kind) { unanswered[kind]?.isNothing() }

    /// Those whose addresses are given as such, so that nobody is asked who isn't asked anyway. Resolvers that are known to everybody, rather than the
    /// provider's: that one may be dead without the WAN.
    package func questions(about kind: NewSessions.Kind) -> [Question] {
        var addresses: [IPAddress] = []
        func add(_ place: Question.Place) {
            if case .address(let address) = place, !addresses.contains(address), addresses.count < Self.mostAsked {
                addresses.append(address)
            }
        }
        for record in targets where record.sendError == nil {
            switch record.target.question {
            case .echo(let place): add(place)
            case .connect(let address, _): add(.address(address))
            case .dns(let question): add(question.server)
            case .neighbour, .http, .exec: break
            }
        }
        let proof = wan.probe.readiness
        if proof.interval != nil, let resolver = proof.dns?.server { add(resolver) }
        switch kind {
        case .web: return addresses.map { .connect($0, port: 443) }
        case .tcp:
            let page: [Question] = proof.interval == nil ? [] : proof.http.map { [.http($0)] } ?? []
            return addresses.map { .connect($0, port: 80) } + page
        case .dns:
            let known = proof.dns?.name ?? "example.com"
            return addresses.map { .dns(DNSQuestion(server: .address($0), name: known)) }
        }
    }

    /// None of them is answered by this WAN.
    package mutating func find(_ kind: NewSessions.Kind, by questions: [Question], at now: Instant) {
        let fault = kind.fault
        guard canBeImpaired, !impairments.contains(where: { $0.fault == fault }) else { return }
        let before = state
        var impairment = Impairment(fault: fault, since: now)
        impairment.isFound = true
        impairments.append(impairment)
        found.append(Found(kind: kind, questions: questions, dueAt: now + foundInterval))
        forgetSessions()
        settle(from: before, at: now)
    }

    private var foundInterval: Duration { wan.isMetered || wan.probe.budget != nil ? Found.meteredInterval : Found.interval }

    mutating func askAgainForFound(at now: Instant, _ index: UInt32, _ outbox: inout Outbox) {
        guard !found.isEmpty else { return }
        let still = impairments.filter(\.isFound).map(\.fault)
        found.removeAll { !still.contains($0.fault) }
        let (wan, gateway) = (wan, gateway)
        for place in found.indices where found[place].deadline <= now {
            if let asking = found[place].asking {
                if asking.isOver(at: now) {
                    found[place].asking = nil
                    let isHeard = found[place].heardAt.map { now - $0 < foundInterval } ?? false
                    if !asking.isVoid, !isHeard { note(found[place].fault, isGood: false, at: now) }
                    continue
                }
            } else {
                found[place].asking = Asking(found[place].questions, rounds: 1, at: now)
                found[place].dueAt = now + foundInterval
            }
            found[place].asking?.advance(to: now) {
                outbox.ask(
                    $0, for: .inquiry(wan: wan.number), of: wan, interfaceIndex: index, gateway: gateway, timeout: Asking.patience)
            }
        }
    }

    package mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome, at now: Instant) {
        for place in found.indices where found[place].asking?.take(id, outcome) ?? false {
            guard let asking = found[place].asking, !asking.answered.isEmpty else { return }
            let before = state
            found[place].asking = nil
            note(found[place].fault, isGood: true, at: now)
            settle(from: before, at: now)
            return
        }
    }

    private mutating func note(_ fault: Fault, isGood: Bool, at now: Instant) {
        guard let index = impairments.firstIndex(where: { $0.isFound && $0.fault == fault }) else { return }
        impairments[index].goodSince = isGood ? impairments[index].goodSince ?? now : nil
    }
}
