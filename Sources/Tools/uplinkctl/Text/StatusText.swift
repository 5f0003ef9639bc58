import ControlProtocol
import Model

/// The status as a tired administrator reads it: the answer, the WANs, and what is wrong.
enum StatusText {
    static func lines(_ status: Status) -> [String] {
        var lines = [answer(status)]
        if status.selection.pinned { lines.append("It stays so until 'uplinkctl switch auto'.") }
        if let drill = status.drill { lines.append(drill.text) }
        lines.append("")
        lines += table(status.wans)
        if let wan = status.wans.first(where: { $0.ipv6?.selected ?? false && !$0.selected }) { lines.append("IPv6 goes by \(wan.name).") }
        lines += status.wans.compactMap { wan in
            wan.drainEndsInSeconds.map { "Sessions that are on \(wan.name) may stay for \(ageText(seconds: $0)) more." }
        }
        lines += status.wans.compactMap { readiness($0) }
        let problems = problems(status)
        if !problems.isEmpty { lines += [""] + problems.map { "! \($0)" } }
        return lines
    }

    /// The first line: `Traffic goes by telkom: first choice, up for 3 d 4 h.`
    static func answer(_ status: Status) -> String {
        guard let name = status.selection.wan else { return "No WAN carries traffic: \(status.selection.reason)." }
        guard let wan = status.wans.first(where: { $0.name == name }) else {
            return "Traffic goes by \(name): \(status.selection.reason)."
        }
        let how = "\(status.selection.reason), \(health(wan)) for \(ageText(seconds: wan.sinceSeconds))."
        return wan.usable ? "Traffic goes by \(name): \(how)" : "No WAN is usable; traffic is tried by \(name): \(how)"
    }

    private static func table(_ wans: [WANStatus]) -> [String] {
        let header = ["", "WAN", "INTERFACE", "HEALTH", "SINCE", "ROUND TRIP", "LOSS", "PROBES", "GATEWAY", "METRIC"]
        let rows = wans.map { wan in
            [
                wan.carries ? ">" : "", wan.name, wan.interface, health(wan), ageText(seconds: wan.sinceSeconds),
                millisecondsText(wan.roundTripMilliseconds), percentText(wan.lossPercent), "\(sizeText(wan.bytesPerMonth))/month",
                wan.gateway ?? "-", metric(wan),
            ]
        }
        return tableLines([header] + rows)
    }

    /// nil: its health says it already, or there is nothing to say.
    static func readiness(_ wan: WANStatus) -> String? {
        guard wan.usable, let readiness = wan.readiness else { return nil }
        if readiness.ready { return "\(wan.name) is ready, proven \(ageText(seconds: readiness.provenSeconds ?? 0)) ago." }
        return "\(wan.name) is not ready: \(readiness.problem?.text ?? "nobody knows why")"
    }

    /// `down (upstream silent)`; `no-carrier`, since its fault says the same.
    static func health(_ wan: WANStatus) -> String {
        guard let fault = wan.fault?.text, fault != String(wan.health.map { $0 == "-" ? " " : $0 }) else { return wan.health }
        return "\(wan.health) (\(fault))"
    }

    /// `1`; where the kernel's route has another metric, that too.
    private static func metric(_ wan: WANStatus) -> String {
        guard let route = wan.routeMetric else { return "\(wan.metric) (no route)" }
        return route == wan.metric ? "\(wan.metric)" : "\(wan.metric) (route \(route))"
    }

    static func problems(_ status: Status) -> [String] {
        var problems = status.problems.map(\.text)
        if !status.nat.ok, let problem = status.nat.problem?.text, !problems.contains(problem) { problems.append(problem) }
        if let name = status.selection.wan, let wan = status.wans.first(where: { $0.name == name }), !wan.carries {
            let carrier = status.wans.first { $0.carries }.map { "it sends by \($0.name)" } ?? "it sends by none of the WANs"
            problems.append("\(name) is selected, but the kernel doesn't send by it: \(carrier).")
        }
        return problems
    }
}
