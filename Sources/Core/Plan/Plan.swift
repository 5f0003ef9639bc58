package import Model

/// The operations that turn what the kernel says into what we want, in an order in which no default route is ever missing.
package struct Plan: Equatable, Sendable {
    package var operations: [Operation] = []
    /// What has to be written down before the first operation is carried out.
    package var undo: Undo

    /// A plan for what is already so is empty, and applying a plan twice does nothing the second time.
    package init(desired: Desired, observed: Snapshot, undo: Undo) {
        self.undo = undo
        let foreign = ForeignRoutes(desired: desired, observed: observed, undo: &self.undo)
        let wanted = Set(desired.routes)
        let present = Set(observed.routes)
        let wantedRules = Set(desired.rules)
        let presentRules = Set(observed.rules)

        let additions = desired.routes.filter { !present.contains($0) } + foreign.additions
        let deletions = foreign.deletions + observed.routes.filter { $0.isOurs && !wanted.contains($0) }
        // The exception to what follows, IPv6's: there the old one has to make room. The copy of somebody else's stands in meanwhile.
        let obstacles = deletions.filter { old in additions.contains(where: old.merges) }
        let obstructed = additions.filter { new in obstacles.contains(where: new.merges) }

        operations += settings(desired, observed)
        // Every addition before any deletion: a WAN's new route stands before its old one goes, and a switch is one lookup long.
        operations += additions.filter { !obstructed.contains($0) }.map { new in
            deletions.contains { $0.isMistaken(for: new) } ? .appendRoute(new) : .addRoute(new)
        }
        operations += obstacles.map(Operation.deleteRoute) + obstructed.map(Operation.addRoute)
        // A failed WAN's rule goes before its route: what is marked for it moves at once.
        operations += observed.rules.filter { !wantedRules.contains($0) }.map(Operation.deleteRule)
        operations += deletions.filter { !obstacles.contains($0) }.map(Operation.deleteRoute)
        operations += desired.rules.filter { !presentRules.contains($0) }.map(Operation.addRule)
    }

    private mutating func settings(_ desired: Desired, _ observed: Snapshot) -> [Operation] {
        var operations: [Operation] = []
        for interface in observed.interfaces {
            let wanted = desired.settings[interface.name] ?? [:]
            for (setting, value) in wanted.sorted(by: { $0.key < $1.key }) {
                guard let present = interface.settings[setting], present != value else { continue }
                // The first value is the one that was there before us. Later ones may be somebody's repair of our change.
                if undo.settings[interface.name]?[setting] == nil { undo.settings[interface.name, default: [:]][setting] = present }
                operations.append(.set(setting, of: interface.name, to: value))
            }
            for (setting, before) in (undo.settings[interface.name] ?? [:]).sorted(by: { $0.key < $1.key }) where wanted[setting] == nil {
                // No longer ours to set: put back what was there, and strike it from the record once it is.
                if interface.settings[setting] == before {
                    undo.settings[interface.name]?[setting] = nil
                } else {
                    operations.append(.set(setting, of: interface.name, to: before))
                }
            }
            if undo.settings[interface.name]?.isEmpty == true { undo.settings[interface.name] = nil }
        }
        // What is gone took its settings with it.
        for interface in undo.settings.keys where desired.settings[interface] == nil && observed.interface(interface) == nil {
            undo.settings[interface] = nil
        }
        return operations
    }
}

extension Route {
    /// To delete it the kernel would take the other one, if that came first: no source, and no metrics, mean any (`fib_table_delete` in
    /// net/ipv4/fib_trie.c).
    fileprivate func isMistaken(for other: Route) -> Bool {
        guard family == .v4, self != other, source == nil || source == other.source, metrics.isPart(of: other.metrics) else { return false }
        var same = other
        same.source = source
        same.metrics = metrics
        return same == self
    }
}
