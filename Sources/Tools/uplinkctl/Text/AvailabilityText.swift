import ControlProtocol
import HistoryProtocol

/// Of how much of the time each WAN was up.
struct AvailabilityText: PastText {
    private let availability: [WANAvailability]

    init(_ availability: [WANAvailability]) { self.availability = availability }

    private static var header: [String] {
        ["WAN", say("PERIOD"), "UP", "DOWN", say("IMPAIRED"), say("OUTAGES"), say("SWITCHES"), say("OBSERVED")]
    }

    private var rows: [[String]] {
        availability.map { row in
            [
                row.wan, row.period == "all" ? say("all") : row.period, Self.percent(row.upPercent), ageText(seconds: row.downSeconds),
                ageText(seconds: row.impairedSeconds),
                "\(row.outages)", "\(row.switches)", Self.observed(row),
            ]
        }
    }

    private var title: String {
        guard let first = availability.first(where: { $0.period == "all" }) else { return say("The history knows of no WAN in that time.") }
        return say(
            "From {start} to {end} ({zone}).",
            ["start": PastTime.local(first.start), "end": PastTime.local(first.end), "zone": PastTime.zone(first.end)])
    }

    var lines: [String] { availability.isEmpty ? [title] : [title, ""] + tableLines([Self.header] + rows) }

    var markdown: [String] {
        ["# \(say("Availability"))", "", title, ""]
            + markdownTable(
                [["WAN", say("Period"), "Up", "Down", say("Impaired"), say("Outages"), say("Switches"), say("Observed")]] + rows) + [
                "",
                say(
                    "Up: of the time that was observed. Impaired: it answered, and was too bad for sessions (lossy, slow, no DNS, a captive portal)."
                ),
            ]
    }

    var csv: [String] {
        let header = [
            "wan", "period", "start", "end", "up_percent", "observed_seconds", "up_seconds", "impaired_seconds", "down_seconds", "outages",
            "switches",
        ]
        return csvLines(
            [header]
                + availability.map { row in
                    [
                        row.wan, row.period, PastTime.offset(row.start), PastTime.offset(row.end), row.upPercent.map(plainNumber) ?? "",
                        "\(row.observedSeconds)", "\(row.upSeconds)", "\(row.impairedSeconds)", "\(row.downSeconds)", "\(row.outages)",
                        "\(row.switches)",
                    ]
                })
    }

    /// `99.95 %`. Cut, not rounded: 100 % is a claim.
    static func percent(_ value: Double?) -> String {
        guard let value, value.isFinite, (0...100).contains(value) else { return "-" }
        let hundredths = Int(value * 100)
        let fraction = hundredths % 100
        return fraction == 0 ? "\(hundredths / 100) %" : "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) %"
    }

    /// How much of the time somebody looked.
    static func observed(_ row: WANAvailability) -> String {
        guard let start = PastTime.seconds(row.start), let end = PastTime.seconds(row.end), end > start else { return "-" }
        return percent(min(100, row.observedSeconds / (end - start) * 100))
    }
}
