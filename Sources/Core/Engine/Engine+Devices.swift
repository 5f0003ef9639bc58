package import Model

extension Engine {
    /// Which interfaces there are: the WANs mean those of them that fit. Other names come into force as another configuration does, with a snapshot that has them.
    mutating func take(_ new: [Device]) {
        let renamed = Dictionary(
            (devices ?? []).compactMap { old in
                new.first { $0.index == old.index && $0.name != old.name }.map { (old.name, $0.name) }
            }, uniquingKeysWith: { first, _ in first })
        if !renamed.isEmpty { undo = undo.renamed(renamed) }
        devices = new
        let known = incoming ?? settings
        let assigned = known.assigned(among: new)
        if snapshot == nil {
            settings = assigned
        } else if assigned != known {
            incoming = assigned
        }
    }

    mutating func take(_ new: Settings) {
        let kept = new.keepingInterfaces(of: settings)
        incoming = devices.map { kept.assigned(among: $0) } ?? kept
    }

    /// Without what the list of devices doesn't have, or has under another name: it has just come, and may be anything. The list follows.
    func believed(_ snapshot: Snapshot) -> Snapshot {
        guard let devices else { return snapshot }
        let strangers = snapshot.interfaces.filter { interface in
            !devices.contains { $0.isReady && $0.index == interface.index && $0.name == interface.name }
        }
        guard !strangers.isEmpty else { return snapshot }
        let names = Set(strangers.map(\.name))
        var believed = snapshot
        believed.interfaces.removeAll { names.contains($0.name) }
        believed.routes.removeAll { names.contains($0.interface) }
        believed.clientWays.removeAll { names.contains($0.lan) }
        return believed
    }

    package var assignment: Assignment? { devices.map { Assignment(settings, among: $0) } }

    /// More interfaces than one may be meant, or one is meant twice.
    var deviceProblems: [StatusProblem] {
        guard let assignment else { return [] }
        return settings.wans.compactMap { wan in
            switch assignment.wans[wan.name] {
            case .several(let names, let used)?: .severalFit(wan.name, wan.match, names, used: used?.name)
            case .taken(let name, let other)?: .interfaceTaken(wan.name, name, by: other)
            case .device, .nothing, .unready, nil: nil
            }
        }
    }

    func absence(of wan: WANSettings) -> Condition {
        switch assignment?.wans[wan.name] {
        case .several(let names, nil)?: .severalFit(wan.match, names)
        case .taken(let name, let other)?: .taken(name, by: other)
        case .unready(let name)?: .unready(name)
        case .nothing?, .device?, .several?, nil: wan.match.map(Condition.nothingFits) ?? .absent(wan.interface)
        }
    }
}
