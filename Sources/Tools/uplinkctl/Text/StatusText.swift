import Catalogue
import ControlProtocol
import Model

/// The status as a tired administrator reads it: the answer, the WANs, and what is wrong.
enum StatusText {
    /// - Parameter width: of the terminal; nil for all there is.
    static func lines(_ status: Status, width: Int? = nil) -> [String] {
        var lines = [answer(status)]
        if status.selection.pinned { lines.append(pin(status)) }
        if let drill = status.drill { lines.append(tell(drill)) }
        lines.append("")
        lines += table(status.wans, width)
        if let wan = status.wans.first(where: { $0.ipv6?.selected ?? false && !$0.selected }) {
            lines.append(say("IPv6 goes by {wan}.", ["wan": wan.name]))
        }
        lines += status.wans.compactMap { wan in
            wan.drainEndsInSeconds.map {
                say("Sessions that are on {wan} may stay for {time} more.", ["wan": wan.name, "time": ageText(seconds: $0)])
            }
        }
        lines += status.wans.compactMap { readiness($0) } + status.wans.compactMap(Advice.line)
        let problems = problems(status)
        if !problems.isEmpty { lines += [""] + problems.map { "! \($0)" } }
        return lines
    }

    /// The first line: `Traffic goes by telkom, for 3 d 4 h now: it is the first choice.`
    static func answer(_ status: Status) -> String {
        let reason = tell(status.selection.reason)
        guard let name = status.selection.wan else {
            return say(
                "No WAN carries traffic: {reason}.[ What is sent all the same goes by {wan}.]",
                ["reason": reason, "wan": status.wans.first { $0.carries }?.name])
        }
        let arguments: [String: (any CustomStringConvertible)?] = [
            "wan": name, "reason": reason, "time": status.selection.sinceSeconds.map { ageText(seconds: $0) },
        ]
        let isUsable = status.wans.first { $0.name == name }?.usable ?? true
        return isUsable
            ? say("Traffic goes by {wan}[, for {time} now]: {reason}.", arguments)
            : say("No WAN is usable; traffic is tried by {wan}[, for {time} now]: {reason}.", arguments)
    }

    /// What is wanted most comes first; what there is no room for goes, the last first.
    private static func table(_ wans: [WANStatus], _ width: Int?) -> [String] {
        let header = [
            "", "WAN", "INTERFACE", say("HEALTH"), say("SINCE"), say("ROUND TRIP"), "LOSS", say("ADDRESS"), "GATEWAY", "METRIC",
            say("PROBES"),
        ]
        let rows = wans.map { wan in
            [
                wan.carries ? ">" : "", wan.name, wan.interface, health(wan), ageText(seconds: wan.sinceSeconds),
                millisecondsText(wan.roundTripMilliseconds), percentText(wan.lossPercent), wan.addresses.first ?? "-",
                wan.gateway ?? "-", metric(wan), say("{size}/month", ["size": sizeText(wan.bytesPerMonth)]),
            ]
        }
        return (1...header.count).reversed().lazy.map { count in tableLines(([header] + rows).map { Array($0.prefix(count)) }) }
            .first { lines in width.map { width in lines.allSatisfy { $0.count <= width } } ?? true } ?? []
    }

    /// Whom the operator chose is in the reason; while that WAN can't be used, another one has the traffic.
    private static func pin(_ status: Status) -> String {
        guard let pinned = status.selection.pinnedTo, pinned != status.selection.wan else {
            return say("The operator chose it: it stays so while it can be used, until 'uplinkctl switch auto'.")
        }
        return say(
            "The operator chose {wan}, which gets it back as soon as it can be used; 'uplinkctl switch auto' ends that.", ["wan": pinned])
    }

    /// nil: its health says it already, or there is nothing to say.
    static func readiness(_ wan: WANStatus) -> String? {
        guard wan.usable, let readiness = wan.readiness else { return nil }
        if readiness.ready {
            return say("{wan} is ready, proven {time} ago.", ["wan": wan.name, "time": ageText(seconds: readiness.provenSeconds ?? 0)])
        }
        return say("{wan} is not ready: {problem}", ["wan": wan.name, "problem": readiness.problem.map(tell) ?? say("nobody knows why")])
    }

    /// `down (upstream silent)`; `no-carrier`, since its fault says the same.
    static func health(_ wan: WANStatus) -> String {
        Speech.language.condition(wan.health, wan.fault?.text ?? "")
    }

    /// `1`; where the kernel's route has another metric, that too.
    private static func metric(_ wan: WANStatus) -> String {
        guard let route = wan.routeMetric else { return say("{metric} (no route)", ["metric": wan.metric]) }
        return route == wan.metric ? "\(wan.metric)" : say("{metric} (route {route})", ["metric": wan.metric, "route": route])
    }

    static func problems(_ status: Status) -> [String] {
        var problems = status.problems.map(tell)
        if !status.nat.ok, let problem = status.nat.problem.map(tell), !problems.contains(problem) { problems.append(problem) }
        if let name = status.selection.wan, let wan = status.wans.first(where: { $0.name == name }), !wan.carries {
            problems.append(
                say(
                    "{wan} is selected, but the kernel doesn't send by it: it sends by [{other}|none of the WANs].",
                    ["wan": name, "other": status.wans.first { $0.carries }?.name]))
        }
        return problems
    }
}
