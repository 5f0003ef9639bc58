import Model
import Samples

/// When a WAN led nowhere, by the record and by nobody's settings: so that two configurations are measured by one truth.
enum Outages {
    /// What is shorter is a lost packet or two: no switch could be of use against it.
    static let shortest: Milliseconds = 1000
    /// A target that is lost so often in a row while others answer answers nobody.
    static let mute = 3

    /// From the first lost probe until one is answered that was sent later. In order, none touching another.
    static func find(_ wan: String, in recording: Recording) -> [Range<Milliseconds>] {
        var cursors = recording.evidence(of: wan).map(StreamCursor.init)
        var lostInRow = cursors.map { _ in 0 }
        let links = recording.links.filter { $0.wan == wan }
        var nextLink = 0
        var outages: [Range<Milliseconds>] = []
        for span in recording.spans {
            var since: Milliseconds?
            func end(at moment: Milliseconds) {
                if let begin = since, moment - begin >= shortest { outages.append(begin..<moment) }
                since = nil
            }
            while true {
                let place = cursors.indices.min { (cursors[$0].after?.at ?? .max) < (cursors[$1].after?.at ?? .max) }
                let sampleAt = place.flatMap { cursors[$0].after?.at } ?? .max
                let linkAt = nextLink < links.count ? links[nextLink].at : .max
                guard min(sampleAt, linkAt) < span.upperBound else { break }
                if linkAt <= sampleAt {
                    if links[nextLink].state != .ready, since == nil { since = max(linkAt, span.lowerBound) }
                    nextLink += 1
                } else if let place, let sample = cursors[place].next(), sample.at >= span.lowerBound {
                    if sample.result.isFromBeyond {
                        lostInRow[place] = 0
                        end(at: sample.at)
                    } else {
                        lostInRow[place] += 1
                        if lostInRow[place] <= mute, since == nil { since = sample.at }
                    }
                }
            }
            end(at: span.upperBound)
        }
        return outages
    }

    /// How much of that time lies in those ranges.
    static func overlap(_ ranges: [Range<Milliseconds>], with time: Range<Milliseconds>) -> Milliseconds {
        // The first that ends after the time begins.
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= time.lowerBound { low = middle + 1 } else { high = middle }
        }
        var sum: Milliseconds = 0
        for range in ranges[low...] {
            guard range.lowerBound < time.upperBound else { break }
            sum += min(range.upperBound, time.upperBound) - max(range.lowerBound, time.lowerBound)
        }
        return sum
    }

    /// What lies in both.
    static func common(_ a: [Range<Milliseconds>], _ b: [Range<Milliseconds>]) -> [Range<Milliseconds>] {
        var (i, j) = (0, 0)
        var both: [Range<Milliseconds>] = []
        while i < a.count, j < b.count {
            let from = max(a[i].lowerBound, b[j].lowerBound)
            let upTo = min(a[i].upperBound, b[j].upperBound)
            if from < upTo { both.append(from..<upTo) }
            if a[i].upperBound < b[j].upperBound { i += 1 } else { j += 1 }
        }
        return both
    }
}

extension SampleResult {
    fileprivate var isFromBeyond: Bool {
        switch self {
        case .answered: true
        case .wrong(let kind): kind.isFromBeyond
        case .lost: false
        }
    }
}
