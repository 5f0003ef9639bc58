import ControlProtocol
import Model

enum DrillText {
    /// `    0.93 s  failover  Failover to smartfren after 0.93 s.`
    static func line(_ progress: DrillProgress) -> String {
        let hundredths = max(0, progress.milliseconds) / 10
        let time = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
        let outcome = progress.outcome.map { say("Outcome: {outcome}.", ["outcome": word($0, "outcome")]) + " " } ?? ""
        return padded(left: time, 9) + "  " + padded(word(progress.step, "step"), 8) + "  " + outcome + tell(progress.message)
    }
}
