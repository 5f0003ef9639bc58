/// A moment on the daemon's own clock: the time since some arbitrary start, never set back and never jumping (CLOCK_MONOTONIC).
package struct Instant: Hashable, Sendable, Comparable {
    package var sinceStart: Duration

    package init(sinceStart: Duration) { self.sinceStart = sinceStart }

    package static let start = Instant(sinceStart: .zero)
    package static func < (a: Self, b: Self) -> Bool { a.sinceStart < b.sinceStart }
    package static func + (a: Self, b: Duration) -> Self { Instant(sinceStart: a.sinceStart + b) }
    package static func - (a: Self, b: Self) -> Duration { a.sinceStart - b.sinceStart }
}

/// The earlier of two moments that may never come.
package func earlier(_ a: Instant?, _ b: Instant?) -> Instant? {
    guard let a else { return b }
    guard let b else { return a }
    return min(a, b)
}

extension Duration {
    package var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
    package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}

/// In JSON an instant is a number of seconds. A double holds every nanosecond of the first hundred days exactly, so that what was
/// recorded replays to the same moment.
extension Instant: Codable {
    package init(from decoder: any Decoder) throws {
        let seconds = try decoder.singleValueContainer().decode(Double.self)
        guard seconds.magnitude < 9e9 else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "time out of range"))
        }
        self.init(sinceStart: .nanoseconds(Int64((seconds * 1e9).rounded())))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(sinceStart.inSeconds)
    }
}
