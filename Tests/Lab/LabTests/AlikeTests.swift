import Lab
import Testing

extension InNamespaces {
    /// Two modems of one make: one network, one gateway, one own address.
    @Suite("Networks alike") struct AlikeTests {
        private static let own = "192.168.8.100"

        /// Each provider gives its customer the same, and translates it to what the far side knows him by.
        private static func equip(_ lab: Lab) async throws {
            for isp in [lab.telkom, lab.smartfren] {
                try await isp.node.shell(
                    """
                    ip -4 address flush dev wan; ip address add 192.168.8.1/24 dev wan
                    iptables -w -t nat -A POSTROUTING -o core -s 192.168.8.0/24 -j SNAT --to-source \(isp.provider.address)
                    """)
                let interface = isp.provider.interface
                try await lab.router.node.shell(
                    """
                    ip -4 address flush dev \(interface); ip address add \(own)/24 dev \(interface)
                    ip route add default via 192.168.8.1 dev \(interface) proto dhcp metric \(interface == "eth0" ? 100 : 200)
                    """)
            }
        }

        @Test(
            "both WANs have one network, one gateway's address and one own address: both are proven, and sessions move by their mark alone",
            arguments: FirewallBackend.allCases)
        func alike(firewall: FirewallBackend) async throws {
            try await Lab.with(options: LabOptions(isEverythingMasqueraded: false)) { lab in
                try await Self.equip(lab)
                let daemon = try await lab.startDaemon(.office(firewall: firewall))
                try await lab.ready(daemon)
                for provider in [Addresses.telkom, Addresses.smartfren] { try await lab.health("up", of: provider, daemon) }
                let stream = try await lab.client.path().stream(packetsPerSecond: 50)
                try await lab.eventually("it leaves by telkom") { try await Self.marks(lab).contains("mark=\(Self.mark(1))") }
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                try await lab.eventually("it leaves by smartfren") { try await Self.marks(lab).allSatisfy { $0 == "mark=\(Self.mark(2))" } }
                // A failback: what is on smartfren stays there, though its address is telkom's as well.
                try await lab.telkom.restoreUpstream()
                try await lab.carries(Addresses.telkom)
                try await lab.flows(by: lab.smartfren)
                #expect(try await Self.marks(lab) == ["mark=\(Self.mark(2))"])
                // And when telkom's interface goes, only telkom's sessions do.
                try await lab.telkom.cutCable()
                try await lab.carries(Addresses.smartfren)
                try await lab.flows(by: lab.smartfren)
                let report = try await stream.stop()
                #expect(report.there.sources.map(\.source) == [Addresses.telkom.address, Addresses.smartfren.address])
            }
        }

        private static func mark(_ number: Int) -> Int { number << 24 }

        /// Of the client's streams to the server.
        private static func marks(_ lab: Lab) async throws -> [String] {
            try await lab.conntrack("-p udp -s \(lab.client.address)").filter { $0.contains("dst=\(Addresses.server) ") }
                .compactMap { $0.split(separator: " ").first { $0.hasPrefix("mark=") }.map(String.init) }
        }
    }
}
