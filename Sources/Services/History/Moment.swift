import ControlProtocol
package import FoundationEssentials

/// A time by the clock on the wall, in milliseconds since 1970, as the database has it.
package struct Moment: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// As it stands on the wire. nil: that's no time.
    package init?(_ text: String) {
        for withFraction in [true, false] {
            guard let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: withFraction)) else { continue }
            self.init(date)
            return
        }
        return nil
    }

    package init(_ date: Date) { milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    package static func now() -> Moment { Moment(Date()) }

    package var text: String { wireTime(milliseconds: milliseconds) }

    package static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (left: Moment, seconds: Double) -> Moment {
        Moment(milliseconds: left.milliseconds + Int64((seconds * 1000).rounded()))
    }
    /// In seconds.
    package static func - (left: Moment, right: Moment) -> Double { Double(left.milliseconds - right.milliseconds) / 1000 }
}

/// Now, by the clock on the wall and by one that nobody sets.
package struct Now: Sendable {
    package var wall: Moment
    package var steady: Duration

    package init(wall: Moment, steady: Duration) {
        self.wall = wall
        self.steady = steady
    }
}
