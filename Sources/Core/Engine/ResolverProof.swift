import Health
import Model

/// Whether the box's own resolver answers by a WAN that stands by. It may belong to the provider of another one, and then no name is found on the
/// box, nor by clients that ask the box, once that WAN is down.
///
/// It is asked at the pace of the proofs, one of the resolvers each time: another one when it doesn't answer, 5 s later. Three failures in a row are
/// believed. No part of readiness: clients with a resolver of their own work.
struct ResolverProof: Equatable, Sendable {
    enum News: Equatable { case silent(ResolverFault), answers }

    /// Believed.
    private(set) var problem: ResolverFault?
    /// Those that are asked, one after the other.
    private var resolvers: [IPAddress] = []
    private var asked: Readiness.Asked?
    private var openUntil: Instant?
    private var dueAt: Instant?
    private var failures = 0
    /// Once, however often the WAN is down in between.
    private var isTold = false
    private var sequence = ProbeID.firstOfResolver

    /// When `advance` has something to do.
    var deadline: Instant? { openUntil ?? dueAt }

    mutating func advance(
        _ standing: Readiness.Standing, _ way: ResolverWay, _ wan: WANSettings, at now: Instant, _ news: inout News?
    ) -> Readiness.Asked? {
        guard standing != .down, let interval = wan.probe.readinessInterval else {
            abandon()
            problem = nil
            return nil
        }
        guard case .asked(let resolvers) = way, !resolvers.isEmpty else {
            abandon()
            self.resolvers = []
            if way == .elsewhere { settle(.elsewhere, &news) } else { (problem, isTold) = (nil, false) }
            return nil
        }
        if resolvers != self.resolvers {
            self.resolvers = resolvers
            abandon()
            problem = nil
        }
        guard standing == .standby else {
            abandon()
            return nil
        }
        if let openUntil, openUntil <= now { fail(interval, at: now, &news) }
        let due = dueAt ?? now + Readiness.settling
        dueAt = due
        guard openUntil == nil, due <= now else { return nil }
        sequence += 1
        let question = wan.probe.readiness.question(toResolver: resolvers[failures % resolvers.count])
        let one = Readiness.Asked(
            id: ProbeID(of: .proof(wan: wan.number), sequence: sequence), question: question,
            timeout: wan.probe.timeout(of: Target(question)))
        (asked, openUntil) = (one, now + one.timeout)
        return one
    }

    /// False: an answer that nobody waits for any more.
    mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome, of wan: WANSettings, at now: Instant, _ news: inout News?) -> Bool {
        guard asked?.id == id else { return false }
        switch outcome {
        case .answered:
            close(until: now + (wan.probe.readinessInterval ?? Readiness.longestWait))
            failures = 0
            settle(nil, &news)
        // Many resolvers refuse whoever comes by another provider.
        case .wrong, .tooLong: openUntil = now
        case .notSent: close(until: now + Readiness.void)
        }
        return true
    }

    private mutating func fail(_ interval: Duration, at now: Instant, _ news: inout News?) {
        failures += 1
        guard failures >= Readiness.attempts else { return close(until: now + Readiness.retry) }
        failures = 0
        close(until: now + min(interval, Readiness.longestWait))
        settle(.silent, &news)
    }

    private mutating func close(until next: Instant) { (asked, openUntil, dueAt) = (nil, nil, next) }
    private mutating func abandon() { (asked, openUntil, dueAt, failures) = (nil, nil, nil, 0) }

    private mutating func settle(_ new: ResolverFault?, _ news: inout News?) {
        problem = new
        guard isTold != (new != nil) else { return }
        isTold.toggle()
        news = new.map(News.silent) ?? .answers
    }
}

/// What is wrong with the box's own resolver by a WAN.
package enum ResolverFault: Equatable, Sendable {
    /// None of them answers by it.
    case silent
    /// They lie in other WANs' own networks, or need a family that it lacks.
    case elsewhere
}

/// How the box's own resolvers lie to a WAN. One in another WAN's own network is reached by that one for as long as its cable is in, whichever WAN carries
/// new sessions; what it asks in its turn goes by that WAN, and fails with it.
enum ResolverWay: Equatable, Sendable {
    /// None is known, or one is on the box or in the LAN, and whom that asks nobody knows; or one is the WAN's own, or asked by its proof anyway.
    case untold
    /// All lie in other WANs' own networks, or need a family that it lacks.
    case elsewhere
    case asked([IPAddress])

    init(_ resolvers: [IPAddress], by wan: WANSettings, hasIPv6: Bool, _ settings: Settings, in snapshot: Snapshot) {
        func holds(_ name: InterfaceName, _ address: IPAddress) -> Bool { snapshot.interface(name)?.networkHolds(address) ?? false }
        func isOwn(_ address: IPAddress) -> Bool { snapshot.interfaces.contains { $0.has(address) } }
        guard
            !resolvers.contains(where: { address in
                address.isLoopback || isOwn(address) || settings.lan.contains { holds($0, address) } || holds(wan.interface, address)
                    || wan.probe.readiness.dns?.server == .address(address)
            })
        else {
            self = .untold
            return
        }
        let away = resolvers.filter { address in
            !settings.wans.contains { $0.name != wan.name && holds($0.interface, address) } && (address.family == .v4 || hasIPv6)
        }
        self = resolvers.isEmpty ? .untold : away.isEmpty ? .elsewhere : .asked(away)
    }
}

extension IPAddress {
    /// Or no address of anybody's: `0.0.0.0` means the box itself to a program that asks there.
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let address): address.bits >> 24 == 127 || address.bits == 0
        case .v6(let address): address.high == 0 && address.low <= 1
        }
    }
}

extension Engine {
    /// To be asked together with what proves the WAN.
    mutating func proveResolver(
        by health: WANHealth, _ standing: Readiness.Standing, at now: Instant, _ notices: inout [Happening]
    ) -> Readiness.Asked? {
        guard let snapshot else { return nil }
        let wan = health.wan
        var proof = resolverProofs[wan.name] ?? ResolverProof()
        var news: ResolverProof.News?
        let way = ResolverWay(files.resolvers, by: wan, hasIPv6: currentGateways6[wan.name] != nil, settings, in: snapshot)
        let asked = proof.advance(standing, way, wan, at: now, &news)
        resolverProofs[wan.name] = proof
        readinessDueAt = earlier(readinessDueAt, proof.deadline)
        tell(news, of: wan.name, &notices)
        return asked
    }

    mutating func takeResolverProof(
        _ id: ProbeID, of wan: WANSettings, _ outcome: ProbeOutcome, at now: Instant, _ notices: inout [Happening]
    ) -> Bool {
        var news: ResolverProof.News?
        guard resolverProofs[wan.name]?.take(id, outcome, of: wan, at: now, &news) ?? false else { return false }
        tell(news, of: wan.name, &notices)
        return true
    }

    private func tell(_ news: ResolverProof.News?, of wan: WANName, _ notices: inout [Happening]) {
        switch news {
        case .silent(let fault): notices.append(.resolverSilent(wan, fault, files.resolvers))
        case .answers: notices.append(.resolverAnswers(wan))
        case nil: break
        }
    }

    var resolverProblems: [StatusProblem] {
        settings.wans.compactMap { wan in
            resolverProofs[wan.name]?.problem.map { .resolverSilent(wan.name, $0, files.resolvers) }
        }
    }
}
