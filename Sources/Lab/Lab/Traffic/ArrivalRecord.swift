/// Writes down which packets of a numbered stream came, when, and from where. Pure: time is an argument.
package struct ArrivalRecord {
    /// By sequence number; 0 where nothing came yet.
    private var times: [Int64] = []
    private var sources: [SourceChange] = []
    private var received = 0
    private var duplicates = 0
    private var previous: Moment?
    private var longestGap: Gap?

    /// A stream of an hour at 1000 a second. What is beyond it is no number of ours.
    private static let maximum = 3_600_000

    package init() {}

    package mutating func arrived(_ sequence: Int, at time: Moment, from source: String) {
        guard (0..<Self.maximum).contains(sequence) else { return }
        if sequence >= times.count { times += [Int64](repeating: 0, count: sequence + 1 - times.count) }
        guard times[sequence] == 0 else {
            duplicates += 1
            return
        }
        times[sequence] = time.nanoseconds
        received += 1
        if sources.last?.source != source { sources.append(SourceChange(source: source, time: time, sequence: sequence)) }
        if let previous {
            let gap = Gap(from: previous, to: time)
            if gap.length > (longestGap?.length ?? .zero) { longestGap = gap }
        }
        previous = time
    }

    /// `sent`: how many there were; nil if that isn't known here, and then what is missing at the end can't be seen. `runs`: so many runs of
    /// loss at most.
    package func report(sent: Int? = nil, runs: Int = 100) -> ArrivalReport {
        ArrivalReport(
            received: received, duplicates: duplicates, longestGap: longestGap, sources: sources,
            losses: losses(sent: sent ?? times.count, runs: runs))
    }

    /// Runs of missing numbers, the longest of them in the order of the stream.
    private func losses(sent: Int, runs: Int) -> [Loss] {
        var found: [Loss] = []
        var sequence = 0
        while sequence < sent {
            guard sequence >= times.count || times[sequence] == 0 else {
                sequence += 1
                continue
            }
            let first = sequence
            while sequence < sent, sequence >= times.count || times[sequence] == 0 { sequence += 1 }
            found.append(Loss(first: first, count: sequence - first, before: moment(first - 1), after: moment(sequence)))
        }
        return found.sorted { $0.count > $1.count }.prefix(runs).sorted { $0.first < $1.first }
    }

    private func moment(_ sequence: Int) -> Moment? {
        times.indices.contains(sequence) ? Moment(nanoseconds: times[sequence]) : nil
    }
}

/// What one end saw of a stream.
package struct ArrivalReport: Codable, Equatable, Sendable {
    package var received: Int
    package var duplicates: Int
    /// The longest time between two arrivals.
    package var longestGap: Gap?
    /// The address of each WAN that it came by, with the first packet that did: more than one entry means a switch.
    package var sources: [SourceChange]
    package var losses: [Loss]

    package var longestGapMilliseconds: Double { longestGap?.length.milliseconds ?? 0 }

    /// The first packet after that moment from another source than the one before it.
    package func firstFromElsewhere(after moment: Moment) -> SourceChange? {
        sources.dropFirst().first { $0.time > moment }
    }
}

package struct SourceChange: Codable, Equatable, Sendable {
    package var source: String
    package var time: Moment
    package var sequence: Int
}

package struct Gap: Codable, Equatable, Sendable {
    package var from: Moment
    package var to: Moment
    package var length: Duration { to - from }
}

/// A run of packets that never came, and the arrivals around it.
package struct Loss: Codable, Equatable, Sendable {
    package var first: Int
    package var count: Int
    package var before: Moment?
    package var after: Moment?

    package init(first: Int, count: Int, before: Moment?, after: Moment?) {
        self.first = first
        self.count = count
        self.before = before
        self.after = after
    }
}
