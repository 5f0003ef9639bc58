import ControlProtocol
import Model

/// The status as a tired administrator reads it: the answer, the WANs, and what is wrong.
enum StatusText {
    /// - Parameter width: of the terminal; nil for all there is.
    static func lines(_ status: Status, width: Int? = nil) -> [String] {
        var lines = [answer(status)]
        if status.selection.pinned { lines.append(pin(status)) }
        if let drill = status.drill { lines.append(drill.text) }
        lines.append("")
        lines += table(status.wans, width)
        if let wan = status.wans.first(where: { $0.ipv6?.selected ?? false && !$0.selected }) { lines.append("IPv6 goes by \(wan.name).") }
        lines += status.wans.compactMap { wan in
            wan.drainEndsInSeconds.map { "Sessions that are on \(wan.name) may stay for \(ageText(seconds: $0)) more." }
        }
        lines += status.wans.compactMap { readiness($0) } + status.wans.compactMap(Advice.line)
        let problems = problems(status)
        if !problems.isEmpty { lines += [""] + problems.map { "! \($0)" } }
        return lines
    }

    /// The first line: `Traffic goes by telkom, for 3 d 4 h now: it is the first choice.`
    static func answer(_ status: Status) -> String {
        let reason = status.selection.reason
        guard let name = status.selection.wan else {
            let tried = status.wans.first { $0.carries }.map { " What is sent all the same goes by \($0.name)." } ?? ""
            return "No WAN carries traffic: \(reason).\(tried)"
        }
        let since = status.selection.sinceSeconds.map { ", for \(ageText(seconds: $0)) now" } ?? ""
        let isUsable = status.wans.first { $0.name == name }?.usable ?? true
        return isUsable
            ? "Traffic goes by \(name)\(since): \(reason)." : "No WAN is usable; traffic is tried by \(name)\(since): \(reason)."
    }

    /// What is wanted most comes first; what there is no room for goes, the last first.
    private static func table(_ wans: [WANStatus], _ width: Int?) -> [String] {
        let header = ["", "WAN", "INTERFACE", "HEALTH", "SINCE", "ROUND TRIP", "LOSS", "ADDRESS", "GATEWAY", "METRIC", "PROBES"]
        let rows = wans.map { wan in
            [
                wan.carries ? ">" : "", wan.name, wan.interface, health(wan), ageText(seconds: wan.sinceSeconds),
                millisecondsText(wan.roundTripMilliseconds), percentText(wan.lossPercent), wan.addresses.first ?? "-",
                wan.gateway ?? "-", metric(wan), "\(sizeText(wan.bytesPerMonth))/month",
            ]
        }
        return (1...header.count).reversed().lazy.map { count in tableLines(([header] + rows).map { Array($0.prefix(count)) }) }
            .first { lines in width.map { width in lines.allSatisfy { $0.count <= width } } ?? true } ?? []
    }

    /// Whom the operator chose is in the reason; while that WAN can't be used, another one has the traffic.
    private static func pin(_ status: Status) -> String {
        guard let pinned = status.selection.pinnedTo, pinned != status.selection.wan else {
            return "The operator chose it: it stays so while it can be used, until 'uplinkctl switch auto'."
        }
        return "The operator chose \(pinned), which gets it back as soon as it can be used; 'uplinkctl switch auto' ends that."
    }

    /// nil: its health says it already, or there is nothing to say.
    static func readiness(_ wan: WANStatus) -> String? {
        guard wan.usable, let readiness = wan.readiness else { return nil }
        if readiness.ready { return "\(wan.name) is ready, proven \(ageText(seconds: readiness.provenSeconds ?? 0)) ago." }
        return "\(wan.name) is not ready: \(readiness.problem?.text ?? "nobody knows why")"
    }

    /// `down (upstream silent)`; `no-carrier`, since its fault says the same.
    static func health(_ wan: WANStatus) -> String {
        // What it was down by is over.
        guard wan.health != "recovering", let fault = wan.fault?.text, fault != String(wan.health.map { $0 == "-" ? " " : $0 }) else {
            return wan.health
        }
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
