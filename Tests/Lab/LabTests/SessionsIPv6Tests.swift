import Lab
import Testing

extension InNamespaces {
    @Suite("IPv6 by uplinkd")
    struct SessionsIPv6Tests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        /// Gateway and metric of the daemon's IPv6 routes in the main table, by interface.
        private static func routes(_ lab: Lab) async throws -> [String] {
            try await lab.router.defaultRoutes(over: .ipv6).filter(\.isOurs).map { "\($0.dev) \($0.gateway ?? "-") \($0.metric ?? 0)" }
                .sorted()
        }

        private static func routes(_ expected: [String], _ lab: Lab) async throws {
            var seen: [String] = []
            do {
                try await lab.eventually("the daemon's IPv6 routes are \(expected)", within: .seconds(60)) {
                    try await lab.router.forgetExpiredRoutes()
                    seen = try await routes(lab)
                    return seen == expected
                }
            } catch { throw LabError("\(error)\nThey are \(seen).") }
        }

        @Test("its routes stand beside those of the advertisements, and a failover and a failback move both families")
        func both() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office())
                try await Self.routes(["eth0 fe80::1 1", "usb0 fe80::1 2"], lab)
                try await lab.telkom.silenceUpstream()
                for family in IPFamily.allCases { try await lab.carries(Self.smartfren, over: family) }
                try await Self.routes(["eth0 fe80::1 1001", "usb0 fe80::1 2"], lab)
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Self.telkom, daemon)
                for family in IPFamily.allCases { try await lab.carries(Self.telkom, over: family) }
            }
        }

        @Test("a lifetime of zero takes the gateway away, another one is followed, silence is noticed when the lifetime is over")
        func advertisements() async throws {
            try await Lab.with { lab in
                _ = try await lab.daemon(.office())
                try await lab.telkom.advertise(lifetime: .zero)
                try await Self.routes(["usb0 fe80::1 2"], lab)
                try await lab.carries(Self.smartfren, over: .ipv6)
                try await lab.carries(Self.telkom)
                try await lab.telkom.advertise()
                try await Self.routes(["eth0 fe80::1 1", "usb0 fe80::1 2"], lab)
                try await lab.carries(Self.telkom, over: .ipv6)
                try await lab.telkom.moveGateway6()
                try await Self.routes(["eth0 fe80::fe 1", "usb0 fe80::1 2"], lab)
                try await lab.carries(Self.telkom, over: .ipv6)
                try await lab.telkom.advertise(lifetime: .seconds(1))
                try await lab.telkom.stopAdvertising()
                try await Self.routes(["usb0 fe80::1 2"], lab)
                try await lab.carries(Self.smartfren, over: .ipv6)
            }
        }

        @Test("a client whose only address is the dead WAN's goes on by the other one")
        func deadPrefix() async throws {
            try await Lab.with { lab in
                try await lab.router.node.shell("ip address add 2001:db8:1:8800::1/64 dev br0 nodad")
                _ = try await lab.daemon(.office())
                try await lab.client.useAddress(of: Self.telkom)
                try await lab.carries(Self.telkom, over: .ipv6)
                let sessions = try await lab.client.path(over: .ipv6).everything()
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Self.smartfren, over: .ipv6)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.telkom.address6, Self.smartfren.address6]])
            }
        }

        @Test("ipv6: off leaves IPv6 by that WAN alone: no route of ours, no masquerade, no mark")
        func off() async throws {
            try await Lab.with { lab in
                let off = ["ipv6: off"]
                let before = try await lab.router.node.shell(
                    "ip -6 rule; ip6tables -w -S; ip6tables -w -t nat -S; ip6tables -w -t mangle -S")
                let daemon = try await lab.daemon(.office(telkom: off, smartfren: off), families: [.ipv4])
                #expect(try await Self.routes(lab).isEmpty)
                #expect(
                    try await lab.router.node.shell("ip -6 rule; ip6tables -w -S; ip6tables -w -t nat -S; ip6tables -w -t mangle -S")
                        == before)
                try await lab.telkom.silenceUpstream()
                try await lab.selects(Self.smartfren, daemon)
                try await lab.carries(Self.smartfren)
                #expect(try await Self.routes(lab).isEmpty)
            }
        }

        @Test("ip6tables -t nat -F: masquerade comes back by itself, and IPv4 never noticed", arguments: IPTables.allCases)
        func flush(variant: IPTables) async throws {
            try await Lab.with(options: LabOptions(isEverythingMasqueraded: false)) { lab in
                _ = try await lab.daemon(.office(iptables: variant))
                let stream = try await lab.client.stream()
                try await lab.router.flushNAT6(variant)
                try await lab.carries(Self.telkom, over: .ipv6)
                #expect(try await stream.stop().lost == 0)
            }
        }
    }
}
