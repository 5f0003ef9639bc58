import Lab
import Testing

extension InNamespaces {
    @Suite("Families apart")
    struct FamiliesTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren
        private static let targets = ["gateway"] + Addresses.targets + Addresses.targets6

        /// The far end of a download that was moved goes on sending to the old address, and when the provider forwards that again, what the box says to it
        /// leaves by the other WAN (docs/decisions/0017).
        private static let options = LabOptions(keepsBoxToItsWANs: false)

        private static func codes(_ daemon: Daemon) async throws -> [String] { try await daemon.events().compactMap(\.code) }

        @Test(
            "one family dies by one WAN: its sessions go by the other WAN, those of the other family never notice, and it comes back",
            arguments: IPFamily.allCases, FirewallBackend.allCases)
        func alone(dead: IPFamily, firewall: FirewallBackend) async throws {
            let alive: IPFamily = dead == .ipv4 ? .ipv6 : .ipv4
            try await Lab.with(options: Self.options) { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall, targets: Self.targets))
                let stream = try await lab.client.path(over: dead).stream()
                let dying = try await lab.client.path(over: dead).everything()
                let living = try await lab.client.path(over: alive).everything()
                try await lab.telkom.silenceUpstream(of: dead)
                try await lab.carries(Self.smartfren, over: dead)
                try await lab.carries(Self.telkom, over: alive)
                try await lab.eventually("uplinkd has moved sessions") { try await !lab.moved(from: Self.telkom, daemon).isEmpty }
                let told = try await lab.moved(from: Self.telkom, daemon).filter { $0.code == "sessions-moved" }
                #expect(!told.isEmpty && told.allSatisfy { $0.details?["family"] == (dead == .ipv4 ? "v4" : "v6") })
                try await lab.flows(by: lab.smartfren)
                let report = try await dying.stop()
                #expect(report.ways == [[Self.telkom.source(over: dead), Self.smartfren.source(over: dead)]])
                #expect(report.tcp.broken.count == 20)
                let codes = try await Self.codes(daemon)
                if dead == .ipv6 {
                    #expect(codes.contains("ipv6-health") && codes.contains("ipv6-moved") && !codes.contains("failover"))
                    #expect(try await daemon.status().selection.wan == Self.telkom.name)
                    #expect(try await daemon.control(["status"]).contains("! IPv6 by telkom is down"))
                } else {
                    #expect(codes.contains("failover") && !codes.contains("ipv6-moved"))
                }
                // What has moved stays, and so does what hasn't.
                try await lab.telkom.restoreUpstream(of: dead)
                try await lab.carries(Self.telkom, over: dead)
                try await lab.carries(Self.telkom, over: alive)
                #expect(try await !daemon.control(["status"]).contains("! "))
                let moved = try await stream.stop()
                let gap = try #require(moved.back?.longestGap)
                #expect(gap.length < .seconds(1), "\(gap.length)")
                #expect(moved.there.sources.map(\.source) == [Self.telkom.source(over: dead), Self.smartfren.source(over: dead)])
                let untouched = try await living.stop()
                #expect(untouched.lost == 0)
                #expect(untouched.ways == [[Self.telkom.source(over: alive)]])
                #expect(untouched.tcp.broken.isEmpty)
                #expect(untouched.download.broken == nil)
            }
        }

        @Test("where no other WAN has IPv6 it is told, and goes on by itself when that is back")
        func nowhereElse() async throws {
            try await Lab.with { lab in
                try await lab.smartfren.advertise(lifetime: .zero)
                let daemon = try await lab.daemon(.office(targets: Self.targets))
                let stream = try await lab.client.path(over: .ipv6).stream()
                let living = try await lab.client.path().everything()
                try await lab.telkom.silenceUpstream(of: .ipv6)
                try await lab.eventually("it is told") { try await Self.codes(daemon).contains("ipv6-none") }
                let status = try await daemon.control(["status"])
                #expect(status.contains("! IPv6 works by no WAN, so clients are left with IPv4: telkom is down"))
                #expect(try await daemon.control(["explain"]).contains("its IPv6 is down"))
                try await lab.telkom.restoreUpstream(of: .ipv6)
                try await lab.eventually("nothing is wrong") { try await !daemon.control(["status"]).contains("! ") }
                try await lab.carries(Self.telkom, over: .ipv6)
                #expect(try await lab.moved(from: Self.telkom, daemon).isEmpty)
                let report = try await stream.stop()
                #expect(report.there.sources.map(\.source) == [Self.telkom.address6])
                let untouched = try await living.stop()
                #expect(untouched.lost == 0)
                #expect(untouched.tcp.broken.isEmpty)
            }
        }

        @Test("both families at once are one failover, and one failback")
        func together() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(targets: Self.targets))
                let streams = [
                    try await lab.client.path(over: .ipv4).stream(), try await lab.client.path(over: .ipv6).stream(),
                ]
                try await lab.telkom.silenceUpstream()
                for family in IPFamily.allCases { try await lab.carries(Self.smartfren, over: family) }
                try await lab.flows(by: lab.smartfren)
                for stream in streams {
                    let gap = try #require(try await stream.stop().back?.longestGap)
                    #expect(gap.length < .seconds(1), "\(gap.length)")
                }
                try await lab.telkom.restoreUpstream()
                for family in IPFamily.allCases { try await lab.carries(Self.telkom, over: family) }
                let switches = try await daemon.switches().compactMap(\.code)
                #expect(switches.filter { $0 == "failover" }.count == 1)
                #expect(switches.filter { $0 == "failback" }.count == 1)
            }
        }
    }
}
