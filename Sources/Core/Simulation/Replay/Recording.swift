package import Model
import Samples

/// What the history has of the probes: the world that a replay meets.
package struct Recording: Sendable {
    /// The probes to one target by one WAN, by their names.
    package struct Stream: Sendable {
        package var wan: String
        package var target: String
        /// In the order of time.
        package var blocks: [[UInt8]]

        package init(wan: String, target: String, blocks: [[UInt8]]) {
            self.wan = wan
            self.target = target
            self.blocks = blocks
        }

        /// What its answers are evidence for, as far as its name tells.
        var isLocal: Bool { target == "gateway" || target == "arp gateway" || target == "nd gateway" }
        var isService: Bool { Question.Kind.allCases.contains { $0.entry.service.map { target.hasPrefix($0.prefix) } ?? false } }
    }

    package struct LinkChange: Sendable {
        package var at: Milliseconds
        package var wan: String
        package var state: LinkState

        package init(at: Milliseconds, wan: String, state: LinkState) {
            self.at = at
            self.wan = wan
            self.state = state
        }
    }

    package var streams: [Stream]
    /// In the order of time.
    package var links: [LinkChange]
    /// The times in which everything was recorded. In order, none touching another; what lies between them is skipped.
    package var spans: [Range<Milliseconds>]

    package init(streams: [Stream] = [], links: [LinkChange] = [], spans: [Range<Milliseconds>] = []) {
        self.streams = streams
        self.links = links
        self.spans = spans
    }

    /// One more block of that stream, later than those before it.
    package mutating func append(_ block: [UInt8], wan: String, target: String) {
        if let place = streams.firstIndex(where: { $0.wan == wan && $0.target == target }) {
            streams[place].blocks.append(block)
        } else {
            streams.append(Stream(wan: wan, target: target, blocks: [block]))
        }
    }

    /// In any order; what touches or overlaps becomes one.
    package mutating func add(_ more: [Range<Milliseconds>]) {
        let all = (spans + more).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        spans = []
        for span in all {
            if let last = spans.last, span.lowerBound <= last.upperBound {
                spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                spans.append(span)
            }
        }
    }

    package var length: Milliseconds { spans.reduce(0) { $0 + $1.upperBound - $1.lowerBound } }

    /// By which it is told whether this WAN led to the Internet: the targets beyond the gateway, or whatever there was.
    func evidence(of wan: String) -> [Stream] {
        let own = streams.filter { $0.wan == wan }
        let reach = own.filter { !$0.isLocal && !$0.isService }
        if !reach.isEmpty { return reach }
        let services = own.filter { !$0.isLocal }
        return services.isEmpty ? own : services
    }
}

/// Of Unix time.
package typealias Milliseconds = Int64
