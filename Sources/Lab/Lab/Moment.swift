internal import FoundationEssentials
internal import Glibc

/// A time on CLOCK_MONOTONIC. Every namespace and every process of this machine shares that clock, so the time of a fault made here and
/// the arrival of a packet seen there can be subtracted.
package struct Moment: Hashable, Sendable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
    package static func + (a: Self, b: Duration) -> Self { Moment(nanoseconds: a.nanoseconds + b.wholeNanoseconds) }
    package static func - (a: Self, b: Self) -> Duration { .nanoseconds(a.nanoseconds - b.nanoseconds) }
}

extension Moment {
    /// Of the daemon's clock, as it writes it: `2026-11-24T18:30:12.527Z`. Right for as long as nobody sets that clock.
    package init(wallTime: String) throws {
        guard let date = try? Date(wallTime, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) else {
            throw LabError("no time: \(wallTime)")
        }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let ago = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 - date.timeIntervalSince1970
        self = .now + .nanoseconds(-Int64(ago * 1e9))
    }
}

extension Moment: Codable {
    package init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}

extension Duration {
    package var wholeNanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
    package var milliseconds: Double { Double(wholeNanoseconds) / 1e6 }
}

/// When a fault was made. The command that makes it takes a few milliseconds, and the fault came into force somewhere between the two.
package struct FaultTime: Sendable, Codable {
    /// Just before the command was started. Times are counted from here, so that no result flatters.
    package var began: Moment
    /// Just after it had ended.
    package var ended: Moment
}
