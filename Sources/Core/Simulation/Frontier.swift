package import Model

/// One algorithm with one setting, as a point: how fast it finds a silent upstream, and for how much data.
package struct Point: Sendable {
    package let contender: Contender
    /// nil: it misses some.
    package let detection: Duration?
    package let bytesPerMonth: Double
    /// A month, at each of `losses`.
    package internal(set) var falseSwitches: [Double] = []
    /// As many were seen.
    package internal(set) var seen: [Int] = []

    package static let losses = [0.01, 0.05, 0.1, 0.2]

    /// - Parameter faults: of which the median is taken.
    package init(_ contender: Contender, faults: Int = 60) {
        self.contender = contender
        detection = contender.detection(faults: faults).median
        bytesPerMonth = contender.bytesPerMonth()
    }

    /// Simulates a month, or as long as so many events take, or until so many switches were seen.
    package mutating func countFalseSwitches(events: Double, limit: Int = 200) {
        let span = min(Duration.month.inSeconds, max(events / contender.eventsPerSecond, 3600))
        for loss in Self.losses {
            let outcome = contender.switches(in: .lossy(loss), for: .seconds(span), limit: limit)
            falseSwitches.append(outcome.switches(per: .month))
            seen.append(outcome.switches)
        }
    }

    /// At least as good in both.
    package func covers(_ other: Point) -> Bool {
        guard let theirs = other.detection else { return true }
        guard let ours = detection else { return false }
        return ours <= theirs && bytesPerMonth <= other.bytesPerMonth
    }

    /// uplinkd with just the interval that costs as much as this does, asking so many targets. nil: it would be shorter than any that the
    /// configuration allows.
    package func uplinkdForTheSameData(targets: Int, profile: ProbeProfile) -> Contender? {
        let probe = Double(Target.address(IPv4Address(bits: 1)).question.bytes)
        // A grid of 5 ms, upwards: never dearer.
        let interval = (Double(targets) * probe * Duration.month.inSeconds / bytesPerMonth * 200).rounded(.up) / 200
        guard interval >= 0.1, interval <= 3600 else { return nil }
        return .uplinkd(.seconds(interval), targets: targets, profile: profile)
    }
}

/// At each loss the point among `ours` with the fewest false switches of those that find a fault at least as fast.
package func fewestFalseSwitches(among ours: [Point], asFastAs theirs: Point, at loss: Int) -> Point? {
    guard let limit = theirs.detection else { return nil }
    return ours.lazy.filter { point in point.detection.map { $0 <= limit } ?? false }
        .min { $0.falseSwitches[loss] < $1.falseSwitches[loss] }
}
