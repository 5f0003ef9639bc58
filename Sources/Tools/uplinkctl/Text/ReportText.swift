import ControlProtocol
import Model

/// The report of a switch for a person, and in Markdown for a mail or a ticket.
enum ReportText {
    static var none: String {
        say("There is no report: there has been no switch since uplinkd started, or the configuration has 'reports: off'.")
    }

    static func lines(_ report: SwitchReport) -> [String] {
        var lines = [title(report), headline(report), ""]
        lines += tableLines(facts(report).map { ["\($0.name):", $0.value] })
        if !report.evidence.isEmpty { lines += ["", say("Evidence:")] + report.evidence.map { "  \(tell($0))" } }
        if !report.notes.isEmpty { lines += ["", say("Limits of these figures:")] + report.notes.map { "  \(tell($0))" } }
        if !report.clients.isEmpty { lines += [""] + tableLines([header] + report.clients.map(row)) }
        return lines
    }

    static func markdown(_ report: SwitchReport) -> [String] {
        var lines = ["# \(escaped(title(report)))", "", "**\(escaped(headline(report)))**", ""]
        lines += markdownTable([["", ""]] + facts(report).map { [$0.name, $0.value] }, escape: escaped)
        if !report.evidence.isEmpty { lines += ["", "## \(say("Evidence"))", ""] + report.evidence.map { "- \(escaped(tell($0)))" } }
        if !report.notes.isEmpty {
            lines += ["", "## \(say("Limits of these figures"))", ""] + report.notes.map { "- \(escaped(tell($0)))" }
        }
        if !report.clients.isEmpty {
            lines += ["", "## \(say("Clients"))", ""] + markdownTable([header] + report.clients.map(row), escape: escaped)
        }
        return lines
    }

    /// A line for each: `20261124-183012-527  failover  telkom to smartfren  37 of 37 clients backed up, …`
    static func list(_ reports: [SwitchReport]) -> [String] {
        guard !reports.isEmpty else { return [none] }
        return tableLines(
            reports.map {
                [$0.id, word($0.kind, "switch"), say("{from} to {to}", ["from": $0.from ?? say("none"), "to": $0.to]), headline($0)]
            })
    }

    /// `Failover from telkom to smartfren: telkom is down (upstream silent).`
    static func title(_ report: SwitchReport) -> String {
        let kind = word(report.kind, "switch")
        return say(
            "{kind}[ (drill: {drill})][ from {from}] to {to}: {reason}.",
            [
                "kind": kind.prefix(1).uppercased() + kind.dropFirst(), "drill": report.drill.map { word($0, "fault") },
                "from": report.from,
                "to": report.to, "reason": tell(report.reason),
            ])
    }

    /// As `SwitchReport.headline` has it in English.
    static func headline(_ report: SwitchReport) -> String {
        guard report.clientsBefore > 0 else { return say("No client had an active session[ by {from}].", ["from": report.from]) }
        return say(
            "{moved} of {clients} {noun} backed up[, median {median}][, slowest {slowest}][, {staying} {stay} on [{from}|the WAN before]][, {broken} broken][, {idle} idle][, {gone} gone][finished? .|, so far.]",
            [
                "moved": report.backedUp, "clients": report.clientsBefore, "noun": report.clientsBefore == 1 ? "client" : "clients",
                "median": report.medianMilliseconds.map(SwitchReport.shortTime),
                "slowest": report.slowestMilliseconds.map(SwitchReport.shortTime), "staying": report.staying,
                "stay": report.staying == 1 ? "stays" : "stay", "from": report.from, "broken": report.broken, "idle": report.idle,
                "gone": report.gone, "finished": report.finished,
            ])
    }

    private static func facts(_ report: SwitchReport) -> [(name: String, value: String)] {
        var facts = [(say("Report"), report.id)]
        if let detected = report.detected { facts.append((say("First sign"), PastTime.localExactly(detected))) }
        let after = report.detectionMilliseconds.map { say(", {time} after the first sign", ["time": SwitchReport.shortTime($0)]) } ?? ""
        facts.append((say("Decided"), "\(PastTime.localExactly(report.decided)) (\(PastTime.zone(report.decided)))\(after)"))
        facts.append(
            (say("Done"), say("[routes changed {time} later|not known]", ["time": report.appliedMilliseconds.map { millisecondsText($0) }]))
        )
        let age =
            report.countedSecondsBefore.flatMap { $0 < 0.1 ? nil : say(", counted {time} before", ["time": millisecondsOrSeconds($0)]) }
            ?? ""
        facts.append(
            (
                say("Before"),
                say(
                    "{clients} with {sessions}",
                    ["clients": count(report.clientsBefore, "client"), "sessions": count(report.sessionsBefore, "active session")]) + age
            ))
        if report.fastestMilliseconds != nil {
            let times = [
                (say("fastest"), report.fastestMilliseconds), ("median", report.medianMilliseconds),
                (say("slowest"), report.slowestMilliseconds),
            ]
            let texts = times.compactMap { name, time in time.map { "\(name) \(SwitchReport.shortTime($0))" } }
            facts.append((say("First reply"), texts.joined(separator: ", ")))
        }
        let outcomes = [
            ("backed-up", report.backedUp), ("staying", report.staying), ("broken", report.broken), ("idle", report.idle),
            ("gone", report.gone),
        ]
        facts.append((say("Clients"), outcomes.map { "\($0.1) \(outcome($0.0))" }.joined(separator: ", ")))
        if let told = report.told, told > 0 {
            let answered = report.toldAnswered ?? 0
            facts.append(
                (
                    say("Told"),
                    say(
                        "{sessions} over: {answered} answered, {silent} silent",
                        ["sessions": count(told, "TCP session"), "answered": answered, "silent": told - answered])
                ))
        }
        if !report.finished { facts.append((say("State"), say("not finished: the counts still grow"))) }
        return facts
    }

    private static func millisecondsOrSeconds(_ seconds: Double) -> String { SwitchReport.shortTime(seconds * 1000) }

    private static var header: [String] {
        [say("CLIENT"), say("ADDRESS"), "MAC", say("OUTCOME"), say("FIRST REPLY"), say("SESSIONS BEFORE"), say("AFTER")]
    }

    /// `backed up`, as in a sentence.
    private static func outcome(_ name: String) -> String {
        Speech.language == .english ? String(name.map { $0 == "-" ? " " : $0 }) : word(name, "outcome")
    }

    private static func row(_ client: ReportedClient) -> [String] {
        [
            client.name ?? "-", client.addresses.first ?? "-", client.mac ?? "-", word(client.outcome, "outcome"),
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
