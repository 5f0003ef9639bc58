import FoundationEssentials
import HistoryProtocol
import Model
import Simulation

/// The pages of the history, put together.
struct PastRecord {
    private var streams: [(wan: String, target: String, blocks: [[UInt8]])] = []
    private var links: [PastLink] = []
    private var spans: [PastSpan] = []

    mutating func add(_ page: PastSamplesReply) {
        for samples in page.samples {
            if let place = streams.firstIndex(where: { $0.wan == samples.wan && $0.target == samples.target }) {
                streams[place].blocks.append([UInt8](samples.block))
            } else {
                streams.append((samples.wan, samples.target, [[UInt8](samples.block)]))
            }
        }
        links += page.links
        spans += page.recorded
    }

    var recording: Recording {
        Recording(
            streams: streams.map { .init(wan: $0.wan, target: $0.target, blocks: $0.blocks) },
            links: links.sorted { $0.at < $1.at }.compactMap { link in
                LinkState(rawValue: link.state).map { .init(at: link.at, wan: link.wan, state: $0) }
            },
            spans: merged)
    }

    /// Where a page ended, and where the service was started anew, they touch or overlap.
    private var merged: [Range<Int64>] {
        var merged: [Range<Int64>] = []
        for span in spans.sorted(by: { $0.from < $1.from }) where span.from < span.until {
            if let last = merged.last, span.from <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, span.until)
            } else {
                merged.append(span.from..<span.until)
            }
        }
        return merged
    }
}
