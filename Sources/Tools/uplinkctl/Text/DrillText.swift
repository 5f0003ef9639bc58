import ControlProtocol
import Model

enum DrillText {
    /// `    0.93 s  failover  Failover to smartfren after 0.93 s.`
    static func line(_ progress: DrillProgress) -> String {
        let hundredths = max(0, progress.milliseconds) / 10
        let time = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
        let outcome = progress.outcome.map { "Outcome: \($0). " } ?? ""
        return padded(left: time, 9) + "  " + padded(progress.step, 8) + "  " + outcome + progress.message.text
    }
}

/// `60s`, `5m`, `60`.
func wholeSecondsOfTime(_ text: String) -> Int? {
    let unit = text.hasSuffix("m") ? 60 : 1
    let digits = text.hasSuffix("m") || text.hasSuffix("s") ? text.dropLast() : text[...]
    guard let number = Int(digits), (0...1_000_000).contains(number) else { return nil }
    return number * unit
}
