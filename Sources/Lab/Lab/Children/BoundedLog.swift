internal import Synchronization

/// The last of what a child wrote. Bounded: a daemon gone wild mustn't fill the memory of the test that watches it.
final class BoundedLog: Sendable {
    private struct Content {
        var bytes: [UInt8] = []
        var dropped = 0
    }

    private let limit: Int
    private let content = Mutex(Content())

    init(limit: Int = 200_000) { self.limit = limit }

    func append(_ new: [UInt8]) {
        content.withLock {
            $0.bytes += new
            // Only at twice the limit, or every line would move 200 kB.
            if $0.bytes.count > 2 * limit {
                let surplus = $0.bytes.count - limit
                $0.bytes.removeFirst(surplus)
                $0.dropped += surplus
            }
        }
    }

    var text: String {
        content.withLock {
            let kept = $0.bytes.suffix(limit)
            let dropped = $0.dropped + $0.bytes.count - kept.count
            return (dropped > 0 ? "[\(dropped) bytes before this are gone]\n" : "") + String(decoding: kept, as: UTF8.self)
        }
    }

    /// Whole lines only: the last one may still be on its way.
    var lines: [String] {
        let text = text
        guard let end = text.lastIndex(of: "\n") else { return [] }
        return text[..<end].split(separator: "\n").map(String.init)
    }
}
