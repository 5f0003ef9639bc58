import Lab
import Testing

extension InNamespaces {
    @Suite("Sessions at a failover")
    struct SessionsFailoverTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        @Test(
            "a silent upstream moves everybody, and TCP hears of it", arguments: IPFamily.allCases, FirewallBackend.allCases)
        func everybody(family: IPFamily, firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall), families: [family])
                let sessions = try await lab.client.path(over: family).everything()
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Self.smartfren, over: family)
                try await lab.eventually("uplinkd has moved sessions") { try await !lab.moved(from: Self.telkom, daemon).isEmpty }
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.telkom.source(over: family), Self.smartfren.source(over: family)]])
                #expect(report.tcp.broken.count == 20)
                let reasons = Set(report.tcp.broken.compactMap(\.broken?.reason))
                #expect(reasons == ["Connection reset by peer"])
            }
        }

        @Test("a cut cable and a dead gateway move everybody, too", arguments: ["cable", "gateway", "modem"])
        func faults(fault: String) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(), families: [.ipv4])
                let sessions = try await lab.client.path().everything()
                switch fault {
                case "cable": try await lab.telkom.cutCable()
                case "gateway": try await lab.telkom.killGateway()
                default: try await lab.telkom.unplugModem()
                }
                try await lab.selects(Self.smartfren, daemon)
                try await lab.carries(Self.smartfren)
                // With an interface that is gone the kernel has deleted them itself.
                if fault != "modem" {
                    try await lab.eventually("uplinkd has moved sessions") { try await !lab.moved(from: Self.telkom, daemon).isEmpty }
                }
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.telkom.address, Self.smartfren.address]])
                #expect(report.tcp.broken.count == 20)
            }
        }

        @Test("sessions of the other WAN, between LANs and with the router itself are never touched")
        func others() async throws {
            try await Lab.with(options: LabOptions(hasGuests: true)) { lab in
                let daemon = try await lab.daemon(.office(lan: ["br0", "guests"]), families: [.ipv4])
                // On smartfren by the operator's word, the others on telkom.
                try await daemon.control(["switch", "smartfren"])
                try await lab.carries(Self.smartfren)
                let backup = try await lab.client.path().everything()
                try await daemon.control(["switch", "auto"])
                try await lab.carries(Self.telkom)
                let guests = try await lab.toGuest().everything()
                let guests6 = try await lab.toGuest(over: .ipv6).everything()
                let router = try await lab.toRouter().everything()
                let primary = try await lab.client.path().everything()
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Self.smartfren)
                try await lab.flows(by: lab.smartfren)
                let untouched = [
                    try await backup.stop(), try await guests.stop(), try await guests6.stop(), try await router.stop(),
                ]
                for report in untouched {
                    #expect(report.lost == 0)
                    #expect(report.ways.count == 1)
                    #expect(report.ways.first?.count == 1)
                    #expect(report.tcp.broken.isEmpty)
                    #expect(report.download.broken == nil)
                }
                let moved = try await primary.stop()
                #expect(moved.tcp.broken.count == 20)
            }
        }

        @Test("with every WAN dead nothing is deleted; the first one back takes over what it can't have itself")
        func owed() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(), families: [.ipv4])
                let sessions = try await lab.client.path().everything()
                try await lab.smartfren.silenceUpstream()
                try await lab.health("down", of: Self.smartfren, daemon)
                try await lab.telkom.silenceUpstream()
                try await lab.health("down", of: Self.telkom, daemon)
                #expect(try await lab.moved(from: Self.telkom, daemon).isEmpty)
                try await lab.smartfren.restoreUpstream()
                try await lab.selects(Self.smartfren, daemon)
                try await lab.carries(Self.smartfren)
                try await lab.eventually("uplinkd has moved telkom's sessions") {
                    try await !lab.moved(from: Self.telkom, daemon).isEmpty
                }
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.telkom.address, Self.smartfren.address]])
            }
        }

        @Test("sessions made while NAT was missing are found and deleted when it is back", arguments: IPFamily.allCases)
        func withoutNAT(family: IPFamily) async throws {
            try await Lab.with(options: LabOptions(isEverythingMasqueraded: false)) { lab in
                let daemon = try await lab.daemon(.office(), families: [family])
                try await daemon.kill9()
                if family == .ipv4 { try await lab.router.flushNAT() } else { try await lab.router.flushNAT6() }
                // A stream that begins now has an entry without NAT, and keeps it for as long as it sends.
                let stream = try await lab.client.path(over: family).stream(packetsPerSecond: 50)
                try await lab.flows(50, by: lab.telkom)
                try await daemon.restart()
                try await lab.carries(Self.telkom, over: family)
                try await lab.eventually("the stream gets through") {
                    try await lab.conntrack("-f \(family.rawValue) -p udp").contains {
                        $0.contains("dst=\(Self.telkom.source(over: family)) ")
                    }
                }
                try await lab.flows(50, by: lab.telkom)
                let report = try await stream.stop()
                #expect(report.there.sources.map(\.source) == [Self.telkom.source(over: family)])
                #expect(report.there.received > 0)
            }
        }

        @Test("iptables -t mangle -F: the marks are back, and sessions stay where they are", arguments: IPTables.allCases)
        func mangle(variant: IPTables) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(iptables: variant), families: [.ipv4])
                let before = try await lab.router.mangleRules(variant)
                let ours = before.filter { $0.contains("UPLINKD_") }
                #expect(!ours.isEmpty)
                try await lab.router.flushMangle(variant)
                try await lab.eventually("the rules are back as they were") {
                    try await lab.router.mangleRules(variant).filter { $0.contains("UPLINKD_") } == ours
                }
                let sessions = try await lab.client.path().everything()
                try await daemon.control(["switch", "smartfren"])
                try await lab.carries(Self.smartfren)
                try await lab.flows(by: lab.telkom)
                let report = try await sessions.stop()
                #expect(report.lost == 0)
                #expect(report.ways == [[Self.telkom.address]])
                #expect(report.tcp.broken.isEmpty)
            }
        }
    }
}
