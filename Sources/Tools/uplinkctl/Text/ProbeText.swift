import ControlProtocol
import Model

enum ProbeText {
    static func lines(_ results: [ProbeResult]) -> [String] { tableLines(results.map { [$0.outcome.rawValue, $0.sentence.text] }) }
}
