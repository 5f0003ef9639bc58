import Health
package import Model
import Plan
import Selection

/// What is known of a WAN that stands by.
package struct ReadinessReport: Equatable, Sendable {
    package var isReady: Bool
    /// nil: not since it is up.
    package var provenAt: Instant?
    /// Why it isn't ready.
    package var problem: Unreadiness?

    func proof(at now: Instant) -> Explained.Proof {
        guard let problem else { return .ready(seconds: provenAt.map { max(0, Int((now - $0).inSeconds)) }) }
        return problem == .unproven ? .unproven : .unready(problem)
    }
}

extension Engine {
    /// Whether this WAN would serve if it were needed now. nil: it carries the traffic, or it is never proven.
    package func readiness(of name: WANName, at now: Instant) -> ReadinessReport? {
        guard name != selection.wan, let health = healths.first(where: { $0.wan.name == name }),
            let interval = health.wan.probe.readinessInterval
        else { return nil }
        let known = readiness[name]
        let problem: Unreadiness? =
            if !isUsable(health), !isProvenUnheard(health) || isPlayedDown(name) {
                .condition(condition(of: health, at: now))
            } else if let problem = obstacle(to: health.wan) ?? known?.problem {
                problem
            } else if let proven = known?.provenAt {
                // The proofs after that couldn't be sent.
                now - proven > interval + interval + .seconds(60) ? .proofTooOld : nil
            } else {
                .unproven
            }
        return ReadinessReport(isReady: problem == nil, provenAt: known?.provenAt, problem: problem)
    }

    /// It answers none of its targets, and yet a name and a page have come by it.
    func isProvenUnheard(_ health: WANHealth) -> Bool { health.isUnheard && readiness[health.wan.name]?.proof == true }

    /// What keeps clients from this WAN, though the box itself may reach the Internet by it.
    func obstacle(to wan: WANSettings) -> Unreadiness? {
        if !isNATInOrder { return .noNAT(natProblem?.text) }
        return interfacesNotForwarding([wan.interface] + settings.lan).first.map(Unreadiness.notForwarding)
            ?? stallingSize(of: wan).map(Unreadiness.stalling)
    }

    func interfacesNotForwarding(_ interfaces: [InterfaceName]) -> [InterfaceName] {
        interfaces.filter { snapshot?.interface($0)?.settings[.forwarding] == 0 }
    }

    mutating func takeProof(
        _ id: ProbeID, of number: Int, _ outcome: ProbeOutcome, at now: Instant, _ notices: inout [Happening]
    ) {
        guard let wan = settings.wans.first(where: { $0.number == number }),
            takeResolverProof(id, of: wan, outcome, at: now, &notices) || readiness[wan.name]?.take(id, outcome) ?? false
        else { return }
        readinessDueAt = now
    }

    /// What those that stand by are to be asked now.
    mutating func proveStandbys(at now: Instant, _ notices: inout [Happening]) -> [Effect] {
        readinessDueAt = nil
        var effects: [Effect] = []
        for health in healths {
            let wan = health.wan
            var readiness = readiness[wan.name] ?? Readiness()
            var news: Readiness.News?
            let standing: Readiness.Standing =
                switch health.state {
                // What a drill plays says nothing of the WAN.
                case _ where wan.name == drill?.order.wan: .busy
                // Its targets don't answer: this is all that tells whether it serves, also while it carries.
                case _ where health.isUnheard: .standby
                case _ where wan.name == selection.wan: .busy
                case _ where !isUsable(health): .down
                case .up, .impaired: .standby
                case .suspect: .busy
                case .absent, .noCarrier, .noGateway, .unknown, .down, .recovering: .down
                }
            var asked = readiness.advance(standing, wan, obstacle: obstacle(to: wan), at: now, &news)
            self.readiness[wan.name] = readiness
            judgement.prove(wan.name, readiness.proof)
            readinessDueAt = earlier(readinessDueAt, readiness.deadline)
            asked += proveResolver(by: health, standing, at: now, &notices).map { [$0] } ?? []
            if let index = snapshot?.interface(wan.interface)?.index {
                effects += asked.map { one in
                    .probe(
                        ProbeRequest(
                            id: one.id, wan: wan.name, interface: wan.interface, interfaceIndex: index, question: one.question,
                            gateway: health.gateway, timeout: one.timeout))
                }
            }
            switch news {
            case .ready: notices.append(.ready(wan.name))
            // One that has never answered is down, and everybody knows.
            case .unready where health.isUnheard: break
            case .unready(let problem): notices.append(.unready(wan.name, problem))
            case nil: break
            }
        }
        counters.probesSent += effects.count
        return effects
    }
}
