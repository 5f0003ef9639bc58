import ControlProtocol
import Model

enum ExplanationText {
    static func lines(_ explanation: Explanation) -> [String] {
        var lines = [explanation.sentence.text]
        if !explanation.lines.isEmpty { lines += [""] + explanation.lines.map(\.text) }
        guard let commands = explanation.commands else { return lines }
        return lines + [""]
            + (commands.isEmpty ? ["Routes and rules would stay as they are."] : ["It would be done by"] + commands.map { "  \($0)" })
    }
}
