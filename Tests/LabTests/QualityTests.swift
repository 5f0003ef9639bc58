import Lab
import Testing

extension InNamespaces {
    /// A WAN that is bad, but not gone.
    @Suite("uplinkd and a bad WAN")
    struct QualityTests {
        @Test("30 % of the replies lost: no reason to move anybody, unless thresholds ask for it")
        func loss() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let stream = try await lab.client.stream(packetsPerSecond: 50)
                try await lab.telkom.lose(percent: 30, .down)
                try await lab.stays(for: .seconds(20), daemon)
                let report = try await stream.stop()
                #expect(Double(report.lost) / Double(report.sent) > 0.2)
            }
        }

        @Test("one target dead and one that limits pings: nobody moves")
        func targets() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.internet.killTarget(Addresses.targets[0])
                try await lab.internet.limitPings(of: Addresses.targets[1], perSecond: 1)
                try await lab.stays(for: .seconds(15), daemon)
            }
        }
    }
}

extension Lab {
    /// Watched all the while: telkom carries the traffic, and there was no switch, not even there and back.
    func stays(for time: Duration, _ daemon: Daemon) async throws {
        let before = try await daemon.status()
        let end = Moment.now + time
        while Moment.now < end {
            let status = try await daemon.status()
            try require(
                "the daemon has switched \(before.counters?["switches"] ?? -1) times",
                status.counters?["switches"] == before.counters?["switches"])
            try await Task.sleep(for: .milliseconds(200))
        }
        try await carries(Addresses.telkom)
    }
}
