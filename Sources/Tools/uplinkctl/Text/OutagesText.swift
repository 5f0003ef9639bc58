import ControlProtocol
import HistoryProtocol
import Model

/// Every outage of a WAN: for a person, and as evidence for the provider.
struct OutagesText: PastText {
    private let outages: [Outage]
    private let availability: WANAvailability

    init(_ outages: [Outage], _ availability: WANAvailability) {
        self.outages = outages
        self.availability = availability
    }

    private static let header = ["START", "END", "DURATION", "FAULT", "LOSS", "ROUND TRIP", "LOSS BEFORE", "ROUND TRIP BEFORE"]

    private var rows: [[String]] {
        outages.map { outage in
            [
                (outage.startObserved ? "" : "<= ") + PastTime.local(outage.start), Self.end(outage), ageText(seconds: outage.seconds),
                Self.fault(outage), percentText(outage.lossPercent), millisecondsText(outage.roundTripMilliseconds),
                percentText(outage.lossPercentBefore), millisecondsText(outage.roundTripMillisecondsBefore),
            ]
        }
    }

    private static func end(_ outage: Outage) -> String {
        guard let end = outage.end else { return "goes on" }
        return (outage.endObserved ? "" : ">= ") + PastTime.local(end)
    }

    /// `upstream silent, then lossy`, the longest first.
    private static func fault(_ outage: Outage) -> String {
        guard let longest = outage.fault else { return "-" }
        let others = outage.faults.filter { $0 != longest }.map(\.text)
        return others.isEmpty ? longest.text : "\(longest) (also \(others.joined(separator: ", ")))"
    }

    private var time: String {
        "from \(PastTime.local(availability.start)) to \(PastTime.local(availability.end)) (\(PastTime.zone(availability.end)))"
    }

    private var summary: String {
        let total = outages.reduce(0) { $0 + $1.seconds }
        return
            "\(availability.wan) had \(count(outages.count, "outage"))\(outages.isEmpty ? "" : ", together \(ageText(seconds: total)),") "
            + "\(time)."
    }

    private var observation: String {
        "It was up for \(AvailabilityText.percent(availability.upPercent)) of the time that was observed, which is "
            + "\(ageText(seconds: availability.observedSeconds)), \(AvailabilityText.observed(availability)) of the whole."
    }

    private var isUncertain: Bool { outages.contains { !$0.startObserved || !$0.endObserved && $0.end != nil } }

    var lines: [String] {
        var lines = [summary, observation]
        if !outages.isEmpty { lines += [""] + tableLines([Self.header] + rows) }
        if isUncertain { lines += ["", "<=, >=: it began earlier, or ended later; nobody looked then."] }
        return lines
    }

    var markdown: [String] {
        var lines = ["# Outages of \(availability.wan)", "", summary, observation, ""]
        if !outages.isEmpty {
            let header = ["Start", "End", "Duration", "Fault", "Loss", "Round trip", "Loss before", "Round trip before"]
            lines += markdownTable([header] + rows) + [""]
        }
        lines += [
            "Measured by uplinkd, which sends probes through this connection all the time. Times are local, by the clock of the measuring box.",
            "",
            "- Start and end: from the first probe without an answer to the first answer that others followed.",
            "- Loss and round trip: the mean of what was measured during the outage, and in the half minute before it. `-`: not measured.",
            "- Fault: the one that lasted longest. Lossy, slow, DNS and captive portal: the connection answered, and could not be used.",
        ]
        if isUncertain { lines.append("- `<=`, `>=`: it began earlier, or ended later; the box didn't measure then.") }
        return lines
    }

    var csv: [String] {
        let header = [
            "wan", "start", "end", "seconds", "fault", "faults", "impaired_seconds", "relapses", "loss_percent", "round_trip_ms",
            "loss_percent_before", "round_trip_ms_before", "start_observed", "end_observed",
        ]
        let text = { (value: Double?) in value.map(plainNumber) ?? "" }
        return csvLines(
            [header]
                + outages.map { outage in
                    [
                        outage.wan, PastTime.offset(outage.start), outage.end.map(PastTime.offset) ?? "", plainNumber(outage.seconds),
                        outage.fault?.text ?? "", outage.faults.map(\.text).joined(separator: "; "), plainNumber(outage.impairedSeconds),
                        "\(outage.relapses)", text(outage.lossPercent),
                        text(outage.roundTripMilliseconds), text(outage.lossPercentBefore), text(outage.roundTripMillisecondsBefore),
                        "\(outage.startObserved)", "\(outage.endObserved)",
                    ]
                })
    }
}
