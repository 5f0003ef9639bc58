import ControlProtocol
import Model

/// The report of a switch for a person, and in Markdown for a mail or a ticket.
enum ReportText {
    static let none = "There is no report: there has been no switch since uplinkd started, or the configuration has 'reports: off'."

    static func lines(_ report: SwitchReport) -> [String] {
        var lines = [title(report), report.headline, ""]
        lines += tableLines(facts(report).map { ["\($0.name):", $0.value] })
        if !report.evidence.isEmpty { lines += ["", "Evidence:"] + report.evidence.map { "  \($0)" } }
        if !report.notes.isEmpty { lines += ["", "Limits of these figures:"] + report.notes.map { "  \($0)" } }
        if !report.clients.isEmpty { lines += [""] + tableLines([header] + report.clients.map(row)) }
        return lines
    }

    static func markdown(_ report: SwitchReport) -> [String] {
        var lines = ["# \(escaped(title(report)))", "", "**\(escaped(report.headline))**", ""]
        lines += markdownTable([["", ""]] + facts(report).map { [$0.name, $0.value] }, escape: escaped)
        if !report.evidence.isEmpty { lines += ["", "## Evidence", ""] + report.evidence.map { "- \(escaped($0.text))" } }
        if !report.notes.isEmpty { lines += ["", "## Limits of these figures", ""] + report.notes.map { "- \(escaped($0.text))" } }
        if !report.clients.isEmpty { lines += ["", "## Clients", ""] + markdownTable([header] + report.clients.map(row), escape: escaped) }
        return lines
    }

    /// A line for each: `20261124-183012-527  failover  telkom to smartfren  37 of 37 clients backed up, …`
    static func list(_ reports: [SwitchReport]) -> [String] {
        guard !reports.isEmpty else { return [none] }
        return tableLines(reports.map { [$0.id, $0.kind, "\($0.from ?? "none") to \($0.to)", $0.headline] })
    }

    /// `Failover from telkom to smartfren: telkom is down (upstream silent).`
    static func title(_ report: SwitchReport) -> String {
        let kind = report.kind.prefix(1).uppercased() + report.kind.dropFirst()
        let drill = report.drill.map { " (drill: \($0))" } ?? ""
        return "\(kind)\(drill)\(report.from.map { " from \($0)" } ?? "") to \(report.to): \(report.reason)."
    }

    private static func facts(_ report: SwitchReport) -> [(name: String, value: String)] {
        var facts = [("Report", report.id)]
        if let detected = report.detected { facts.append(("First sign", PastTime.localExactly(detected))) }
        let after = report.detectionMilliseconds.map { ", \(SwitchReport.shortTime($0)) after the first sign" } ?? ""
        facts.append(("Decided", "\(PastTime.localExactly(report.decided)) (\(PastTime.zone(report.decided)))\(after)"))
        facts.append(("Done", report.appliedMilliseconds.map { "routes changed \(millisecondsText($0)) later" } ?? "not known"))
        let age = report.countedSecondsBefore.flatMap { $0 < 0.1 ? nil : ", counted \(millisecondsOrSeconds($0)) before" } ?? ""
        facts.append(("Before", "\(count(report.clientsBefore, "client")) with \(count(report.sessionsBefore, "active session"))\(age)"))
        if report.fastestMilliseconds != nil {
            let times = [
                ("fastest", report.fastestMilliseconds), ("median", report.medianMilliseconds), ("slowest", report.slowestMilliseconds),
            ]
            let texts = times.compactMap { name, time in time.map { "\(name) \(SwitchReport.shortTime($0))" } }
            facts.append(("First reply", texts.joined(separator: ", ")))
        }
        let outcomes = [
            ("backed up", report.backedUp), ("staying", report.staying), ("broken", report.broken), ("idle", report.idle),
            ("gone", report.gone),
        ]
        facts.append(("Clients", outcomes.map { "\($0.1) \($0.0)" }.joined(separator: ", ")))
        if let told = report.told, told > 0 {
            let answered = report.toldAnswered ?? 0
            facts.append(("Told", "\(count(told, "TCP session")) over: \(answered) answered, \(told - answered) silent"))
        }
        if !report.finished { facts.append(("State", "not finished: the counts still grow")) }
        return facts
    }

    private static func millisecondsOrSeconds(_ seconds: Double) -> String { SwitchReport.shortTime(seconds * 1000) }

    private static let header = ["CLIENT", "ADDRESS", "MAC", "OUTCOME", "FIRST REPLY", "SESSIONS BEFORE", "AFTER"]

    private static func row(_ client: ReportedClient) -> [String] {
        [
            client.name ?? "-", client.addresses.first ?? "-", client.mac ?? "-", client.outcome,
            client.firstReplyMilliseconds.map(SwitchReport.shortTime) ?? "-", "\(client.sessionsBefore)", "\(client.sessionsAfter)",
        ]
    }

    /// A client's name is the client's choice.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\`*_<>|[]#".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
