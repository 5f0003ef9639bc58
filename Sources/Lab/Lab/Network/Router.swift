/// The box in the middle: what the daemon runs on, with everything that people and programs other than the daemon do to it.
package struct Router: Sendable {
    package let node: Node
    let metrics: DHCPMetrics
    /// The lab's.
    let folder: String
    /// IPv6 addresses and routes come by advertisement.
    let isAdvertisedTo: Bool

    /// What a DHCP client sets when it gets a lease.
    func lease(_ provider: Provider, metric: Int? = nil) async throws {
        try await Command.script(Topology.batch(leaseCommands(provider, metric: metric), in: node.namespace))
    }

    func leaseCommands(_ provider: Provider, metric: Int? = nil) -> [String] {
        Topology.up(provider.interface) + [
            "address replace \(provider.address)/24 dev \(provider.interface)",
            // `append`: two routes of metric 0 have the same key, and `add` would refuse the second.
            "route append " + dhcpRoute(provider, metric: metric),
        ] + Topology.addresses6([Provider.linkLocalAddress], dev: provider.interface)
            // The token is the lower half of the address that the advertised prefix leads to; setting it asks for an advertisement.
            + (isAdvertisedTo ? ["token set \(Provider.token6) dev \(provider.interface)"] : static6(provider))
    }

    /// As advertisements would lead it: by the gateway's link-local address.
    private func static6(_ provider: Provider) -> [String] {
        Topology.addresses6([provider.address6], dev: provider.interface)
            + ["route replace ::/0 via \(Provider.linkLocalGateway) dev \(provider.interface) metric \(metrics.metric(provider) + 1024)"]
    }

    func dhcpRoute(_ provider: Provider, gateway: String? = nil, metric: Int? = nil) -> String {
        "default via \(gateway ?? provider.gateway) dev \(provider.interface) proto dhcp metric \(metric ?? metrics.metric(provider))"
    }

    /// Failover without a daemon: the DHCP clients' two routes as they are, masquerade, and the kernel's own notice of a cut cable.
    /// Everything that the daemon improves on is measured against this.
    package func useStaticRoutes(_ variant: IPTables = .nft, ignoreRoutesWithLinkDown: Bool = true) async throws {
        try await node.shell(
            """
            echo 1 > /proc/sys/net/ipv4/ip_forward
            for interface in eth0 usb0; do
                echo \(ignoreRoutesWithLinkDown ? 1 : 0) > /proc/sys/net/ipv4/conf/$interface/ignore_routes_with_linkdown
                echo 2 > /proc/sys/net/ipv4/conf/$interface/rp_filter
            done
            """)
        try await masquerade(variant)
    }

    /// By hand, without the daemon.
    package func masquerade(_ variant: IPTables) async throws {
        try await node.shell(
            """
            for interface in eth0 usb0; do
                \(variant.program) -w -t nat -A POSTROUTING -o $interface -j MASQUERADE
                \(variant.program6) -w -t nat -A POSTROUTING -o $interface -j MASQUERADE
            done
            """)
    }

    /// Somebody's firewall script. It takes the daemon's rules with it.
    @discardableResult
    package func flushNAT(_ variant: IPTables = .nft) async throws -> FaultTime {
        try await node.timed("\(variant.program) -w -t nat -F")
    }

    /// The same for IPv6.
    @discardableResult
    package func flushNAT6(_ variant: IPTables = .nft) async throws -> FaultTime {
        try await node.timed("\(variant.program6) -w -t nat -F")
    }

    /// The daemon's marks go with it.
    @discardableResult
    package func flushMangle(_ variant: IPTables = .nft) async throws -> FaultTime {
        try await node.timed("\(variant.program) -w -t mangle -F")
    }

    /// The rules of the mangle table as `iptables -S` prints them.
    package func mangleRules(_ variant: IPTables = .nft) async throws -> [String] {
        try await node.run([variant.program, "-w", "-t", "mangle", "-S"]).split(separator: "\n").map(String.init)
    }

    /// The rules of the nat table as `iptables -S` prints them.
    package func natRules(_ variant: IPTables = .nft) async throws -> [String] {
        try await node.run([variant.program, "-w", "-t", "nat", "-S"]).split(separator: "\n").map(String.init)
    }

    /// `ip route del default …`: the best default route by that interface, whoever made it.
    @discardableResult
    package func deleteDefaultRoute(by provider: Provider) async throws -> FaultTime {
        guard let route = try await defaultRoutes().first(where: { $0.dev == provider.interface }) else {
            throw LabError("the router has no default route by \(provider.interface)")
        }
        return try await node.timed("ip -N route del \(route)")
    }

    /// Somebody's default route that beats everybody's: metric 0.
    @discardableResult
    package func addDefaultRoute(by provider: Provider, metric: Int = 0) async throws -> FaultTime {
        try await node.timed("ip route add default via \(provider.gateway) dev \(provider.interface) metric \(metric)")
    }

    /// Undoes `addDefaultRoute`.
    package func removeAddedDefaultRoute(by provider: Provider, metric: Int = 0) async throws {
        try await node.run([
            "ip", "route", "del", "default", "via", provider.gateway, "dev", provider.interface, "proto", "boot", "metric", "\(metric)",
        ])
    }

    /// Of the main table, the kernel's favourite first.
    package func defaultRoutes(over family: IPFamily = .ipv4) async throws -> [DefaultRoute] {
        // -N: the daemon's protocol is a number here, whether or not the box knows a name for it.
        let text = try await node.run(["ip", family.of("-4", "-6"), "-N", "-j", "route", "show", "default"])
        return try JSON.decode([DefaultRoute].self, from: text).sorted { ($0.metric ?? 0) < ($1.metric ?? 0) }
    }

    /// An advertised route that is over isn't used any longer, but the kernel deletes it, and tells of it, only when it looks: every 30 s. This
    /// makes it look now.
    package func forgetExpiredRoutes() async throws {
        try await node.shell("echo 0 > /proc/sys/net/ipv6/route/flush")
    }

    /// Which way a packet of the router's own would take: `eth0`. nil: there is none.
    package func interface(towards address: String) async throws -> String? {
        let text = try await node.shell("ip -j route get \(address) 2>/dev/null || true")
        guard !text.isEmpty else { return nil }
        return try JSON.decode([DefaultRoute].self, from: text).first?.dev
    }

    package func interfaceIndex(_ name: String) async throws -> Int {
        let text = try await node.run(["cat", "/sys/class/net/\(name)/ifindex"])
        guard let index = Int(text.filter(\.isNumber)) else { throw LabError("\(name) has no index: \(text)") }
        return index
    }

    /// Watches until everything of the daemon's is in the kernel: routes, rules, masquerade for both WANs.
    package func untilReconciled(within: Duration = .seconds(20)) async throws -> FaultTime {
        try await node.timed(
            """
            end=$(($(date +%s) + \(within.components.seconds)))
            until [ "$(ip -N route show default proto 85 | wc -l)" -ge 2 ] && [ "$(ip -N rule | grep -c 'lookup 850')" -ge 2 ] &&
                [ "$(iptables -w -t nat -S UPLINKD_NAT 2>/dev/null | grep -c MASQUERADE)" -ge 2 ]; do
                [ $(date +%s) -lt $end ] || { echo 'uplinkd did not finish its work in time' >&2; exit 1; }
            done
            """)
    }

    /// Everything that a person would look at first. Attached to failures.
    package func picture() async throws -> String {
        try await node.shell(
            """
            exec 2>&1
            set +e
            echo '$ ip -brief address'; ip -brief address
            echo '$ ip rule'; ip rule
            echo '$ ip -6 rule'; ip -6 rule
            echo '$ ip route show table all (unicast)'; ip route show table all type unicast
            echo '$ ip -6 route show table all (unicast)'; ip -6 route show table all type unicast
            echo '$ iptables -t nat -S'; iptables -w -t nat -S
            echo '$ iptables -t mangle -S'; iptables -w -t mangle -S
            echo '$ iptables-legacy -t nat -S'; iptables-legacy -w -t nat -S
            echo '$ ip6tables -t nat -S'; ip6tables -w -t nat -S
            echo '$ nft list table inet uplinkd'; nft list table inet uplinkd
            echo '$ ip neigh'; ip neigh
            true
            """)
    }
}

/// A default route as `ip -N -j route` shows it.
package struct DefaultRoute: Decodable, Equatable, Sendable, CustomStringConvertible {
    package var gateway: String?
    package var dev: String
    /// A number as text: 16 is a DHCP client's, 85 the daemon's.
    package var `protocol`: String?
    package var metric: Int?
    package var flags: [String]?

    package var isOurs: Bool { self.protocol == "85" }

    package var description: String {
        "default" + (gateway.map { " via \($0)" } ?? "") + " dev \(dev)" + (self.protocol.map { " proto \($0)" } ?? "")
            + " metric \(metric ?? 0)"
    }
}

package enum IPTables: String, Sendable, CaseIterable {
    case nft, legacy

    package var program: String { "iptables-\(rawValue)" }
    package var program6: String { "ip6tables-\(rawValue)" }
}
