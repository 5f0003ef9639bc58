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

    private static var header: [String] {
        [
            say("START"), say("END"), say("DURATION"), say("FAULT"), "LOSS", say("ROUND TRIP"), say("LOSS BEFORE"),
            say("ROUND TRIP BEFORE"),
        ]
    }

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
        guard let end = outage.end else { return say("goes on") }
        return (outage.endObserved ? "" : ">= ") + PastTime.local(end)
    }

    /// `upstream silent, then lossy`, the longest first.
    private static func fault(_ outage: Outage) -> String {
        guard let longest = outage.fault else { return "-" }
        let others = outage.faults.filter { $0 != longest }.map(tell)
        return say("{fault}[ (also {others})]", ["fault": tell(longest), "others": others.joined(separator: ", ")])
    }

    private var time: String {
        say(
            "from {start} to {end} ({zone})",
            [
                "start": PastTime.local(availability.start), "end": PastTime.local(availability.end),
                "zone": PastTime.zone(availability.end),
            ])
    }

    private var summary: String {
        let total = outages.reduce(0) { $0 + $1.seconds }
        return say(
            "{wan} had {outages}[, together {total},] {time}.",
            [
                "wan": availability.wan, "outages": count(outages.count, "outage"),
                "total": outages.isEmpty ? nil : ageText(seconds: total), "time": time,
            ])
    }

    private var observation: String {
        say(
            "It was up for {up} of the time that was observed, which is {time}, {share} of the whole.",
            [
                "up": AvailabilityText.percent(availability.upPercent), "time": ageText(seconds: availability.observedSeconds),
                "share": AvailabilityText.observed(availability),
            ])
    }

    private var isUncertain: Bool { outages.contains { !$0.startObserved || !$0.endObserved && $0.end != nil } }

    var lines: [String] {
        var lines = [summary, observation]
        if !outages.isEmpty { lines += [""] + tableLines([Self.header] + rows) }
        if isUncertain { lines += ["", say("<=, >=: it began earlier, or ended later; nobody looked then.")] }
        return lines
    }

    var markdown: [String] {
        var lines = ["# \(say("Outages of {wan}", ["wan": availability.wan]))", "", summary, observation, ""]
        if !outages.isEmpty {
            let header = [
                say("Start"), say("End"), say("Duration"), say("Fault"), "Loss", say("Round trip"), say("Loss before"),
                say("Round trip before"),
            ]
            lines += markdownTable([header] + rows) + [""]
        }
        lines += [
            say(
                "Measured by uplinkd, which sends probes through this connection all the time. Times are local, by the clock of the measuring box."
            ), "",
            say("- Start and end: from the first probe without an answer to the first answer that others followed."),
            say(
                "- Loss and round trip: the mean of what was measured during the outage, and in the half minute before it. `-`: not measured."
            ),
            say(
                "- Fault: the one that lasted longest. Lossy, slow, DNS and captive portal: the connection answered, and could not be used."
            ),
        ]
        if isUncertain { lines.append(say("- `<=`, `>=`: it began earlier, or ended later; the box didn't measure then.")) }
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
