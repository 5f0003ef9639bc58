/// How long a reply may take before it is late: the smoothed round trip plus four times its variation (RFC 6298, section 2).
package struct RoundTrip: Equatable, Sendable {
    package private(set) var smoothed: Duration?
    private var variation: Duration = .zero

    package init() {}

    package mutating func add(_ sample: Duration) {
        guard let before = smoothed else {
            smoothed = sample
            variation = sample / 2
            return
        }
        let error = before < sample ? sample - before : before - sample
        variation = variation * 3 / 4 + error / 4
        smoothed = before * 7 / 8 + sample / 8
    }

    /// nil before the first reply.
    package func patience(atLeast minimum: Duration, atMost timeout: Duration) -> Duration? {
        guard let smoothed else { return nil }
        return min(max(smoothed + variation * 4, minimum), max(timeout, minimum))
    }
}
