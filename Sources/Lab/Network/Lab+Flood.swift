/// Small packets from the first client by telkom, as many as the router forwards. They are dropped as soon as they are out of it: what is
/// behind would be measured as well.
package struct FloodPath: Sendable {
    let lab: Lab
    let port: Int
    let sessions: Int
    let nextHop: String

    /// From now on telkom's gateway takes nothing from the router: its packets are for another hardware address.
    package func begin() async throws {
        try await lab.router.node.shell(
            "ip neigh replace \(Addresses.telkom.gateway) dev \(Addresses.telkom.interface) lladdr 02:00:00:00:00:99 nud permanent")
        // The sender has a processor of its own; on a machine with one it counts, too.
        guard ManyWANs.processors > 1 else { return }
        let mask = String(1 << (ManyWANs.processors - 1), radix: 16)
        try await lab.router.node.shell("echo \(mask) > /sys/class/net/lan1/queues/rx-0/rps_cpus")
    }

    package func packetsPerSecond(for duration: Duration) async throws -> Double {
        let before = try await received()
        let line = try await lab.client.node.run([
            "taskset", "-c", "0", lab.programs.lab, "flood", "--interface", "eth0", "--next-hop", nextHop, "--source", lab.client.address,
            "--to", lab.internet.server, "--port", "\(port)", "--sessions", "\(sessions)", "--for-ms", "\(Int(duration.milliseconds))",
        ])
        let report = try JSON.decode(FloodReport.self, from: line)
        return Double(try await received() - before) / ((report.ended - report.began).milliseconds / 1000)
    }

    private func received() async throws -> Int {
        let text = try await lab.telkom.node.run(["cat", "/sys/class/net/wan/statistics/rx_packets"])
        guard let count = Int(text.filter(\.isNumber)) else { throw LabError("wan has no counter: \(text)") }
        return count
    }
}

extension Lab {
    /// Sessions that have had answers: until then each packet of one is new to conntrack, and that is another question.
    package func prepareFlood(sessions: Int) async throws -> FloodPath {
        let path = client.path()
        let handle = try await path.udpSessions(sessions, packetsPerSecond: 50)
        let hardware = try await router.node.run(["cat", "/sys/class/net/br0/address"]).filter { !$0.isWhitespace }
        // Seen both ways for a while, conntrack keeps them for two minutes.
        try await Task.sleep(for: .seconds(3))
        _ = try await handle.stop()
        return FloodPath(lab: self, port: handle.port, sessions: sessions, nextHop: hardware)
    }
}

extension Router {
    /// To be called when the daemon has been killed: what it left is what `setMarks` takes away and brings back.
    package func rememberMarks(_ backend: FirewallBackend) async throws {
        try await node.shell(
            """
            ip rule | sed -n 's/^\\(85[0-9][0-9]\\):/pref \\1/p' > \(folder)/rules
            [ -s \(folder)/rules ] || { echo 'uplinkd has left no routing rules' >&2; exit 1; }
            \(backend == .iptables
                ? "iptables-save -t mangle > \(folder)/mangle; grep -q UPLINKD \(folder)/mangle"
                : "nft list table inet uplinkd > \(folder)/table; grep -q 'ct mark' \(folder)/table")
            """)
    }

    package func setMarks(_ backend: FirewallBackend, rules: Bool, routing: Bool) async throws {
        let plain = "table inet plain { chain nat { type nat hook postrouting priority srcnat; oifname { eth0, usb0 } masquerade; }; }"
        let firewall =
            switch (backend, rules) {
            case (.iptables, true): "iptables-restore -w < \(folder)/mangle"
            // An empty table still costs: its hooks are there.
            case (.iptables, false): "iptables -w -t mangle -F; iptables -w -t mangle -X; nft delete table ip mangle 2>/dev/null || true"
            case (.nftables, true):
                "nft delete table inet plain 2>/dev/null || true; nft list table inet uplinkd >/dev/null 2>&1 || nft -f \(folder)/table"
            case (.nftables, false):
                "nft delete table inet uplinkd 2>/dev/null || true; nft list table inet plain >/dev/null 2>&1 || nft '\(plain)'"
            }
        try await node.shell(
            """
            \(firewall)
            ip rule | sed -n 's/^\\(85[0-9][0-9]\\):.*/\\1/p' | while read pref; do ip rule del pref $pref; done
            \(routing ? "while read rule; do ip rule add $rule; done < \(folder)/rules" : "")
            """)
    }
}
