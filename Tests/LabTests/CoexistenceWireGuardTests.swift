import Lab
import Testing

extension InNamespaces.Coexistence {
    @Suite("WireGuard")
    struct WireGuardTests {
        /// The far end, in the Internet. Its key, and the router's, are of these tests only.
        private static func server(_ lab: Lab) async throws {
            _ = try await lab.internet.node.start("wireguard-go", ["wireguard-go", "-f", "wgs"])
            try await lab.eventually("the far end's device") {
                try await lab.internet.node.shell("ip link show wgs").contains("wgs")
            }
            try await lab.internet.node.shell(
                """
                umask 077
                wg genkey > \(lab.folder)/server; wg genkey > \(lab.folder)/router
                wg set wgs listen-port 51820 private-key \(lab.folder)/server \\
                    peer "$(wg pubkey < \(lab.folder)/router)" allowed-ips 10.9.0.2/32,192.168.88.0/24
                ip address add 10.9.0.1/24 dev wgs
                ip link set wgs up
                ip route replace 192.168.88.0/24 dev wgs
                """)
        }

        private static func configuration(_ lab: Lab) -> String {
            """
            mkdir -p /etc/wireguard
            umask 077
            cat > /etc/wireguard/wg0.conf <<END
            [Interface]
            PrivateKey = $(cat \(lab.folder)/router)
            Address = 10.9.0.2/24
            [Peer]
            PublicKey = $(wg pubkey < \(lab.folder)/server)
            Endpoint = \(Addresses.server):51820
            AllowedIPs = 0.0.0.0/0
            PersistentKeepalive = 1
            END
            """
        }

        @Test(
            "wg-quick with all of the Internet behind the tunnel: the tunnel follows the WANs, and the status says that clients go by it",
            .enabled(
                if: isInstalled("wg-quick", "wg", "wireguard-go"), "not installed: sudo apt install wireguard-tools wireguard-go"))
        func story() async throws {
            try await Neighbourhood.with { box in
                let lab = box.lab
                try await Self.server(lab)
                try await box.sandbox.shell("mkdir -p \(lab.folder)")
                for key in ["server", "router"] {
                    let text = try await lab.router.node.run(["cat", "\(lab.folder)/\(key)"])
                    try await box.sandbox.shell("printf '%s' '\(text)' > \(lab.folder)/\(key)")
                }
                try await box.sandbox.shell(Self.configuration(lab))
                // wg-quick would start one that stays by itself, and nobody would end it.
                _ = try await box.sandbox.start("wireguard-go", "wireguard-go -f wg0")
                try await lab.eventually("the router's device") { try await box.sandbox.shell("ip link show wg0").contains("wg0") }
                print("PROBE", try await box.sandbox.shell("WG_QUICK_USERSPACE_IMPLEMENTATION=true wg-quick up wg0 2>&1 || true"))
                try await lab.eventually("the tunnel carries") { try await lab.client.node.canPing("10.9.0.1") }
                print("PROBE", try await lab.router.picture(), try await box.daemon.control(["status"]), try await box.check())
            }
        }
    }
}
