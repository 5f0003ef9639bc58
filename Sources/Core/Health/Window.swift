package import Model

/// The probes of the last half minute to one target, and what became of them.
///
/// The sums are kept up as samples come and go, and a sample is found by its number: with many targets and a short interval, walking the
/// window at every answer would be most of what the daemon does.
package struct Window: Equatable, Sendable {
    package static let span: Duration = .seconds(30)
    /// So many are kept however old they are: a metered WAN on standby is probed more rarely than the span.
    static let least = 10

    package enum Result: Equatable, Sendable {
        /// Still under way.
        case open
        /// It never went out.
        case void
        case lost
        /// In microseconds, an hour at most.
        case answered(UInt32)
    }

    package struct Sample: Equatable, Sendable {
        package var sentAt: Instant
        package var result: Result
    }

    private var kept: [Sample] = []
    /// Where the oldest sample lies in `kept`; those before it have left the window.
    private var head = 0
    /// The number of the sample at `kept[0]`.
    private var base = 0
    /// Of all samples in the window.
    package private(set) var summary = Quality()

    package init() {}

    /// The oldest first.
    package var samples: ArraySlice<Sample> { kept[head...] }

    package var roundTrips: [Duration] {
        samples.compactMap { if case .answered(let microseconds) = $0.result { .microseconds(Int64(microseconds)) } else { nil } }
    }

    /// The number of the new sample.
    mutating func sent(at now: Instant) -> Int {
        kept.append(Sample(sentAt: now, result: .open))
        while kept.count - head > Self.least, now - kept[head].sentAt > Self.span {
            summary.add(kept[head].result, times: -1)
            head += 1
        }
        if head > 64, head > kept.count / 2 {
            kept.removeFirst(head)
            base += head
            head = 0
        }
        return base + kept.count - 1
    }

    /// An answer that comes late turns its loss back into a sample.
    mutating func set(_ number: Int, _ result: Result) {
        let index = number - base
        guard index >= head, index < kept.count else { return }
        summary.add(kept[index].result, times: -1)
        kept[index].result = result
        summary.add(result)
    }

    /// Of those that were sent from then on.
    func quality(since moment: Instant) -> Quality {
        var quality = Quality()
        for sample in samples.reversed() {
            guard sample.sentAt >= moment else { break }
            quality.add(sample.result)
        }
        return quality
    }

    /// How many of the samples are no older than the span.
    func freshCount(at now: Instant) -> Int {
        var count = 0
        for sample in samples.reversed() {
            guard now - sample.sentAt <= Self.span else { break }
            if sample.result != .open, sample.result != .void { count += 1 }
        }
        return count
    }
}
