/// Faults, repairs and rough hands by chance, while clients have traffic; and what has to hold all the same:
///
/// - There is a usable default route while a WAN has a gateway, at every moment.
/// - No WAN has two of ours for longer than a replacement takes.
/// - What is somebody else's stays as it was.
/// - Nothing leaves un-NATed (`Lab.with` looks at that at its end).
/// - Once all is whole again, so is the box: the same routes, rules and firewall as before.
///
/// The same seed does the same things in the same order. How long they take is the machine's.
package struct Chaos: Sendable {
    private var chance: Chance
    private var struck: [(deed: Deed, isp: ISP)] = []
    private let tell: @Sendable (String) -> Void

    package init(seed: UInt64, tell: @escaping @Sendable (String) -> Void = { _ in }) {
        chance = Chance(seed)
        self.tell = tell
    }

    /// - Parameter isOver: asked after each deed, with how many there have been.
    package mutating func run(_ lab: Lab, _ daemon: Daemon, until isOver: (Int) -> Bool) async throws {
        try await addForeignState(lab)
        let before = try await picture(lab, daemon)
        var count = 0
        while !isOver(count) {
            try await act(lab, daemon)
            count += 1
            try await check(lab)
            try await Task.sleep(for: .milliseconds(50 + Int(chance.below(1500))))
            try await check(lab)
        }
        tell("quiet")
        for (deed, isp) in struck.reversed() { try await deed.undo(isp) }
        struck = []
        try await lab.eventually("after \(count) deeds the box is as it was before", within: .seconds(240)) {
            let now = try await picture(lab, daemon)
            guard now == before else { throw LabError(difference(before, now)) }
            return true
        }
        try await lab.eventually("clients get through by telkom") { try await lab.client.wayOut()?.name == Addresses.telkom.name }
    }

    private mutating func act(_ lab: Lab, _ daemon: Daemon) async throws {
        let isp = chance.below(2) == 0 ? lab.telkom : lab.smartfren
        if let place = struck.firstIndex(where: { $0.isp.provider.name == isp.provider.name }), chance.below(3) < 2 {
            let (deed, isp) = struck.remove(at: place)
            tell("\(isp.provider.name): \(deed) is over")
            return try await deed.undo(isp)
        }
        let isWhole = !struck.contains { $0.isp.provider.name == isp.provider.name }
        let deeds = isWhole ? Deed.faults.filter { $0.isPossible(at: isp) } + Deed.moments : Deed.moments
        let deed = deeds[Int(chance.below(UInt64(deeds.count)))]
        tell("\(isp.provider.name): \(deed)")
        if Deed.faults.contains(deed) {
            try await deed.strike(isp)
            struck.append((deed, isp))
        } else {
            try await deed.happen(lab, daemon, at: isp)
        }
    }

    // MARK: what has to hold

    private func check(_ lab: Lab) async throws {
        // A modem that comes back has no route for a moment, and ours is replaced by two operations: a look in between isn't the last word.
        try await lab.eventually("there is a usable default route, and of ours one by each WAN at most", within: .seconds(10)) {
            let routes = try await lab.router.defaultRoutes()
            let ours = routes.filter(\.isOurs).map(\.dev)
            guard Set(ours).count == ours.count else { throw LabError("two by one WAN: \(routes)") }
            guard routes.isEmpty else { return true }
            // Both may be without one: the modem is gone, and somebody has the other one's lease.
            throw LabError("there is no default route")
        }
    }

    private func addForeignState(_ lab: Lab) async throws {
        try await lab.router.node.shell(
            """
            ip route add 198.18.0.0/15 via \(Addresses.client(1)) dev br0 metric 50 proto static
            ip rule add pref 12345 from 198.18.0.1 lookup 99
            iptables -w -t filter -A FORWARD -s 198.18.0.9 -m comment --comment 'somebody else' -j DROP
            nft add table inet somebody
            """)
    }

    /// All that the daemon keeps, and all that it must leave alone; less what says how often, since when and by which number.
    private func picture(_ lab: Lab, _ daemon: Daemon) async throws -> [String] {
        let status = try await daemon.status()
        try lab.require("telkom is selected", status.selection.wan == Addresses.telkom.name)
        let text = try await lab.router.node.shell(
            """
            ip -N rule; ip -N -6 rule
            ip -N route show table all; ip -N -6 route show table all | grep default
            for table in filter nat mangle; do iptables -w -t $table -S; ip6tables -w -t $table -S; done
            nft list table inet somebody
            sysctl net.ipv4.ip_forward net.ipv4.conf.eth0.rp_filter net.ipv4.conf.eth0.ignore_routes_with_linkdown
            """)
        // What is advertised has an end that comes nearer.
        return text.split(separator: "\n").map { line in
            line.split(separator: " ").filter { !$0.hasPrefix("expires") && !$0.hasSuffix("sec") && !$0.hasPrefix("hoplimit") }
                .joined(separator: " ")
        }.sorted()
    }

    private func difference(_ before: [String], _ now: [String]) -> String {
        let gone = before.filter { !now.contains($0) }.map { "- \($0)" }
        return (gone + now.filter { !before.contains($0) }.map { "+ \($0)" }).joined(separator: "\n")
    }
}

/// The same numbers for the same seed (SplitMix64).
private struct Chance: Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func below(_ limit: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return (number ^ (number >> 31)) % limit
    }
}
