// What probing costs: IP bytes, both ways together.

extension ProbeSettings {
    package static let month: Duration = .seconds(30 * 86_400)

    /// How many times slower a metered WAN is probed that stands by.
    package var restingFactor: Double { max(1, meteredInterval.inSeconds / interval.inSeconds) }

    /// How many times slower than configured it has to be probed for the budget.
    package func budgetFactor(isResting: Bool) -> Double {
        guard let budget else { return 1 }
        let rest = max(1, Double(budget) - readinessBytesPerMonth - sizeBytesPerMonth(isResting: false))
        return max(1, bytesPerMonth(factor: isResting ? restingFactor : 1) / rest)
    }

    /// All that slows this WAN's probes down.
    package func factor(isResting: Bool) -> Double { (isResting ? restingFactor : 1) * budgetFactor(isResting: isResting) }

    /// What its targets cost in a month of 30 days in which nothing happens.
    package func bytesPerMonth(isResting: Bool) -> Double { bytesPerMonth(factor: factor(isResting: isResting)) }

    /// With less, the target that is asked most often would be asked less than once an hour: no longer a watch.
    package var smallestBudget: Int {
        guard let shortest = targets.map({ interval(of: $0) }).min() else { return 0 }
        return Int(withProofs(bytesPerMonth(factor: max(1, 3600 / shortest.inSeconds))).rounded(.up))
    }

    /// - Parameter factor: how many times slower than configured it is probed.
    package func bytesPerMonth(factor: Double) -> Double {
        targets.reduce(0) { sum, target in
            sum + Double(target.question.bytes) * Self.month.inSeconds / (interval(of: target).inSeconds * factor)
        }
    }
}

extension WANSettings {
    /// Only a metered WAN is probed more rarely while it stands by; and only one that stands by has to be proven.
    package func bytesPerMonth(standsBy: Bool) -> Double {
        probe.bytesPerMonth(isResting: isMetered && standsBy) + (standsBy ? probe.readinessBytesPerMonth : 0)
            + probe.sizeBytesPerMonth(isResting: isMetered && standsBy)
    }

    /// `669 MB a month`; of a metered WAN `23 MB a month standing by (767 kB a day), 664 MB if it carried all the time`.
    package var cost: String {
        guard isMetered else { return "\(roughSizeText(bytesPerMonth(standsBy: true))) a month" }
        let full = roughSizeText(bytesPerMonth(standsBy: false))
        let resting = bytesPerMonth(standsBy: true)
        return "\(roughSizeText(resting)) a month standing by (\(roughSizeText(resting / 30)) a day), \(full) if it carried all the time"
    }
}
