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
                try await lab.stays(for: .seconds(6), daemon)
            }
        }

        @Test("30 % of the replies lost and a threshold of 10 %: telkom is lossy, and sessions go by smartfren")
        func lossThreshold() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(probe: ["interval: 200ms", "thresholds: {loss: {leave: 10%, return: 5%}}"]))
                try await lab.ready(daemon)
                try await lab.telkom.lose(percent: 30, .down)
                try await lab.leaves(for: "lossy", daemon)
            }
        }

        @Test("a round trip that rises above a threshold: telkom is slow, and sessions go by smartfren")
        func slow() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(
                    .office(probe: ["interval: 200ms", "thresholds: {mean: {leave: 60ms, return: 30ms}}"]))
                try await lab.ready(daemon)
                // Less than replies are waited for: on a busy machine a way that is longer at once by more would look like a silence.
                try await lab.telkom.delay(.milliseconds(80), jitter: .milliseconds(5))
                try await lab.leaves(for: "slow", daemon)
            }
        }

        @Test("a longer way alone is no reason to move anybody")
        func step() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await lab.telkom.delay(.milliseconds(150), jitter: .milliseconds(5))
                try await lab.stays(for: .seconds(3), daemon)
                let slow = try await daemon.status().wan(Addresses.telkom)?.targets?.filter { ($0.roundTripMs ?? 0) >= 100 } ?? []
                #expect(!slow.isEmpty)
            }
        }

        /// The quickest of a few, since another program may be at work on this machine. Without traffic the profile `normal` takes at least
        /// 0.4 s, for its rounds and its patience alone.
        @Test("profile fast: a silent upstream is found out in a third of a second, without any traffic")
        func fast() async throws {
            var quickest = Duration.seconds(30)
            for _ in 0..<3 where quickest > .milliseconds(330) {
                quickest = try await Lab.with { lab in
                    let daemon = try await lab.startDaemon(.office(probe: Profile.fast.lines))
                    try await lab.ready(daemon)
                    // Until it knows what a round trip takes, it has more patience.
                    try await lab.eventually("it has asked often enough") { try await daemon.status().counters?["probes_sent"] ?? 0 > 160 }
                    let interface = try await lab.router.interfaceIndex(Addresses.telkom.interface)
                    let watch = try await lab.router.watchRoutes()
                    let fault = try await lab.telkom.silenceUpstream()
                    let left = try await lab.left(interface, after: fault.began, watch)
                    return min(quickest, left - fault.began)
                }
            }
            #expect(quickest < .milliseconds(330))
        }

        @Test("IPv6 targets are asked by each WAN")
        func six() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(targets: ["gateway"] + Addresses.targets6, probe: ["interval: 200ms"]))
                try await lab.ready(daemon)
                let targets = try await daemon.status().wans.flatMap { $0.targets ?? [] }
                let answered = targets.filter { $0.target.hasPrefix("2001:db8:203:") && $0.answered == true }
                #expect(answered.count == 6)
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
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

    /// The fault has this name, and what it makes too bad is left for smartfren.
    func leaves(for fault: String, _ daemon: Daemon) async throws {
        try await selects(Addresses.smartfren, daemon)
        let status = try await daemon.status()
        try require("telkom's fault is \(fault): \(status.wans)", status.wan(Addresses.telkom)?.fault?.code == fault)
        try await carries(Addresses.smartfren)
    }
}
