import Lab
import Testing

extension BesideOthers.Coexistence {
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
            PostUp = sysctl -q -w net.ipv4.conf.%i.forwarding=1
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
                // Where the kernel has no WireGuard, wg-quick starts wireguard-go, which goes into the background, and nobody would end it.
                try await box.sandbox.shell(
                    """
                    cat > /etc/wireguard/userspace <<'END'
                    #!/bin/sh
                    touch /run/wireguard-wanted
                    until wg show "$1" > /dev/null 2>&1; do sleep 0.02; done
                    END
                    chmod +x /etc/wireguard/userspace
                    """)
                _ = try await box.sandbox.start(
                    "wireguard-go", "sh -c 'until [ -e /run/wireguard-wanted ]; do sleep 0.02; done; exec wireguard-go -f wg0'")
                try await box.sandbox.shell(
                    "export WG_QUICK_USERSPACE_IMPLEMENTATION=/etc/wireguard/userspace; timeout 20 wg-quick up wg0")
                func carriesByTunnel(over provider: Provider) async throws {
                    // The far end knows the way back to the LAN, so nobody masquerades.
                    try await lab.eventually("clients go by the tunnel") {
                        try await lab.client.path().seenAs() == lab.client.address
                    }
                    try await lab.eventually("the tunnel goes by \(provider.name)") {
                        try await lab.internet.node.shell("wg show wgs endpoints").contains(provider.address)
                    }
                }
                try await carriesByTunnel(over: Addresses.telkom)
                try await lab.eventually("the status names wg0") {
                    try await box.daemon.control(["status"]).contains("new sessions leave by wg0, which is no WAN")
                }
                try await lab.telkom.cutCable()
                try await carriesByTunnel(over: Addresses.smartfren)
                try await lab.telkom.plugCable()
                try await lab.selects(Addresses.telkom, box.daemon)
                try await carriesByTunnel(over: Addresses.telkom)
                let others = try await lab.router.othersRules()
                #expect(others.contains("wg-quick-wg0"))
                try await box.daemon.kill9()
                try await box.daemon.restart()
                try await lab.selects(Addresses.telkom, box.daemon)
                try await carriesByTunnel(over: Addresses.telkom)
                try await box.isNoFight()
                #expect(try await lab.router.othersRules() == others)
                try await box.sandbox.shell("wg-quick down wg0")
                try await box.isWell()
                try await box.leavesOthersAlone()
            }
        }
    }
}
