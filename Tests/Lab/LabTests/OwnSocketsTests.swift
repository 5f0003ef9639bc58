import Lab
import Testing

extension InNamespaces {
    /// Programs on the box itself that have bound themselves to the address of the backup.
    @Suite("The box's own sockets at the end of a drain")
    struct OwnSocketsTests {
        private static let smartfren = Addresses.smartfren

        @Test("a UDP socket bound to the metered WAN's address stays there, and is told by its port; one that says nothing isn't")
        func bound() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(metered: true, smartfren: ["drain: 3s"]), families: [.ipv4])
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Self.smartfren)
                let port = 5080
                let stream = try await lab.fromRouter().stream(packetsPerSecond: 50, port: port, source: Self.smartfren.address)
                // As ntpd and named have one on each address, without a word to anybody.
                let idle = try await lab.router.node.start(
                    "idle", [lab.programs.lab, "echo", "--address", Self.smartfren.address, "--port", "5081"])
                try await idle.waitUntilReady()
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Addresses.telkom, daemon)
                func told() async throws -> [DaemonEvent] { try await daemon.events().filter { $0.code == "sockets-hold" } }
                try await lab.eventually("it is told", within: .seconds(300)) { try await !told().isEmpty }
                let event = try #require(try await told().first)
                #expect(event.wan == "smartfren" && event.kind == "sessions")
                #expect(event.details?["ports"] == "UDP \(ownPort(for: port))", "\(event)")
                let text = try await daemon.control(["status"])
                #expect(text.contains("1 socket of this box's own programs stays on smartfren"), "\(text)")
                try await lab.flows(by: lab.smartfren)
                let report = try await stream.stop()
                #expect(report.there.sources.map(\.source) == [Self.smartfren.address])
                try await lab.eventually("the status is rid of it", within: .seconds(300)) {
                    try await !daemon.control(["status"]).contains("own programs")
                }
                #expect(try await told().count == 1)
            }
        }
    }
}
