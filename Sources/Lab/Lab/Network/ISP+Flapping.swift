extension ISP {
    /// The upstream is silent for half of each period and there for the other half, until `stop`.
    package func flap(period: Duration) async throws -> Flapping {
        let half = rounded(period.milliseconds / 2000, places: 3)
        // In one shell, so that each turn costs a `sleep` and no more.
        let child = try await node.start(
            "\(provider.name) flapping every \(period)",
            ["sh", "-e", "-c", "while :; do \(Self.silence); sleep \(half); \(Self.restore); sleep \(half); done"])
        return Flapping(isp: self, child: child)
    }
}

package struct Flapping: Sendable {
    let isp: ISP
    let child: Child

    /// Leaves the upstream as it should be.
    package func stop() async throws {
        try await child.stop()
        try await isp.restoreUpstream()
    }
}
