import FoundationEssentials
import HistoryProtocol
import Model
import Simulation

extension Recording {
    /// Another page of the history's answer, in the order in which they come.
    mutating func add(_ page: PastSamplesReply) {
        for samples in page.samples { append([UInt8](samples.block), wan: samples.wan, target: samples.target) }
        links += page.links.compactMap { link in
            // A state that isn't known here is a later version's.
            LinkState(rawValue: link.state).map { LinkChange(at: link.at, wan: link.wan, state: $0) }
        }
        links.sort { $0.at < $1.at }
        // Where a page ended, and where the service was started anew, they touch or overlap.
        add(page.recorded.filter { $0.from < $0.until }.map { $0.from..<$0.until })
    }
}
