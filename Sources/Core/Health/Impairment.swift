package import Model

/// What makes a WAN that answers too bad for sessions, and since when.
package struct Impairment: Equatable, Sendable {
    package let fault: Fault
    package let since: Instant
    /// Since when it has been good again; it has to stay so for the hold.
    package internal(set) var goodSince: Instant?
    /// An inquiry has found it (`Found`), and no target of a service.
    var isFound = false
    /// The loss that was told. It is told again when it is much worse.
    var toldLoss = 0.0
}

extension Thresholds {
    /// What the measured values say against their limits.
    struct Judgement: Equatable {
        /// One is above `leave`.
        var isBad = false
        /// All are at or below `back`.
        var isGood = true
        /// The largest ratio of a value to its `leave`: above 1 it is bad.
        var badness = 0.0
    }

    func judgeLoss(_ quality: Quality) -> Judgement {
        var judgement = Judgement()
        if let loss { judgement.add(quality.loss, loss) { $0 } }
        return judgement
    }

    /// - Parameter value: worked out only if there is a limit to it, since it takes all round trips.
    func judgeTime(_ quality: Quality, percentile99 value: @autoclosure () -> Duration?) -> Judgement {
        var judgement = Judgement()
        if let mean { judgement.add(quality.mean, mean, \.inSeconds) }
        if let deviation { judgement.add(quality.deviation, deviation, \.inSeconds) }
        if let percentile99 { judgement.add(value(), percentile99, \.inSeconds) }
        return judgement
    }
}

extension Thresholds.Judgement {
    fileprivate mutating func add<Value>(_ value: Value?, _ limit: Thresholds.Limit<Value>, _ number: (Value) -> Double) {
        guard let value else { return }
        if value > limit.leave { isBad = true }
        if value > limit.back { isGood = false }
        badness = max(badness, number(value) / max(number(limit.leave), .leastNonzeroMagnitude))
    }
}
