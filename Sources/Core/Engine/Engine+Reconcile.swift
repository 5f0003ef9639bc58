import Health
package import Model
import Plan
import Selection

extension Engine {
    var desired: Desired {
        let wans = healths.map { health in
            let name = health.wan.name
            let health6 = judgement.health(.v6, of: name) ?? health
            return Desired.WAN(
                settings: health.wan, interface: snapshot?.interface(health.wan.interface), gateway: currentGateways[name],
                gateway6: currentGateways6[name], manners: currentManners[name] ?? [:], isUsable: isUsable(health),
                keepsSessions: keepsSessions(health), ipv6: (isUsable(health6), keepsSessions(health6, .v6)))
        }
        return Desired(lan: settings.lan, wans: wans, markMask: settings.markMask) { selection($0).wan }
    }

    /// Routes, rules and NAT are all as they should be.
    package var isInOrder: Bool {
        guard let snapshot, !isApplying else { return false }
        return Plan(desired: desired, observed: snapshot, undo: undo).operations.isEmpty && isNATInOrder && isFirewallSettled
    }

    /// The WAN by which the kernel sends new sessions now. Usually the selected one; not while a change is under way or refused, nor when
    /// somebody else's route comes first.
    package var carrying: WANName? {
        guard let snapshot else { return nil }
        if let wayOut = snapshot.wayOut { return settings.wans.first { $0.interface == wayOut }?.name }
        let working = snapshot.routes.filter { route in
            route.family == .v4 && route.table == Route.mainTable
                && snapshot.interface(route.interface).map { $0.isUp && $0.hasCarrier } ?? false
        }
        let best = working.min { $0.metric < $1.metric }
        return settings.wans.first { $0.interface == best?.interface }?.name
    }

    /// The interface that is no WAN of ours and by which new sessions leave all the same.
    package var stranger: InterfaceName? {
        guard let wayOut = snapshot?.wayOut, !settings.wans.contains(where: { $0.interface == wayOut }) else { return nil }
        return wayOut
    }

    /// Clients that the kernel leads elsewhere than the box's own packets: somebody's rule or route sees to that.
    var strayingClients: [ClientWay] {
        guard let snapshot, !isApplying else { return [] }
        return snapshot.clientWays.filter { way in
            guard settings.lan.contains(way.lan), let wayOut = snapshot.wayOut(way.family) else { return false }
            return way.interface != wayOut
        }
    }

    /// The route of the selected WAN stands, and the box has no way out all the same.
    var isBarred: Bool {
        guard let snapshot, !isApplying, snapshot.wayOut == nil, let wan = selection.wan.flatMap({ settings[$0] }) else { return false }
        return isSelected(wan, .v4, in: snapshot) && snapshot.interface(wan.interface).map { $0.isUp && $0.hasCarrier } ?? false
    }

    mutating func reconcile(at now: Instant, _ notices: inout [Happening]) -> [Effect] {
        guard let snapshot, !isApplying else { return [] }
        let desired = desired
        let plan = Plan(desired: desired, observed: snapshot, undo: undo)
        let interfaces = Set(snapshot.interfaces.map(\.index))
        guard !plan.operations.isEmpty else {
            lastDesired = desired
            knownInterfaces = interfaces
            routingLimiter.rest(at: now)
            if routingLimiter.heldUntil == nil, rereadAt == nil { kernelProblem = nil }
            guard plan.undo != undo else { return [] }
            undo = plan.undo
            return [.remember(undo)]
        }
        let isRepair = desired == lastDesired && !plan.operations.allSatisfy(isOfNewInterface)
        // What the old snapshot lacks may have been done since. A switch can't wait for a new one.
        guard rereadAt == nil || !isRepair else { return [] }
        let wasHeld = routingLimiter.heldUntil != nil
        guard routingLimiter.allows(isRepair: isRepair, at: now) else {
            if !wasHeld {
                kernelProblem = .routesContested
                notices.append(.repairsHeld)
            }
            return []
        }
        if isRepair {
            counters.repairs += 1
            notices.append(.repaired(commands: plan.operations.map(\.description)))
        }
        lastDesired = desired
        knownInterfaces = interfaces
        isApplying = true
        guard plan.undo != undo else { return [.apply(plan.operations)] }
        undo = plan.undo
        return [.remember(undo), .apply(plan.operations)]
    }

    /// A setting of an interface that has just appeared: nobody has changed anything.
    private func isOfNewInterface(_ operation: Operation) -> Bool {
        guard case .set(_, let name, _) = operation, let index = snapshot?.interface(name)?.index else { return false }
        return !knownInterfaces.contains(index)
    }
}
