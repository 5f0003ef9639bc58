import Model

/// What to do about default routes that others (a DHCP client, an administrator) made on our WANs' interfaces.
///
/// One whose metric is above ours is left alone. One that would beat ours is moved behind: a copy with its metric + 2000 first, then the
/// original goes. It is put back when the interface is a WAN no longer.
struct ForeignRoutes {
    var additions: [Route] = []
    var deletions: [Route] = []

    init(desired: Desired, observed: Snapshot, undo: inout Undo) {
        let foreign = observed.routes.filter { !$0.isOurs && $0.table == Route.mainTable }
        let present = Set(foreign)

        let winning = foreign.filter { desired.wanInterfaces.contains($0.interface) && $0.metric <= desired.highestMetric }
        for route in winning {
            // A DHCP client that renews with another gateway leaves the copy of its old route behind: it can't know of it.
            let stale = undo.displaced.filter { old in
                old.interface == route.interface && !winning.contains(old) && present.contains(old.displaced)
            }
            deletions += stale.map(\.displaced).filter { !deletions.contains($0) }
            undo.displaced.removeAll { stale.contains($0) }
            if !undo.displaced.contains(route) { undo.displaced.append(route) }
            if !present.contains(route.displaced) { additions.append(route.displaced) }
            deletions.append(route)
        }

        // A copy that is gone went with its interface, or somebody took it away: it isn't ours to bring back.
        undo.displaced.removeAll { !present.contains($0.displaced) && !additions.contains($0.displaced) }
        for original in undo.displaced where !desired.wanInterfaces.contains(original.interface) {
            if !present.contains(original) { additions.append(original) }
            deletions.append(original.displaced)
        }
    }
}

extension Route {
    var displaced: Route {
        var copy = self
        copy.metric += Territory.displacement
        return copy
    }
}
