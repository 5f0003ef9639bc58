package import Model

extension Unreadiness {
    package var sentence: Sentence {
        switch self {
        case .condition(let condition):
            Sentence(
                "not-usable", condition.sentence.arguments.merging(["condition": condition.sentence.code]) { old, _ in old },
                "It is \(condition).")
        case .noNAT(let problem):
            Sentence(
                "no-nat", ["problem": problem],
                "NAT isn't in order, so clients would get no answers: \(problem ?? "our rules don't stand").")
        case .notForwarding(let interface):
            Sentence(
                "not-forwarding", ["interface": interface],
                "\(interface) forwards nothing: sysctl -w net.ipv4.conf.\(interface).forwarding=1.")
        case .stalling(let size):
            Sentence(
                "stalling", ["size": size],
                "Packets of more than \(size) bytes are lost by it, and downloads would stall: set `mss: auto`, or its interface's MTU to \(size)."
            )
        case .failed(let question, let answer, let timeout):
            ProbeOutcome.sentence(answer.map(ProbeOutcome.wrong), to: question, within: timeout)
        case .proofTooOld: Sentence("proof-too-old", "The last proof is too old.")
        case .unproven: Sentence("unproven", "It hasn't been proven yet.")
        }
    }

    /// For the middle of a sentence.
    package var clause: String { sentence.text.hasSuffix(".") ? String(sentence.text.dropLast()) : sentence.text }
}

extension Unreadiness: CustomStringConvertible { package var description: String { sentence.text } }
