import ControlProtocol
import Model

/// What is different from one status to the next, a line each. Measurements change all the time and are no change.
enum ChangeText {
    static func lines(from old: Status, to new: Status, at time: String) -> [String] {
        (selection(old.selection, new.selection) + wans(old.wans, new.wans) + problems(old, new)).map { "\(time)  \($0)" }
    }

    private static func selection(_ old: SelectionStatus, _ new: SelectionStatus) -> [String] {
        if old.wan != new.wan { return ["selection: \(old.wan ?? "none") -> \(new.wan ?? "none"): \(new.reason)"] }
        return old.reason == new.reason && old.pinned == new.pinned ? [] : ["selection: still \(new.wan ?? "none"): \(new.reason)"]
    }

    private static func wans(_ old: [WANStatus], _ new: [WANStatus]) -> [String] {
        var lines = old.filter { wan in !new.contains { $0.name == wan.name } }.map { "\($0.name): no longer configured" }
        for wan in new {
            if let before = old.first(where: { $0.name == wan.name }) {
                lines += changes(before, wan)
            } else {
                lines.append("\(wan.name): now configured, \(StatusText.health(wan))")
            }
        }
        return lines
    }

    private static func changes(_ old: WANStatus, _ new: WANStatus) -> [String] {
        var lines: [String] = []
        if StatusText.health(old) != StatusText.health(new) {
            lines.append("\(new.name): \(StatusText.health(old)) -> \(StatusText.health(new))")
        }
        if let before = old.ipv6, let now = new.ipv6 {
            if before.health != now.health { lines.append("\(new.name): IPv6 \(before.health) -> \(now.health)") }
            if before.selected != now.selected { lines.append("\(new.name): \(now.selected ? "carries" : "no longer carries") IPv6") }
        }
        if old.interface != new.interface { lines.append("\(new.name): interface \(old.interface) -> \(new.interface)") }
        if old.gateway != new.gateway { lines.append("\(new.name): gateway \(old.gateway ?? "none") -> \(new.gateway ?? "none")") }
        if old.addresses != new.addresses {
            lines.append("\(new.name): addresses \(list(old.addresses)) -> \(list(new.addresses))")
        }
        if old.carries != new.carries { lines.append("\(new.name): \(new.carries ? "carries" : "no longer carries") new sessions") }
        return lines
    }

    private static func problems(_ old: Status, _ new: Status) -> [String] {
        var lines = new.problems.filter { !old.problems.contains($0) }.map { "! \($0)" }
        lines += old.problems.filter { !new.problems.contains($0) }.map { "no longer: \($0)" }
        if old.nat.ok != new.nat.ok { lines.append(new.nat.ok ? "NAT: in order" : "! NAT: \(new.nat.problem?.text ?? "not in order")") }
        return lines
    }

    private static func list(_ addresses: [String]) -> String { addresses.isEmpty ? "none" : addresses.joined(separator: ", ") }
}
