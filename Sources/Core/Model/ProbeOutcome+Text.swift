extension ProbeOutcome {
    /// What came of a question, as a sentence for people.
    ///
    /// - Parameter outcome: nil: nothing came within `timeout`.
    package static func sentence(_ outcome: ProbeOutcome?, to question: Question, within timeout: Duration) -> String {
        switch outcome {
        case .answered(let seconds): "\(question) \(verb(question)) after \(time(seconds))."
        case .wrong(let answer): "\(question) gave a wrong answer: \(answer.detail).\(meaning(answer.kind))"
        case .notSent(let error): "\(question) couldn't be asked: \(error). That says nothing about the WAN."
        case nil: "\(question) \(silence(question)) within \(timeout.text)."
        }
    }

    private static func verb(_ question: Question) -> String {
        switch question {
        case .echo, .neighbour: "answered"
        case .connect: "took the connection"
        case .dns: "was answered as it should be"
        case .http: "came as it should"
        case .exec: "ended with 0"
        }
    }

    private static func silence(_ question: Question) -> String {
        switch question {
        case .echo, .neighbour, .connect: "didn't answer"
        case .dns: "wasn't answered"
        case .http: "didn't come"
        case .exec: "didn't end"
        }
    }

    private static func meaning(_ kind: WrongAnswer.Kind) -> String {
        switch kind {
        case .unreachable: " A router on the way can't go on."
        case .refused: " The way there works, but nothing listens."
        case .portal: " That is somebody else's page: a login, an unpaid bill or a used-up quota."
        case .dns, .http, .exec: ""
        }
    }

    /// One decimal below 100 ms.
    private static func time(_ seconds: Double) -> String {
        let tenths = Int((max(0, min(seconds, 3600)) * 10_000).rounded())
        return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) ms" : "\((tenths + 5) / 10) ms"
    }
}
