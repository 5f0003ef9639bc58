package import Model
import Plan

/// One place of the firewall: what stands there, and what keeps us from putting it right.
package struct FirewallState: Equatable, Sendable {
    /// nil until it has been looked at, and while that goes wrong.
    package var observed: FirewallContents?
    package var problem: FirewallProblem?
    var limiter = RepairLimiter()
    /// A look or a change is on its way; its outcome shows what became of it.
    var isApplying = false
    /// That change is the rules of a drill, and nothing else.
    var isAddingDrill = false
}

extension Engine {
    package var desiredFirewall: FirewallDesired {
        FirewallDesired(
            settings, drill: drill.flatMap { $0.isPlaying ? $0.order : nil }, sources: fixedSources, passing: passing,
            fastPath: fastPath)
    }

    /// The sources of learned routes, where masquerade would take others.
    var fixedSources: [WANName: [IPFamily: IPAddress]] {
        currentManners.compactMapValues { $0.compactMapValues(\.source) }.reduce(into: [:]) { sources, manner in
            guard let wan = settings[manner.key], let interface = snapshot?.interface(wan.interface) else { return }
            let fixed = manner.value.filter { !interface.masquerades(as: $0.value, toward: currentGateways[manner.key]) }
            if !fixed.isEmpty { sources[manner.key] = fixed }
        }
    }

    /// Our NAT rules of IPv4 are known to stand, whatever becomes of a drill's. A box without IPv6 is in order, too.
    package var isNATInOrder: Bool { mainNAT.map(isInOrderButForDrill) ?? false }
    package var natProblem: FirewallProblem? { mainNAT.flatMap { firewall[$0]?.problem } }
    private var mainNAT: FirewallPlace? { settings.firewall.plan.places.first { $0.holdsNAT && !$0.isIPv6 } }

    /// What stands is what we want, or there is nothing that we could do about it.
    package var isFirewallSettled: Bool {
        let desired = desiredFirewall
        return desired.places.allSatisfy { place in
            guard let state = firewall[place] else { return false }
            return state.problem != nil || state.observed == nil && !desired.isWanted(in: place) || isInOrder(place)
        }
    }

    /// Every session that leaves by a WAN gets its address.
    package var isMasquerading: Bool { desiredFirewall.masquerades(firewall.compactMapValues(\.observed)) }

    /// What is wrong with NAT, and after that with the rest.
    package var firewallProblems: [StatusProblem] {
        var told: [FirewallProblem] = []
        return desiredFirewall.places.compactMap { place in
            // Without ip6tables there is one thing to say, and not one for each table.
            guard let problem = firewall[place]?.problem, !told.contains(problem) else { return nil }
            told.append(problem)
            return .firewall(place, problem)
        }
    }

    func isInOrder(_ place: FirewallPlace) -> Bool {
        guard let observed = firewall[place]?.observed else { return false }
        return FirewallRestore(place, desired: desiredFirewall, observed: observed) == nil
    }

    private func isInOrderButForDrill(_ place: FirewallPlace) -> Bool {
        guard let observed = firewall[place]?.observed else { return false }
        return FirewallRestore(place, desired: desiredFirewall.withoutDrill, observed: settings.firewall.plan.withoutDrill(observed)) == nil
    }

    // MARK: events

    mutating func observe(_ place: FirewallPlace, _ contents: FirewallContents) {
        guard desiredFirewall.places.contains(place) else { return }
        firewall[place, default: FirewallState()].observed = contents
        firewall[place]?.isApplying = false
        firewall[place]?.isAddingDrill = false
    }

    mutating func firewallFailed(_ place: FirewallPlace, _ error: String, at now: Instant, _ notices: inout [Happening]) {
        guard desiredFirewall.places.contains(place) else { return }
        var state = firewall[place] ?? FirewallState()
        state.isApplying = false
        if state.isAddingDrill {
            // All of a transaction or nothing: what stood there stands. Without rules that end by themselves there is no such drill.
            state.isAddingDrill = false
            firewall[place] = state
            return endDrill(because: .rulesRefused(error: error), at: now, &notices)
        }
        state.observed = nil
        // Where nothing is wanted nobody misses it: a box without IPv6 needs no ip6tables.
        if desiredFirewall.isWanted(in: place) {
            state.limiter.refused(at: now)
            if !firewall.values.contains(where: { $0.problem == .failed(error: error) }) {
                notices.append(.firewallMissing(place, error: error))
            }
            state.problem = .failed(error: error)
        } else {
            state.problem = nil
        }
        firewall[place] = state
    }

    /// Another program is about to be asked: what this one said holds no longer.
    mutating func forgetFirewall(unlessFor new: Settings) {
        if new.firewall != settings.firewall || new.iptables != settings.iptables { firewall = [:] }
    }

    mutating func reconcileFirewall(at now: Instant, _ notices: inout [Happening]) -> [Effect] {
        desiredFirewall.places.compactMap { reconcile($0, at: now, &notices) }
    }

    private mutating func reconcile(_ place: FirewallPlace, at now: Instant, _ notices: inout [Happening]) -> Effect? {
        guard var state = firewall[place], !state.isApplying else { return nil }
        defer { firewall[place] = state }
        guard let observed = state.observed else {
            guard state.problem != nil, state.limiter.allows(isRepair: true, at: now) else { return nil }
            state.isApplying = true
            return .observeFirewall(place)
        }
        guard let restore = FirewallRestore(place, desired: desiredFirewall, observed: observed) else {
            if state.problem != nil { notices.append(.firewallRestored(place)) }
            state.problem = nil
            state.limiter.rest(at: now)
            return nil
        }
        // A drill is no quarrel with anybody; its end least of all may wait.
        let isOfDrill = isInOrderButForDrill(place)
        // Nor is what takes all of ours away: a fast path that is to be made anew.
        let isRemoval = restore == FirewallRestore(place, desired: nil, observed: observed)
        let wasHeld = state.limiter.heldUntil != nil
        guard state.limiter.allows(isRepair: !isOfDrill && !isRemoval, at: now) else {
            if !wasHeld {
                state.problem = .contested(place)
                notices.append(.firewallHeld(place))
            }
            return nil
        }
        counters.firewallApplied += 1
        state.isApplying = true
        state.isAddingDrill = isOfDrill && desiredFirewall.drill(in: place) != nil
        let commands = restore.description
        // A flowtable comes and goes with each switch, and who has none is asked again and again.
        guard !place.holdsFastPath else { return .applyFirewall(restore) }
        notices.append(isOfDrill ? .drillRulesApplied(place, commands: commands) : .firewallApplied(place, commands: commands))
        return .applyFirewall(restore)
    }
}
