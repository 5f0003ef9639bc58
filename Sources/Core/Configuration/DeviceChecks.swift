import Model

/// What the interfaces that there are now make of the configuration. All of it is a warning: what is missing may be plugged in later, and the file may
/// be for another box.
extension FileDraft {
    func check(_ settings: Settings, among devices: [Device], _ problems: inout Problems) {
        let assignment = Assignment(settings, among: devices)
        let uses = Uses(settings, assignment, devices)
        for given in lan.interfaces.readable ?? [] where !devices.contains(where: { $0.isCalled(given.value) }) {
            problems.warning(
                "there is no interface '\(given.value)' on this box", at: given.mark, hint: uses.hint)
        }
        for wan in wans {
            guard let name = WANName(wan.name.value), let found = assignment.wans[name],
                let mark = wan.match.mark ?? wan.interface.mark, let (given, match) = wan.means
            else { continue }
            switch found {
            case .nothing:
                problems.warning(
                    match.map { "no interface on this box has \($0)" } ?? "there is no interface '\(given)' on this box", at: mark,
                    hint: uses.hint)
            case .several(let names, _):
                problems.warning(
                    "\(listed(names.map(\.description), "and")) fit WAN \(quoted(wan.name.value)), and which one is meant nobody can tell",
                    at: mark, hint: "add what tells them apart, such as the path; `uplinkctl interfaces` has it")
            case .taken(let taken, let other):
                problems.warning(
                    "'\(taken)' is what WAN \(quoted(wan.name.value)) means, and belongs to "
                        + (other.map { "WAN \(quoted($0.description))" } ?? "the LAN"), at: mark,
                    hint: "each WAN has an interface of its own; `uplinkctl interfaces` lists them")
            case .device(let device):
                guard let master = device.master else { continue }
                problems.warning(
                    "'\(device.name)' is a port of '\(master)', so its traffic is that of '\(master)'", at: mark, hint: uses.hint)
            case .unready: continue
            }
        }
    }
}

/// Which interfaces are free, and why the others aren't.
private struct Uses {
    /// Each with its driver, for people who know their box by that.
    private var free: [String] = []
    private var others: [String] = []

    private static let most = 8

    init(_ settings: Settings, _ assignment: Assignment, _ devices: [Device]) {
        for device in devices.sorted(by: { $0.index < $1.index }) {
            let owner = assignment.wans.first { $0.value.device?.index == device.index }?.key
            if device.isLoopback {
                others.append("\(device.name) (loopback)")
            } else if let master = device.master {
                others.append("\(device.name) (a port of \(master))")
            } else if assignment.lan.contains(device.name) {
                others.append("\(device.name) (the LAN's)")
            } else if let owner {
                others.append("\(device.name) (\(owner)'s)")
            } else if !device.isReady {
                others.append("\(device.name) (udev hasn't finished with it)")
            } else {
                free.append(device.hardware.driver.map { "\(device.name) (\($0))" } ?? device.name.description)
            }
        }
    }

    var hint: String {
        let first = free.isEmpty ? "none is free" : "free is \(Self.some(free))"
        return "\(first); in use: \(Self.some(others)). `uplinkctl interfaces` says more"
    }

    private static func some(_ all: [String]) -> String {
        all.prefix(most).joined(separator: ", ") + (all.count > most ? " and \(all.count - most) more" : "")
    }
}
