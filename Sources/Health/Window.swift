import Model

/// The probes of the last half minute to one target, and what became of them.
package struct Window: Equatable, Sendable {
    static let span: Duration = .seconds(30)
    /// So many are kept however old they are: a metered WAN on standby is probed more rarely than the span.
    static let least = 10

    private struct Sample: Equatable {
        var id: UInt64
        var sentAt: Instant
        /// nil: still under way.
        var outcome: Outcome?
    }
    private enum Outcome: Equatable { case answered(Duration), lost }

    private var samples: [Sample] = []

    mutating func sent(_ id: UInt64, at now: Instant) {
        samples.append(Sample(id: id, sentAt: now))
        while samples.count > Self.least, let first = samples.first, now - first.sentAt > Self.span { samples.removeFirst() }
    }

    /// An answer that comes late turns its loss back into a sample.
    mutating func answered(_ id: UInt64, after roundTrip: Duration) { set(id, .answered(roundTrip)) }
    mutating func lost(_ id: UInt64) { set(id, .lost) }
    mutating func notSent(_ id: UInt64) { samples.removeAll { $0.id == id } }

    private mutating func set(_ id: UInt64, _ outcome: Outcome) {
        // From the end: it is nearly always one of the last.
        if let index = samples.lastIndex(where: { $0.id == id }) { samples[index].outcome = outcome }
    }

    package var summary: Quality {
        var quality = Quality()
        for sample in samples {
            switch sample.outcome {
            case .answered(let roundTrip):
                quality.answered += 1
                quality.total += roundTrip
            case .lost: quality.lost += 1
            case nil: break
            }
        }
        return quality
    }
}

/// Loss and mean round trip over a window, or over the windows of several targets together.
package struct Quality: Equatable, Sendable {
    package var answered = 0
    package var lost = 0
    package var total: Duration = .zero

    package init() {}

    package var mean: Duration? { answered == 0 ? nil : total / answered }
    /// 0…1; nil before anything is known.
    package var loss: Double? { answered + lost == 0 ? nil : Double(lost) / Double(answered + lost) }

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.answered += b.answered
        sum.lost += b.lost
        sum.total += b.total
        return sum
    }
}
