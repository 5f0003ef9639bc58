package import Model

/// What became of the latest probes of all WANs, and how their interfaces came and went: for whoever keeps it longer than we do.
///
/// It stands beside the stages, not in them: they forget what the decision doesn't need, and call a probe lost when its answer is late. Here an answer
/// counts however late it comes, since another configuration would have waited longer.
package struct SampleLog: Equatable, Sendable {
    /// 2 h 12 min of the default configuration, and 393 kB: a sample is 12 bytes.
    package static let capacity = 32_768
    /// An answer that takes longer, and longer than its probe's timeout, is taken for none.
    static let patience: Duration = .seconds(10)
    /// A day: the times below have 32 bits.
    static let longest: Duration = .seconds(86_400)
    /// So many probes may be under way.
    static let mostPending = 4096
    /// So many targets of WANs, over all reloads. With more, somebody plays with the configuration, and the log begins anew.
    static let mostStreams = 1024

    /// A target by one WAN, by its names; without a target: the interface.
    package struct Stream: Hashable, Sendable {
        package var wan: String
        package var target: String?
    }

    private struct Record: Equatable {
        /// Milliseconds of the daemon's clock, the lowest 32 bits.
        var at: UInt32
        /// `SampleResult.code` or `LinkState`, or one of the two below.
        var code: Int32
        var stream: UInt16
    }

    private static let open = Int32.min
    private static let void = Int32.min + 1

    private struct Pending: Equatable {
        var id: ProbeID
        var number: Int
        var finalAt: Instant
    }

    private var records: [Record] = []
    /// The number of the next record. They are counted from 1.
    private var next = 1
    /// Records before it are too old, or of a log that has begun anew.
    private var oldest = 1
    private var streams: [Stream] = []
    private var wans: [WANSettings] = []
    /// By the WAN's number and the target's place: those of the configuration in force.
    private var current: [[UInt16]] = []
    private var links: [UInt16: LinkState] = [:]
    /// In the order of their sending.
    private var pending: [Pending] = []

    package init(_ settings: Settings) { configure(settings) }

    // MARK: what happens

    /// Costs nothing where the WANs are the same as before.
    package mutating func configure(_ settings: Settings) {
        guard settings.wans != wans else { return }
        wans = settings.wans
        let wanted = settings.wans.reduce(0) { $0 + $1.probe.targets.count + $1.probe.targets6.count + 1 }
        if streams.count + wanted > Self.mostStreams {
            streams = []
            links = [:]
            pending = []
            oldest = next
        }
        current = []
        for wan in settings.wans {
            while current.count <= wan.number { current.append([]) }
            current[wan.number] = (wan.probe.targets + wan.probe.targets6).map { stream(wan.name, $0.description) }
        }
    }

    package mutating func sent(_ request: ProbeRequest, at now: Instant) {
        // A proof of readiness asks others than the targets.
        guard case .target(let place, let number) = request.id.owner, number < current.count, place < current[number].count else { return }
        settle(at: now)
        // A flood of losses: the oldest is called lost now.
        if pending.count >= Self.mostPending { close(0, as: .lost) }
        pending.append(Pending(id: request.id, number: next, finalAt: now + max(Self.patience, request.timeout)))
        append(Record(at: Self.milliseconds(now), code: Self.open, stream: current[number][place]), at: now)
    }

    package mutating func ended(_ id: ProbeID, _ outcome: ProbeOutcome) {
        guard let index = pending.lastIndex(where: { $0.id == id }) else { return }
        close(index, as: SampleResult(outcome))
    }

    package mutating func observe(_ wan: WANName, _ state: LinkState, at now: Instant) {
        let stream = stream(wan, nil)
        guard links[stream] != state else { return }
        links[stream] = state
        append(Record(at: Self.milliseconds(now), code: Int32(state.rawValue), stream: stream), at: now)
    }

    // MARK: what is told

    package struct Excerpt: Equatable, Sendable {
        package struct Series: Equatable, Sendable {
            package var stream: Stream
            package var times: [Instant] = []
            package var codes: [Int] = []
        }

        /// The number of the last record that is in it, or was looked at: the next excerpt begins after it.
        package var last: Int
        /// It tells all that happened in this time.
        package var from: Instant
        package var until: Instant
        /// There is more.
        package var isCut: Bool
        package var series: [Series]
    }

    /// What came after that record, up to the first probe that may still be answered.
    /// - Parameter after: nil, or a number that isn't ours: from the oldest.
    package mutating func excerpt(after: Int?, limit: Int, at now: Instant) -> Excerpt {
        settle(at: now)
        forgetOld(at: now)
        let final = pending.first?.number ?? next
        let known = after.flatMap { (oldest - 1..<final).contains($0) ? $0 : nil } ?? oldest - 1
        let end = final - known - 1 > limit ? known + 1 + limit : final
        var excerpt = Excerpt(
            last: end - 1, from: time(before: known + 1, at: now), until: time(before: end, at: now), isCut: end < final, series: [])
        var places: [UInt16: Int] = [:]
        for number in stride(from: known + 1, to: end, by: 1) {
            let record = records[number % Self.capacity]
            guard record.code != Self.void else { continue }
            let place = places[record.stream] ?? excerpt.series.count
            if place == excerpt.series.count {
                places[record.stream] = place
                excerpt.series.append(.init(stream: streams[Int(record.stream)]))
            }
            excerpt.series[place].times.append(Self.time(record, at: now))
            excerpt.series[place].codes.append(Int(record.code))
        }
        return excerpt
    }

    // MARK: helpers

    /// Up to when the records before this one tell everything: until it was made; or until now, where it is yet to come.
    private func time(before number: Int, at now: Instant) -> Instant {
        if number >= next { return now }
        return number == 1 ? .start : Self.time(records[number % Self.capacity], at: now)
    }

    private mutating func stream(_ wan: WANName, _ target: String?) -> UInt16 {
        let stream = Stream(wan: wan.description, target: target)
        if let known = streams.firstIndex(of: stream) { return UInt16(known) }
        streams.append(stream)
        return UInt16(streams.count - 1)
    }

    private mutating func append(_ record: Record, at now: Instant) {
        // Place 0 stays unused until the ring is full.
        if records.isEmpty { records.append(record) }
        if next < Self.capacity { records.append(record) } else { records[next % Self.capacity] = record }
        next += 1
        oldest = max(oldest, next - Self.capacity)
        forgetOld(at: now)
    }

    private mutating func forgetOld(at now: Instant) {
        while oldest < next, UInt32(Self.longest.components.seconds) * 1000 < Self.age(records[oldest % Self.capacity], at: now) {
            oldest += 1
        }
    }

    /// Probes that nothing can come of any more.
    private mutating func settle(at now: Instant) {
        while let first = pending.first, first.finalAt <= now || first.number < oldest { close(0, as: .lost) }
    }

    /// - Parameter result: nil: it never went out.
    private mutating func close(_ index: Int, as result: SampleResult?) {
        let number = pending.remove(at: index).number
        if number >= oldest { records[number % Self.capacity].code = result.map { Int32(clamping: $0.code) } ?? Self.void }
    }

    private static func milliseconds(_ moment: Instant) -> UInt32 { UInt32(truncatingIfNeeded: moment.sinceStart.nanoseconds / 1_000_000) }
    private static func age(_ record: Record, at now: Instant) -> UInt32 { milliseconds(now) &- record.at }

    private static func time(_ record: Record, at now: Instant) -> Instant {
        .start + .milliseconds(now.sinceStart.nanoseconds / 1_000_000 - Int64(age(record, at: now)))
    }
}

extension WANHealth {
    /// nil before the kernel has said anything.
    package var link: LinkState? {
        switch liveness {
        case .unseen: nil
        case .absent: .absent
        case .noCarrier: .noCarrier
        case .noGateway, .noRoute: .noGateway
        case .ready: .ready
        }
    }
}
