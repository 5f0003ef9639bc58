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
        // Where the round trip is longer than the minimum, a part of that comes on top: a third of it is what a tower's scheduler takes now and then.
        return min(max(smoothed + max(variation * 4, minimum / 3), minimum), max(timeout, minimum))
    }
}
