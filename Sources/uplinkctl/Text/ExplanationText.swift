import ControlProtocol

enum ExplanationText {
    static func lines(_ explanation: Explanation) -> [String] {
        guard !explanation.lines.isEmpty else { return [explanation.sentence] }
        return [explanation.sentence, ""] + explanation.lines.map(\.sentence)
    }
}
