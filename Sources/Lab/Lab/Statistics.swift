/// Median and range: what a handful of measurements can honestly say.
package struct Statistics: Sendable, Equatable {
    package let count: Int
    package let median: Double
    package let least: Double
    package let most: Double
    /// 99 of 100 are no greater; of fewer than a hundred that is the greatest.
    package let percentile99: Double

    /// nil: nothing was measured.
    package init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        count = sorted.count
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        least = first
        most = last
        percentile99 = sorted[(sorted.count * 99 + 99) / 100 - 1]
    }
}

/// `12.3`: without Foundation's format strings.
package func rounded(_ value: Double, places: Int = 1) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int64(scaled) / Int64(scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(whole)" }
    let fraction = String(Int64(scaled) % Int64(scale))
    return "\(sign)\(whole)." + String(repeating: "0", count: places - fraction.count) + fraction
}
