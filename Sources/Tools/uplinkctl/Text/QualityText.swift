import ControlProtocol

/// The window of each WAN: its figures in a line, its limits, and its targets as a table with the last probes drawn.
enum QualityText {
    /// From the quickest answers of a target to its slowest.
    static let levels: [Character] = ["_", ".", "-", "=", "+", "#"]
    static let lost: Character = "x"
    static let mostDrawn = 40

    static func lines(_ quality: [WANQuality]) -> [String] {
        guard !quality.isEmpty else { return [say("No WAN is configured.")] }
        let parts = quality.map { [sentence($0)] + limits($0.thresholds) + [""] + table($0.targets) }
        let isDrawn = quality.contains { $0.targets.contains { !$0.answers.isEmpty } }
        let legend =
            [
                "",
                say(
                    "LAST: a character for each probe, the newest at the right; {quickest} the target's quickest, {slowest} its slowest, {lost} lost.",
                    ["quickest": levels[0], "slowest": levels[5], "lost": lost]),
            ]
        return Array(parts.joined(separator: [""])) + (isDrawn ? legend : [])
    }

    /// `telkom is up: 0.4 % lost of 90 probes in 30 s, mean 12.3 ms, deviation 0.8 ms, 99 of 100 within 15 ms.`
    static func sentence(_ wan: WANQuality) -> String {
        let figures = wan.figures
        guard let loss = figures.lossPercent, let window = figures.windowSeconds else {
            return say("{wan} is {health:health}: no probe has an outcome yet.", ["wan": wan.wan, "health": wan.health])
        }
        let probes = figures.answered + figures.lost
        return say(
            "{wan} is {health:health}: {loss} lost of {probes} in {time}[answered? , mean {mean}, deviation {deviation}, 99 of 100 within {most}].",
            [
                "wan": wan.wan, "health": wan.health, "loss": percentText(loss), "probes": count(probes, "probe"),
                "time": ageText(seconds: window), "answered": figures.answered, "mean": millisecondsText(figures.meanMilliseconds),
                "deviation": millisecondsText(figures.deviationMilliseconds), "most": millisecondsText(figures.percentile99Milliseconds),
            ])
    }

    /// `It is impaired above 20 % of loss until 10 % again, …`
    private static func limits(_ thresholds: ThresholdsInForce) -> [String] {
        let named: [(String, ThresholdLimit?, (Double?) -> String)] = [
            ("loss", thresholds.loss, percentText), (say("mean"), thresholds.mean, millisecondsText),
            (say("deviation"), thresholds.deviation, millisecondsText),
            (say("99 of 100"), thresholds.percentile99, millisecondsText),
        ]
        let texts = named.compactMap { name, limit, text in
            limit.map {
                say("{name} above {leave}, until it is {back} or less", ["name": name, "leave": text($0.leave), "back": text($0.back)])
            }
        }
        return texts.isEmpty ? [] : [say("Too bad with: {list}.", ["list": texts.joined(separator: "; ")])]
    }

    private static func table(_ targets: [TargetQuality]) -> [String] {
        let header = ["TARGET", say("SENT"), "LOSS", say("MEAN"), say("DEVIATION"), "MIN", "MAX", "P99", say("LAST")]
        let rows = targets.map { target in
            let figures = target.figures
            return [
                target.target, "\(figures.sent)", percentText(figures.lossPercent), millisecondsText(figures.meanMilliseconds),
                millisecondsText(figures.deviationMilliseconds), millisecondsText(figures.minimumMilliseconds),
                millisecondsText(figures.maximumMilliseconds), millisecondsText(figures.percentile99Milliseconds), drawing(target.answers),
            ]
        }
        return tableLines([header] + rows)
    }

    /// The scale goes from the quickest to the slowest, or to twice the quickest: else a line without any trouble would look like a mountain range.
    static func drawing(_ answers: [Double?]) -> String {
        let times = answers.compactMap { $0 }.filter(\.isFinite)
        let quickest = times.min() ?? 0
        let span = max((times.max() ?? 0) - quickest, quickest, .leastNormalMagnitude)
        return String(
            answers.suffix(mostDrawn).map { time -> Character in
                guard let time, time.isFinite else { return lost }
                let level = Int((time - quickest) / span * Double(levels.count - 1) + 0.5)
                return levels[min(max(level, 0), levels.count - 1)]
            })
    }
}
