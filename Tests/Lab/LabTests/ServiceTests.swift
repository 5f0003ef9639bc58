import Lab
import Testing

extension BesideOthers {
    /// A WAN that answers pings and is of no use all the same.
    @Suite("uplinkd and what a WAN is for")
    struct ServiceTests {
        private static let resolver = "{kind: dns, server: 203.0.113.1, name: check.example, expect: [198.51.100.10], interval: 1s}"
        private static let page = "{kind: http, url: \"http://198.51.100.10/\", status: 204, interval: 10s}"

        private func story(asking target: String, _ story: (Lab, Daemon) async throws -> Void) async throws {
            try await Lab.with { lab in
                try await lab.internet.startResolver()
                try await lab.internet.startWebServer()
                let daemon = try await lab.startDaemon(.office(targets: ["gateway"] + Addresses.targets + [target]))
                try await lab.ready(daemon)
                try await story(lab, daemon)
            }
        }

        @Test("an unpaid bill: every page leads to the provider's own, so sessions go by smartfren; paid, they come back")
        func portal() async throws {
            try await story(asking: Self.page) { lab, daemon in
                let portal = try await lab.telkom.openPortal()
                try await lab.leaves(for: "captive-portal", daemon)
                let reason = try await daemon.control(["explain"])
                try lab.require("it is told where the page leads to: \(reason)", reason.contains("http://portal.example/isolir"))
                try await portal.stop()
                try await lab.eventually("telkom carries again", within: .seconds(60)) {
                    try await daemon.status().selection.wan == "telkom"
                }
            }
        }

        @Test("a resolver that lies, by one provider only: DNS wrong, and sessions go by smartfren")
        func lies() async throws {
            try await story(asking: Self.resolver) { lab, daemon in
                _ = try await lab.telkom.hijackDNS(.lies)
                try await lab.leaves(for: "dns-wrong", daemon)
            }
        }

        @Test("a resolver that is silent, by one provider only: DNS dead, and sessions go by smartfren")
        func silent() async throws {
            try await story(asking: Self.resolver) { lab, daemon in
                _ = try await lab.telkom.hijackDNS(.silent)
                try await lab.leaves(for: "dns-dead", daemon)
            }
        }

        @Test("a resolver that is dead for everybody: no WAN is better, so nobody moves")
        func dead() async throws {
            try await Lab.with { lab in
                let resolver = try await lab.internet.startResolver()
                let daemon = try await lab.startDaemon(.office(targets: ["gateway"] + Addresses.targets + [Self.resolver]))
                try await lab.ready(daemon)
                try await resolver.stop()
                try await lab.eventually("telkom's DNS is dead") {
                    try await daemon.status().wan(Addresses.telkom)?.fault?.code == "dns-dead"
                }
                try await lab.stays(for: .seconds(3), daemon)
            }
        }
    }
}
