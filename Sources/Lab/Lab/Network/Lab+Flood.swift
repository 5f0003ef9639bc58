/// Small packets through the router, as many as it forwards. They are dropped as soon as they are out of it: what is behind would be
/// measured as well.
package struct FloodPath: Sendable {
    /// From the first client by telkom, or to it.
    package enum Way: Sendable, CaseIterable { case out, back }

    let lab: Lab
    let port: Int
    let sessions: Int

    /// From now on neither telkom's gateway nor the client takes anything from the router: its packets are for other hardware addresses.
    package func begin() async throws {
        let nobody = "lladdr 02:00:00:00:00:99 nud permanent"
        let wan = Addresses.telkom.interface
        try await lab.router.node.shell(
            """
            ip neigh replace \(Addresses.telkom.gateway) dev \(wan) \(nobody)
            ip neigh replace \(lab.client.address) dev br0 \(nobody)
            """)
        // The sender has a processor of its own; on a machine with one it counts, too.
        guard ManyWANs.processors > 1 else { return }
        let mask = String(1 << (ManyWANs.processors - 1), radix: 16)
        try await lab.router.node.shell(
            "for interface in lan1 \(wan); do echo \(mask) > /sys/class/net/$interface/queues/rx-0/rps_cpus; done")
    }

    package func packetsPerSecond(_ way: Way, for duration: Duration) async throws -> Double {
        let client = lab.client
        let (sender, receiver, interfaces, entrance) =
            way == .out
            ? (client.node, lab.telkom.node, ("eth0", "wan"), "br0") : (lab.telkom.node, client.node, ("wan", "eth0"), "eth0")
        let addresses =
            way == .out
            ? ["--source", client.address, "--to", lab.internet.server]
            : ["--source", lab.internet.server, "--to", Addresses.telkom.address, "--back"]
        let nextHop = try await lab.router.node.run(["cat", "/sys/class/net/\(entrance)/address"]).filter { !$0.isWhitespace }
        let before = try await received(receiver, interfaces.1)
        let line = try await sender.run(
            [
                "taskset", "-c", "0", lab.programs.lab, "flood", "--interface", interfaces.0, "--next-hop", nextHop, "--port", "\(port)",
                "--sessions", "\(sessions)", "--for-ms", "\(Int(duration.milliseconds))",
            ] + addresses)
        let report = try JSON.decode(FloodReport.self, from: line)
        let forwarded = try await received(receiver, interfaces.1) - before
        // Otherwise something else was measured: packets that the router dropped, for want of a session or of a route.
        guard forwarded * 10 > report.sent * 9 else { throw LabError("\(report.sent) packets were sent, and \(forwarded) forwarded") }
        return Double(forwarded) / ((report.ended - report.began).milliseconds / 1000)
    }

    private func received(_ node: Node, _ interface: String) async throws -> Int {
        let text = try await node.run(["cat", "/sys/class/net/\(interface)/statistics/rx_packets"])
        guard let count = Int(text.filter(\.isNumber)) else { throw LabError("\(interface) has no counter: \(text)") }
        return count
    }
}

extension Lab {
    /// Sessions that have had answers: until then each packet of one is new to conntrack, and that is another question.
    package func prepareFlood(sessions: Int) async throws -> FloodPath {
        let path = client.path()
        let handle = try await path.udpSessions(sessions, packetsPerSecond: 50)
        // Seen both ways for a while, conntrack keeps them for two minutes.
        try await Task.sleep(for: .seconds(3))
        _ = try await handle.stop()
        return FloodPath(lab: self, port: handle.port, sessions: sessions)
    }
}

extension Router {
    /// To be called when the daemon has been killed: what it left is what `setMarks` takes away and brings back.
    /// - Returns: whether there is a fast path as well.
    package func rememberMarks(_ backend: FirewallBackend) async throws -> Bool {
        try await node.shell(
            """
            ip rule | sed -n 's/^\\(85[0-9][0-9]\\):/pref \\1/p' > \(folder)/rules
            [ -s \(folder)/rules ] || { echo 'uplinkd has left no routing rules' >&2; exit 1; }
            \(backend == .iptables
                ? """
                for table in mangle filter; do iptables-save -t $table | grep -v '^:.* ACCEPT'; done > \(folder)/mangle
                grep -q UPLINKD \(folder)/mangle
                """
                : "nft list table inet uplinkd > \(folder)/table; grep -q 'ct mark' \(folder)/table")
            """)
        guard backend == .nftables else { return false }
        return try await node.shell("nft list table inet uplinkd_fastpath > \(folder)/fast 2>/dev/null && echo yes || echo no").contains(
            "yes")
    }

    /// An empty table still costs: its hooks are there.
    private static let noMangle = ["mangle", "filter"].map {
        "iptables -w -t \($0) -F; iptables -w -t \($0) -X; nft delete table ip \($0) 2>/dev/null || true"
    }.joined(separator: "; ")

    package func setMarks(_ backend: FirewallBackend, rules: Bool, routing: Bool, isFast: Bool) async throws {
        let plain = "table inet plain { chain nat { type nat hook postrouting priority srcnat; oifname { eth0, usb0 } masquerade; }; }"
        let firewall =
            switch (backend, rules) {
            // Without naming the kernel's own chains: that would make hooks of all five, and each costs.
            case (.iptables, true): "\(Self.noMangle); iptables-restore -w --noflush < \(folder)/mangle"
            case (.iptables, false): Self.noMangle
            case (.nftables, true):
                "nft delete table inet plain 2>/dev/null || true; nft list table inet uplinkd >/dev/null 2>&1 || nft -f \(folder)/table"
            case (.nftables, false):
                "nft delete table inet uplinkd 2>/dev/null || true; nft list table inet plain >/dev/null 2>&1 || nft '\(plain)'"
            }
        try await node.shell(
            """
            nft delete table inet uplinkd_fastpath 2>/dev/null || true
            \(firewall)
            \(isFast ? "nft -f \(folder)/fast" : "")
            ip rule | sed -n 's/^\\(85[0-9][0-9]\\):.*/\\1/p' | while read pref; do ip rule del pref $pref; done
            \(routing ? "while read rule; do ip rule add $rule; done < \(folder)/rules" : "")
            """)
    }
}
