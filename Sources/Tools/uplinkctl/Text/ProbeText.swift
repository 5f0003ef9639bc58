import ControlProtocol
import Model

enum ProbeText {
    static func lines(_ results: [ProbeResult]) -> [String] {
        tableLines(results.map { [word($0.outcome.rawValue, "probe"), tell($0.sentence)] })
    }
}
