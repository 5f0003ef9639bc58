import Lab
import Testing

extension InNamespaces {
    /// wan0 has 10.0.0.2/30 and 100.64.1.2/32, `default via 10.0.0.1 dev wan0 src 100.64.1.2`; the same by IPv6.
    @Suite("A provider that takes one source only")
    struct SourceTests {
        private static let telkom = Addresses.telkom
        private static let wan = Addresses.telkom.interface
        private static let source = Addresses.telkom.address
        private static let otherSource = "100.64.1.3"
        private static let source6 = "2001:db8:1::77"
        // The box's other address, by which the gateway is spoken to, is none of the provider's customers'.
        private static let options = LabOptions(advertisements: nil, isEverythingMasqueraded: false)

        private func prepare(_ lab: Lab) async throws {
            try await lab.telkom.node.shell(
                """
                ip -4 address flush dev wan
                ip address add 10.0.0.1/30 dev wan
                for source in \(Self.source) \(Self.otherSource); do ip route add $source/32 via 10.0.0.2 dev wan; done
                iptables -w -A FORWARD -i wan ! -s \(Self.source) -j DROP
                ip6tables -w -A FORWARD -i wan ! -s \(Self.source6) -j DROP
                """)
            try await lab.router.node.shell(
                """
                ip -4 address flush dev \(Self.wan)
                ip address add 10.0.0.2/30 dev \(Self.wan)
                ip address add \(Self.source)/32 dev \(Self.wan)
                ip route add \(Self.learned(Self.source))
                ip address add \(Self.source6)/64 dev \(Self.wan) nodad
                ip -6 route del ::/0 dev \(Self.wan)
                ip -6 route add ::/0 via fe80::1 dev \(Self.wan) metric 1124 src \(Self.source6) mtu 1400
                ping -c 1 -W 5 \(Addresses.targets[0]) && ping -c 1 -W 5 \(Addresses.targets6[0])
                """)
        }

        private static func learned(_ source: String) -> String {
            "default via 10.0.0.1 dev \(wan) proto dhcp src \(source) metric 100 mtu 1400 advmss 1300"
        }

        private func seen(_ lab: Lab, as source: String, over family: IPFamily) async throws {
            try await lab.eventually("the server sees \(source)") { try await lab.client.path(over: family).seenAs() == source }
        }

        /// Packets that the provider dropped.
        private func dropped(_ lab: Lab) async throws -> [String] {
            let text = try await lab.telkom.node.shell("iptables -w -vxnL FORWARD; ip6tables -w -vxnL FORWARD")
            return text.split(separator: "\n").filter { $0.contains("DROP") && $0.contains("wan") }.map { line in
                String(line.split(separator: " ").first ?? "")
            }
        }

        @Test("it works as it did before, for probes and clients, through a failover and back", arguments: FirewallBackend.allCases)
        func kept(firewall: FirewallBackend) async throws {
            try await Lab.with(options: Self.options) { lab in
                try await prepare(lab)
                try await lab.internet.startResolver()
                try await lab.internet.startWebServer()
                let targets = [
                    "gateway", Addresses.targets[1], Addresses.targets6[0], "{kind: tcp, address: \(Addresses.server), port: 80}",
                    "{kind: dns, server: \(Addresses.targets[0]), name: \(Addresses.checkName), interval: 1s}",
                    "{kind: http, url: \"http://\(Addresses.server)/\", status: 204, interval: 10s}",
                ]
                let daemon = try await lab.startDaemon(.office(firewall: firewall, targets: targets))
                try await lab.ready(daemon)
                try await lab.eventually("every question is answered by telkom") {
                    let targets = try await daemon.status().wan(Self.telkom)?.targets ?? []
                    return targets.count == 6 && targets.allSatisfy { $0.answered == true }
                }
                for (family, source) in [(IPFamily.ipv4, Self.source), (.ipv6, Self.source6)] {
                    try await seen(lab, as: source, over: family)
                }
                #expect(try await dropped(lab) == ["0", "0"])
                let routes = try await lab.router.node.shell(
                    "ip -N route show default proto 85; ip -N route show table 8501; ip -N -6 route show ::/0 proto 85; ip -N -6 route show table 8501"
                ).split(separator: "\n").filter { $0.contains("dev \(Self.wan)") }
                #expect(routes.count == 4)
                #expect(routes.allSatisfy { $0.contains(" mtu 1400") })
                #expect(routes.filter { $0.contains("src \(Self.source) ") && $0.contains("advmss 1300") }.count == 2)
                #expect(routes.filter { $0.contains("src \(Self.source6) ") }.count == 2)

                let sessions = try await lab.client.path().everything()
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.source, Addresses.smartfren.address]])
                try await lab.telkom.restoreUpstream()
                try await lab.carries(Self.telkom)
                try await seen(lab, as: Self.source6, over: .ipv6)
            }
        }

        @Test("another source is followed, and sessions of the one that is gone begin anew", arguments: FirewallBackend.allCases)
        func followed(firewall: FirewallBackend) async throws {
            try await Lab.with(options: Self.options) { lab in
                try await prepare(lab)
                let daemon = try await lab.startDaemon(.office(firewall: firewall))
                try await lab.ready(daemon)
                let stream = try await lab.client.stream(packetsPerSecond: 50)
                try await lab.telkom.node.shell("iptables -w -I FORWARD -i wan -s \(Self.otherSource) -j ACCEPT")
                try await lab.router.node.shell(
                    """
                    ip address add \(Self.otherSource)/32 dev \(Self.wan)
                    ip address del \(Self.source)/32 dev \(Self.wan)
                    ip route add \(Self.learned(Self.otherSource))
                    """)
                try await seen(lab, as: Self.otherSource, over: .ipv4)
                try await lab.eventually("the stream has the other source") {
                    try await lab.conntrack("-p udp --reply-dst \(Self.otherSource)").contains { $0.contains("src=\(lab.client.address) ") }
                }
                try await lab.flows(by: lab.telkom)
                #expect(try await stream.stop().there.sources.map(\.source) == [Self.source, Self.otherSource])
            }
        }
    }
}
