import ControlProtocol

/// The window of each WAN: its figures in a line, its limits, and its targets as a table with the last probes drawn.
enum QualityText {
    /// From the quickest answers of a target to its slowest.
    static let levels: [Character] = ["_", ".", "-", "=", "+", "#"]
    static let lost: Character = "x"
    static let mostDrawn = 40

    static func lines(_ quality: [WANQuality]) -> [String] {
        guard !quality.isEmpty else { return ["No WAN is configured."] }
        let parts = quality.map { [sentence($0)] + limits($0.thresholds) + [""] + table($0.targets) }
        let isDrawn = quality.contains { $0.targets.contains { !$0.answers.isEmpty } }
        let legend =
            [
                "",
                "LAST: a character for each probe, the newest at the right; \(levels[0]) the target's quickest, \(levels[5]) its slowest, \(lost) lost.",
            ]
        return Array(parts.joined(separator: [""])) + (isDrawn ? legend : [])
    }

    /// `telkom is up: 0.4 % lost of 90 probes in 30 s, mean 12.3 ms, deviation 0.8 ms, 99 of 100 within 15 ms.`
    static func sentence(_ wan: WANQuality) -> String {
        let figures = wan.figures
        guard let loss = figures.lossPercent, let window = figures.windowSeconds else {
            return "\(wan.wan) is \(wan.health): no probe has an outcome yet."
        }
        let probes = figures.answered + figures.lost
        let lost = "\(percentText(loss)) lost of \(count(probes, "probe")) in \(ageText(seconds: window))"
        guard figures.answered > 0 else { return "\(wan.wan) is \(wan.health): \(lost)." }
        return "\(wan.wan) is \(wan.health): \(lost), mean \(millisecondsText(figures.meanMilliseconds)), deviation "
            + "\(millisecondsText(figures.deviationMilliseconds)), 99 of 100 within \(millisecondsText(figures.percentile99Milliseconds))."
    }

    /// `It is impaired above 20 % of loss until 10 % again, …`
    private static func limits(_ thresholds: ThresholdsInForce) -> [String] {
        let named: [(String, ThresholdLimit?, (Double?) -> String)] = [
            ("loss", thresholds.loss, percentText), ("mean", thresholds.mean, millisecondsText),
            ("deviation", thresholds.deviation, millisecondsText), ("99 of 100", thresholds.percentile99, millisecondsText),
        ]
        let texts = named.compactMap { name, limit, text in
            limit.map { "\(name) above \(text($0.leave)), until it is \(text($0.back)) or less" }
        }
        return texts.isEmpty ? [] : ["Too bad with: \(texts.joined(separator: "; "))."]
    }

    private static func table(_ targets: [TargetQuality]) -> [String] {
        let header = ["TARGET", "SENT", "LOSS", "MEAN", "DEVIATION", "MIN", "MAX", "P99", "LAST"]
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
