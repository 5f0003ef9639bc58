package import ControlProtocol
import Model
package import Samples

/// Probes and interfaces that have been heard of and aren't written yet.
package struct SampleBatch: Equatable, Sendable {
    /// The probes to one target by one WAN.
    package struct Stream: Hashable, Sendable {
        package var wan: String
        package var target: String
    }

    package struct Link: Equatable, Sendable {
        package var time: Moment
        package var wan: String
        /// `LinkState`, as on the wire.
        package var state: Int
    }

    package private(set) var streams: [Stream: [Sample]] = [:]
    package private(set) var links: [Link] = []
    /// Of which times all is known, by their start: their end.
    package private(set) var recorded: [Moment: Moment] = [:]
    private var count = 0

    /// More isn't asked for before these are written: a full disk must not fill the memory as well, and the daemon remembers two hours more.
    /// It is two hours of a daemon that sends ten probes a second.
    static let most = 100_000

    package var isEmpty: Bool { recorded.isEmpty }
    package var isFull: Bool { count >= Self.most }

    /// - Parameter span: what of the time is known with it.
    mutating func add(_ series: [SampleSeries], in span: Span) {
        recorded[span.start] = span.end
        for series in series {
            var at: Int64 = 0
            for (time, code) in zip(series.times, series.results) {
                at += Int64(time)
                if let target = series.target {
                    // A kind of wrong answer that isn't known here: a later daemon's.
                    guard let result = SampleResult(code: code) else { continue }
                    streams[Stream(wan: series.wan, target: target), default: []].append(Sample(at: at, result))
                } else {
                    links.append(Link(time: Moment(milliseconds: at), wan: series.wan, state: code))
                }
                count += 1
            }
        }
    }
}

extension SampleSeries {
    /// What `SampleBatch.add` takes apart.
    package init(wan: String, target: String, _ samples: [Sample]) {
        let times = zip(samples, [0] + samples.map(\.at)).map { Int($0.at - $1) }
        self.init(wan: wan, target: target, times: times, results: samples.map(\.result.code))
    }
}

/// How far one run of the daemon has told of its probes.
struct SamplePlace: Equatable, Sendable {
    /// When that daemon started: another one counts anew.
    var started: String
    var last: Int
    /// The time of which all is known without a hole up to there.
    var span: Span
}

extension Recorder {
    /// What the daemon's times may jump by between two answers without anything missing in between: its clock is being adjusted.
    static let seam = 1.0

    /// The number after which to ask that daemon. nil: from the oldest that it has, so that nothing is missing after a start of ours. What is kept
    /// already isn't kept twice.
    package func lastSample(ofDaemonStarted started: String) -> Int? { samplePlace.flatMap { $0.started == started ? $0.last : nil } }

    package mutating func take(_ reply: SamplesReply) {
        let (from, until) = (Moment(milliseconds: Int64(reply.from)), Moment(milliseconds: Int64(reply.until)))
        var span = Span(start: from, end: until)
        if let place = samplePlace, place.started == reply.started, abs(from - place.span.end) <= Self.seam {
            span.start = place.span.start
        }
        samplePlace = SamplePlace(started: reply.started, last: reply.last, span: span)
        addSamples(reply.series, in: span)
    }
}
