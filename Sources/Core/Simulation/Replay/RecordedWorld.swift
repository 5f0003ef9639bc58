import Health
import Model
import Samples

/// Answers a question by what the record has of it.
///
/// - The same target by the same WAN was asked at another moment: what the nearest one in time met is taken.
/// - A target that wasn't asked then answers as the WAN's other targets beyond the gateway did.
/// - What lies between the recorded times doesn't exist: the clock of the replay stands still in it.
struct RecordedWorld {
    /// A standby that is metered is probed every 30 s, and after a gap in its pace the next sample is still good evidence.
    static let reach: Milliseconds = 60_000

    private let spans: [Range<Milliseconds>]
    private var span = 0
    /// How long the spans before this one took.
    private var elapsed: Milliseconds = 0
    private var cursors: [StreamCursor]
    /// By WAN and target: which cursors can answer.
    private let sources: [[[Int]]]
    private let links: [(at: Milliseconds, wan: Int, state: LinkState)]
    private var nextLink = 0

    init(_ recording: Recording, for settings: Settings) {
        spans = recording.spans
        cursors = recording.streams.map(StreamCursor.init)
        let streams = Array(recording.streams.enumerated())
        sources = settings.wans.map { wan in
            let others = recording.evidence(of: wan.name.description).map(\.target)
            return wan.probe.targets.map { target in
                let own = streams.filter { $0.element.wan == wan.name.description }
                let same = own.filter { $0.element.target == target.description }.map(\.offset)
                return same.isEmpty ? own.filter { others.contains($0.element.target) }.map(\.offset) : same
            }
        }
        links = recording.links.compactMap { change in
            settings.wans.firstIndex { $0.name.description == change.wan }.map { (change.at, $0, change.state) }
        }
    }

    var damaged: Int { cursors.reduce(0) { $0 + $1.damaged } }

    /// When that was. To be asked in the order of time.
    mutating func moment(of time: Nanoseconds) -> Milliseconds {
        let milliseconds = time / 1_000_000
        while span + 1 < spans.count, milliseconds - elapsed >= spans[span].upperBound - spans[span].lowerBound {
            elapsed += spans[span].upperBound - spans[span].lowerBound
            span += 1
        }
        return spans[span].lowerBound + milliseconds - elapsed
    }

    /// nil: the record doesn't say.
    mutating func ask(_ wan: Int, _ target: Int, at time: Nanoseconds) -> SampleResult? {
        let moment = moment(of: time)
        var best: Sample?
        for source in sources[wan][target] {
            guard let sample = cursors[source].nearest(to: moment, in: spans[span], reach: Self.reach) else { continue }
            if best.map({ abs(sample.at - moment) < abs($0.at - moment) }) ?? true { best = sample }
        }
        return best?.result
    }

    /// The next change of an interface that is due by then.
    mutating func takeLink(at time: Nanoseconds) -> (wan: Int, state: LinkState)? {
        let moment = moment(of: time)
        guard nextLink < links.count, links[nextLink].at <= moment else { return nil }
        nextLink += 1
        return (links[nextLink - 1].wan, links[nextLink - 1].state)
    }

    /// In which span it will be, seen from where the clock is.
    var nextLinkAt: Nanoseconds {
        guard nextLink < links.count else { return never }
        let at = links[nextLink].at
        var before = elapsed
        for span in spans[span...] {
            if at < span.upperBound { return (before + max(0, at - span.lowerBound)) * 1_000_000 }
            before += span.upperBound - span.lowerBound
        }
        return never
    }
}
