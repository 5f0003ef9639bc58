/// Loss and round trips over a window, or over the windows of several targets together.
package struct Quality: Equatable, Sendable {
    package internal(set) var answered = 0
    package internal(set) var lost = 0
    /// Of the answered, in microseconds; whole numbers, so that what leaves the window takes away exactly what it brought.
    var total: UInt64 = 0
    /// 60 s squared is 3.6e15: it takes 5,000 of those to overflow, and then only the deviation is wrong.
    var squares: UInt64 = 0

    package init() {}

    package var judged: Int { answered + lost }
    /// 0…1; nil before anything is known.
    package var loss: Double? { judged == 0 ? nil : Double(lost) / Double(judged) }
    package var mean: Duration? { answered == 0 ? nil : .microseconds(Int64(total / UInt64(answered))) }

    /// The standard deviation of the round trips.
    package var deviation: Duration? {
        guard answered > 0 else { return nil }
        let mean = Double(total) / Double(answered)
        let variance = max(0, Double(squares) / Double(answered) - mean * mean)
        return .microseconds(Int64(variance.squareRoot()))
    }

    mutating func add(_ roundTrip: Window.Result, times sign: Int = 1) {
        switch roundTrip {
        case .lost: lost += sign
        case .answered(let microseconds):
            answered += sign
            let value = UInt64(microseconds)
            if sign > 0 {
                total &+= value
                squares &+= value &* value
            } else {
                total &-= value
                squares &-= value &* value
            }
        case .open, .void: break
        }
    }

    package static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.answered += b.answered
        sum.lost += b.lost
        sum.total &+= b.total
        sum.squares &+= b.squares
        return sum
    }

    /// The round trip that `share` of them don't exceed, by the nearest rank.
    package static func percentile(_ share: Double, of roundTrips: [Duration]) -> Duration? {
        guard !roundTrips.isEmpty else { return nil }
        let rank = Int((share * Double(roundTrips.count)).rounded(.up))
        return roundTrips.sorted()[min(max(rank, 1), roundTrips.count) - 1]
    }
}
