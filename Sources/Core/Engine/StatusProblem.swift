import Health
package import Model
import Selection

/// Something that is wrong, for as long as it is. Its wording is a sentence without its end.
package enum StatusProblem: Equatable, Sendable {
    case noWAN(Reason)
    case kernelUnreadable(error: String)
    case kernelRefused([String])
    /// Repairs of routes, rules and settings are held back.
    case routesContested
    case strayed(InterfaceName)
    case clientsStray(ClientWay)
    /// Somebody's route or rule refuses all that leaves the box.
    case barred
    case lanMissing(InterfaceName)
    case severalFit(WANName, InterfaceMatch?, [InterfaceName], used: InterfaceName?)
    /// nil: by the LAN.
    case interfaceTaken(WANName, InterfaceName, by: WANName?)
    /// One network on both sides.
    case overlapping(lan: InterfaceName, network: String, wan: WANName, wanNetwork: String)
    /// A WAN serves, and none of its targets has ever answered by it.
    case targetsBlocked(WANName)
    /// What is to prove a WAN lies in front of it.
    case targetInLAN(wan: WANName, target: String, lan: InterfaceName)
    /// What the kernel shows although we have set it otherwise.
    case notForwarded(InterfaceName)
    /// It works elsewhere, and goes there.
    case ipv6Elsewhere(WANName, Condition, to: WANName)
    /// It works nowhere.
    case noIPv6(Reason)
    case lanNotForwarded6
    case advertisementsRefused(InterfaceName)
    case sessionsStuck(error: String)
    /// The box's own sockets stay on this WAN, though its drain is over.
    case socketsHold(WANName, [OwnSocket])
    /// None of the box's own resolvers, which are these, answers by this WAN.
    case resolverSilent(WANName, ResolverFault, [IPAddress])
    /// The fault `mtu`: packets that are longer than what passes are lost by it without a word.
    case largeLost(WANName, IPFamily, PathSize.Found, SegmentClamp)
    case firewall(FirewallPlace, FirewallProblem)
    /// What the shell alone knows: of the last reload, of the state file, and of others on this box.
    /// `problems`: all that is wrong, as it was told.
    case configurationRefused(problems: [String])
    case stateUnwritten(error: String)
    case box(String)
}

/// What is wrong with one place of the firewall.
package enum FirewallProblem: Equatable, Sendable {
    case failed(error: String)
    /// Repairs are held back.
    case contested(FirewallPlace)
    case notLookedAt
}

extension Engine {
    /// All that it knows of; what clients can't do without comes first.
    package func problems(at now: Instant) -> [StatusProblem] {
        var problems = firewallProblems
        if snapshot != nil, selection.wan == nil { problems.append(.noWAN(reason(at: now))) }
        if let problem = ipv6Fault(at: now) { problems.append(problem) }
        if let kernelProblem { problems.append(kernelProblem) }
        if let stranger { problems.append(.strayed(stranger)) }
        problems += strayingClients.map(StatusProblem.clientsStray)
        if isBarred { problems.append(.barred) }
        if let snapshot { problems += settings.lan.filter { snapshot.interface($0) == nil }.map(StatusProblem.lanMissing) }
        problems += deviceProblems
        // While operations are under way the snapshot is older than they are.
        if !isApplying {
            problems += interfacesNotForwarding(settings.wans.map(\.interface) + settings.lan).map(StatusProblem.notForwarded)
        }
        if let snapshot { problems += NetworkRelations(settings, in: snapshot).problems }
        problems += healths.filter(isProvenUnheard).map { .targetsBlocked($0.wan.name) }
        for wan in settings.wans {
            problems += lostSizes(of: wan.name).map { .largeLost(wan.name, $0.family, $0.found, wan.mss) }
        }
        if let sessionProblem { problems.append(sessionProblem) }
        return problems + holdoutProblems + resolverProblems + ipv6Problems
    }
}
