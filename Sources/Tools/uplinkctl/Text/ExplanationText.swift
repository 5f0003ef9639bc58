import ControlProtocol
import Model

enum ExplanationText {
    static func lines(_ explanation: Explanation) -> [String] {
        var lines = [tell(explanation.sentence)]
        if !explanation.lines.isEmpty { lines += [""] + explanation.lines.map(line) }
        guard let commands = explanation.commands else { return lines }
        return lines + [""]
            + (commands.isEmpty
                ? [say("Routes and rules would stay as they are.")] : [say("It would be done by")] + commands.map { "  \($0)" })
    }

    /// The text is all clauses in one, in English.
    private static func line(_ line: ExplanationLine) -> String {
        Speech.language == .english ? line.text : line.clauses.map(tell).joined(separator: "; ") + "."
    }
}
