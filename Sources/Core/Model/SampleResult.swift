/// What became of one probe, as the record keeps it.
package enum SampleResult: Hashable, Sendable {
    /// In microseconds, an hour at most.
    case answered(UInt32)
    /// Nothing came, not even late.
    case lost
    case wrong(WrongAnswer.Kind)

    /// nil: it was never sent, so there is nothing to keep.
    package init?(_ outcome: ProbeOutcome) {
        switch outcome {
        case .answered(let seconds): self = .answered(UInt32(max(0, min(seconds, 3600)) * 1e6))
        case .wrong(let answer): self = .wrong(answer.kind)
        case .tooLong: self = .lost
        case .notSent: return nil
        }
    }

    /// Microseconds; -1 for lost, and below that the kinds of wrong answers.
    package var code: Int {
        switch self {
        case .answered(let microseconds): Int(microseconds)
        case .lost: -1
        case .wrong(let kind): -2 - (WrongAnswer.Kind.allCases.firstIndex(of: kind) ?? 0)
        }
    }

    package init?(code: Int) {
        switch code {
        case 0...3_600_000_000: self = .answered(UInt32(code))
        case -1: self = .lost
        default:
            guard code < 0, WrongAnswer.Kind.allCases.indices.contains(-2 - code) else { return nil }
            self = .wrong(WrongAnswer.Kind.allCases[-2 - code])
        }
    }
}

/// What the kernel says of a WAN's interface, as the record keeps it: without the numbers of interface and gateway.
package enum LinkState: Int, Hashable, Sendable, CaseIterable {
    case ready
    case noGateway
    case noCarrier
    case absent
}
