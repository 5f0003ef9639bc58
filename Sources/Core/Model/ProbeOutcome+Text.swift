extension ProbeOutcome {
    /// What came of a question, as a sentence for people.
    ///
    /// - Parameter outcome: nil: nothing came within `timeout`.
    package static func sentence(_ outcome: ProbeOutcome?, to question: Question, within timeout: Duration) -> Sentence {
        switch outcome {
        case .answered(let seconds):
            Sentence(
                "answered", ["question": question, "after": time(seconds)], "\(question) \(question.entry.verb) after \(time(seconds)).")
        case .wrong(let answer):
            Sentence(
                "wrong-answer", ["question": question, "kind": answer.kind.rawValue, "answer": answer.detail, "within": timeout.text],
                "\(question) gave a wrong answer: \(answer.detail).\(answer.kind.meaning)")
        case .tooLong(let most):
            Sentence(
                "too-long", ["question": question, "most": most], "\(question): packets of more than \(most) bytes can't go on there.")
        case .notSent(let error):
            Sentence(
                "not-sent", ["question": question, "error": error],
                "\(question) couldn't be asked: \(error). That says nothing about the WAN.")
        case nil:
            Sentence(
                "unanswered", ["question": question, "within": timeout.text],
                "\(question) \(question.entry.silence) within \(timeout.text).")
        }
    }

    /// One decimal below 100 ms.
    private static func time(_ seconds: Double) -> String {
        let tenths = Int((max(0, min(seconds, 3600)) * 10_000).rounded())
        return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) ms" : "\((tenths + 5) / 10) ms"
    }
}
