import Lab
import Testing

extension InNamespaces {
    @Suite("Sessions from outside")
    struct SessionsInboundTests {
        @Test(
            "each is answered by the WAN that it came in on: a port forward, and a service of the router", arguments: IPFamily.allCases,
            FirewallBackend.allCases)
        func answered(family: IPFamily, firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall), families: [family])
                for provider in [Addresses.telkom, Addresses.smartfren] {
                    #expect(try await lab.inbound(by: provider, over: family).seenAs() != nil, "the router, by \(provider.name)")
                }
                try await lab.router.forwardPorts(to: lab.client)
                for provider in [Addresses.telkom, Addresses.smartfren] {
                    #expect(
                        try await lab.inbound(by: provider, to: lab.client, over: family).seenAs() != nil, "a client, by \(provider.name)")
                }
                // By the one that isn't selected, across a switch and back.
                let sessions = try await lab.inbound(by: Addresses.smartfren, to: lab.client, over: family).everything()
                try await daemon.control(["switch", "smartfren"])
                try await lab.carries(Addresses.smartfren, over: family)
                try await daemon.control(["switch", "auto"])
                try await lab.carries(Addresses.telkom, over: family)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.lost == 0)
                #expect(report.tcp.broken.isEmpty)
                #expect(report.download.broken == nil)
            }
        }
    }
}
