/// What the LAN is given by the router: `uplinkd-lan`, and the dnsmasq whose configuration it has written.
package struct LANServing: Sendable {
    package let follower: Child
    package let dnsmasq: Child
    package let leases: String
    package let resolvers: String
}

extension Lab {
    private func lanCommand(_ more: [String] = []) -> [String] {
        [
            programs.lan, "--config", "\(folder)/uplinkd.yaml", "--control", "\(folder)/control", "--run", "\(folder)/lan", "--files",
            "\(folder)/lan", "--leases", "\(folder)/lan/leases", "--networkd", "\(folder)/lan/networkd",
        ] + more
    }

    /// What `uplinkd-lan` says with that option.
    package func lan(_ option: String) async throws -> String { try await router.node.run(lanCommand([option])) }

    /// With the daemon's configuration, which needs `address` in `lan`. The units do the same in the same order.
    package func startLAN() async throws -> LANServing {
        try await Command.run(["mkdir", "-p", "\(folder)/lan/networkd"])
        _ = try await lan("--write")
        let follower = try await router.node.start("uplinkd-lan", lanCommand())
        try await eventually("uplinkd-lan has written whom to ask") {
            let text = try await Command.script("cat \(folder)/lan/resolvers 2>/dev/null || true")
            return text.contains("nameserver")
        }
        let dnsmasq = try await router.node.start(
            "dnsmasq of the LAN",
            [
                "dnsmasq", "--keep-in-foreground", "--conf-file=\(folder)/lan/dnsmasq.conf", "--user=root", "--pid-file=",
                "--log-facility=-",
            ])
        return LANServing(
            follower: follower, dnsmasq: dnsmasq, leases: "\(folder)/lan/leases", resolvers: "\(folder)/lan/resolvers")
    }
}
