import Lab
import Testing

extension InNamespaces {
    /// The short form; `uplinkd-lab bench --only uploads` has ten minutes of many cases.
    @Suite("uplinkd and a full queue", .serialized)
    struct QueueTests {
        /// Answers to an upload that was moved come in for ten seconds more, and what the box says to them leaves by the other WAN (docs/decisions/0017).
        private static let options = LabOptions(keepsBoxToItsWANs: false)

        @Test(
            "an upload that fills the uplink moves nobody, and when the line dies it is found within two seconds",
            arguments: [(1, 1000, 1000, false), (4, 10_000, 300, false), (1, 1000, 1000, true)])
        func upload(uploads: Int, kilobits: Int, queue: Int, isJudgedApart: Bool) async throws {
            try await Lab.with(options: Self.options) { lab in
                let targets = ["gateway"] + Addresses.targets + (isJudgedApart ? Addresses.targets6 : [])
                let daemon = try await lab.startDaemon(.office(hold: nil, targets: targets))
                try await lab.ready(daemon)
                try await lab.telkom.limitUplink(kilobits: kilobits, queue: queue)
                let handle = try await lab.client.path().uploads(uploads)
                try await lab.isCarried(by: Addresses.telkom, for: .seconds(12), daemon)
                let health = try await daemon.events().filter { $0.kind == "health" && $0.message.contains("suspect") }
                #expect(health.count <= (isJudgedApart ? 6 : 3))
                let interface = try await lab.router.interfaceIndex(Addresses.telkom.interface)
                let watch = try await lab.router.watchRoutes()
                let fault = try await lab.telkom.silenceUpstream()
                let left = try await lab.left(interface, after: fault.began, watch)
                #expect(left - fault.began < .seconds(2))
                let report = try await handle.stop()
                #expect(report.longestRoundTripMilliseconds > 250)
            }
        }

        @Test("with nobody to take over a full uplink is in use all the while, and one that is metered is, too", arguments: [false, true])
        func alone(isMetered: Bool) async throws {
            try await Lab.with(options: Self.options) { lab in
                let provider = isMetered ? Addresses.smartfren : Addresses.telkom
                let (carrier, other) = isMetered ? (lab.smartfren, lab.telkom) : (lab.telkom, lab.smartfren)
                let daemon = try await lab.startDaemon(.office(hold: nil, metered: isMetered))
                try await lab.ready(daemon)
                try await other.silenceUpstream()
                try await lab.eventually("the other WAN is down, and this one carries") {
                    let status = try await daemon.status()
                    return status.selection.wan == provider.name && status.wans.contains { $0.name != provider.name && $0.health == "down" }
                }
                try await carrier.limitUplink(kilobits: 1000, queue: 1000)
                let handle = try await lab.client.path().uploads(1)
                try await lab.isCarried(by: provider, for: .seconds(12), daemon)
                // How full the queue became depends on the machine.
                let report = try await handle.stop()
                #expect(report.acknowledged > 0, "\(report)")
            }
        }
    }
}

extension Lab {
    /// Watched all the while, and without a new session: one would have to wait in the queue.
    fileprivate func isCarried(by provider: Provider, for time: Duration, _ daemon: Daemon) async throws {
        let before = try await daemon.status().counters?["switches"]
        let end = Moment.now + time
        while Moment.now < end {
            let status = try await daemon.status()
            try require("\(provider.name) carries: \(status.selection.wan ?? "none")", status.selection.wan == provider.name)
            try require("so does its IPv6, where that is judged apart", status.wan(provider)?.ipv6?.selected ?? true)
            try require("there was no switch", status.counters?["switches"] == before)
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
