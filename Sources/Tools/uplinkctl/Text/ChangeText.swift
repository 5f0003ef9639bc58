import ControlProtocol
import Model

/// What is different from one status to the next, a line each. Measurements change all the time and are no change.
enum ChangeText {
    static func lines(from old: Status, to new: Status, at time: String) -> [String] {
        (selection(old.selection, new.selection) + wans(old.wans, new.wans) + problems(old, new)).map { "\(time)  \($0)" }
    }

    private static func selection(_ old: SelectionStatus, _ new: SelectionStatus) -> [String] {
        if old.wan != new.wan {
            return [
                say(
                    "selection: {old} -> {new}: {reason}",
                    ["old": old.wan ?? say("none"), "new": new.wan ?? say("none"), "reason": tell(new.reason)])
            ]
        }
        return old.reason == new.reason && old.pinned == new.pinned
            ? [] : [say("selection: still {wan}: {reason}", ["wan": new.wan ?? say("none"), "reason": tell(new.reason)])]
    }

    private static func wans(_ old: [WANStatus], _ new: [WANStatus]) -> [String] {
        var lines = old.filter { wan in !new.contains { $0.name == wan.name } }.map { say("{wan}: no longer configured", ["wan": $0.name]) }
        for wan in new {
            if let before = old.first(where: { $0.name == wan.name }) {
                lines += changes(before, wan)
            } else {
                lines.append(say("{wan}: now configured, {health}", ["wan": wan.name, "health": StatusText.health(wan)]))
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
            if before.health != now.health {
                lines.append("\(new.name): IPv6 \(word(before.health, "health")) -> \(word(now.health, "health"))")
            }
            if before.selected != now.selected {
                lines.append(say("{wan}: [now? carries|no longer carries] IPv6", ["wan": new.name, "now": now.selected]))
            }
        }
        if old.interface != new.interface { lines.append("\(new.name): interface \(old.interface) -> \(new.interface)") }
        if old.gateway != new.gateway {
            lines.append("\(new.name): gateway \(old.gateway ?? say("none")) -> \(new.gateway ?? say("none"))")
        }
        if old.addresses != new.addresses {
            lines.append("\(new.name): \(say("addresses")) \(list(old.addresses)) -> \(list(new.addresses))")
        }
        if old.carries != new.carries {
            lines.append(say("{wan}: [now? carries|no longer carries] new sessions", ["wan": new.name, "now": new.carries]))
        }
        return lines
    }

    private static func problems(_ old: Status, _ new: Status) -> [String] {
        var lines = new.problems.filter { !old.problems.contains($0) }.map { "! \(tell($0))" }
        lines += old.problems.filter { !new.problems.contains($0) }.map { say("no longer: {problem}", ["problem": tell($0)]) }
        if old.nat.ok != new.nat.ok {
            lines.append(new.nat.ok ? say("NAT: in order") : "! NAT: \(new.nat.problem.map(tell) ?? say("not in order"))")
        }
        return lines
    }

    private static func list(_ addresses: [String]) -> String { addresses.isEmpty ? say("none") : addresses.joined(separator: ", ") }
}
