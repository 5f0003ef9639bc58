import Model

/// What to do about default routes that others (a DHCP client, an administrator) made on our WANs' interfaces.
///
/// One whose metric is above ours is left alone. One that would beat ours is moved behind: a copy with its metric + 2000 first, then the
/// original goes. It is put back when the interface is a WAN no longer.
///
/// IPv6 keeps no two owners' routes of one metric apart (`Route.merges`), so there one with exactly a metric of ours has to make room as well.
/// If advertisements made that one (`ra_defrtr_metric`), they can't make it anew while ours stands in its place, and when the copy's lifetime is
/// over there is a gap until the next one comes: such a metric shouldn't be that of the WAN.
struct ForeignRoutes {
    var additions: [Route] = []
    var deletions: [Route] = []

    init(desired: Desired, observed: Snapshot, undo: inout Undo) {
        let foreign = observed.routes.filter { !$0.isOurs && $0.table == Route.mainTable }
        let present = Set(foreign)

        let winning = foreign.filter { route in
            desired.governs(route) && (route.metric <= desired.highestMetric || desired.routes.contains(where: route.merges))
        }
        for route in winning {
            // A DHCP client that renews with another gateway leaves the copy of its old route behind: it can't know of it.
            let stale = undo.displaced.filter { old in
                old.interface == route.interface && !winning.contains(old) && present.contains(old.displaced)
            }
            deletions += stale.map(\.displaced).filter { !deletions.contains($0) }
            undo.displaced.removeAll { stale.contains($0) }
            if !undo.displaced.contains(route) { undo.displaced.append(route) }
            // A router's next advertisement makes its route anew while the copy stands: adding that again gives it the new lifetime.
            if !present.contains(route.displaced) || route.family == .v6 { additions.append(route.displaced) }
            deletions.append(route)
        }

        // A copy that is gone went with its interface, or somebody took it away: it isn't ours to bring back.
        undo.displaced.removeAll { !present.contains($0.displaced) && !additions.contains($0.displaced) }
        for original in undo.displaced where !desired.governs(original) {
            if !present.contains(original) { additions.append(original) }
            deletions.append(original.displaced)
        }
    }
}

extension Desired {
    /// Which default route comes first by this interface is for us to say.
    fileprivate func governs(_ route: Route) -> Bool {
        (route.family == .v4 ? wanInterfaces : wanInterfaces6).contains(route.interface)
    }
}

extension Route {
    /// The kernel can't keep these two side by side. In IPv6 (`fib6_add_rt2node` in net/ipv6/ip6_fib.c) a second route of the same metric by the
    /// same gateway and interface is refused, even if it's another's; by another gateway the two become one route with two gateways, that has
    /// only one owner to show.
    func merges(with other: Route) -> Bool {
        family == .v6 && other.family == .v6 && table == other.table && metric == other.metric
            && (isOurs != other.isOurs || gateway == other.gateway && interface == other.interface)
    }

    var displaced: Route {
        var copy = self
        copy.metric += Territory.displacement
        return copy
    }
}
