/// A provider's box, between the router and the Internet, with all that can go wrong on the way there. Each fault has its undo.
package struct ISP: Sendable {
    package let provider: Provider
    package let node: Node
    let router: Router
    let topology: Topology
    let relay: RelayKeeper
    let advertiser: AdvertiserKeeper

    static let silence = IPFamily.allCases.map { forwarding(false, $0) }.joined(separator: "; ")
    static let restore = IPFamily.allCases.map { forwarding(true, $0) }.joined(separator: "; ")

    private static func forwarding(_ isOn: Bool, _ family: IPFamily) -> String {
        "echo \(isOn ? 1 : 0) > /proc/sys/net/\(family.of("ipv4/ip_forward", "ipv6/conf/all/forwarding"))"
    }

    /// Pulls the plug out of the provider's end: the router's interface loses its carrier and keeps its address.
    @discardableResult
    package func cutCable() async throws -> FaultTime {
        try await node.timed("ip link set wan down")
    }

    @discardableResult
    package func plugCable() async throws -> FaultTime {
        try await node.timed((["link set wan up"] + Topology.accessCommands6(provider)).map { "ip \($0)" }.joined(separator: "; "))
    }

    /// Nothing passes beyond the gateway, which answers as before and says nothing about it: a dead backbone, an unpaid bill.
    /// (With forwarding off the kernel drops transit packets without an ICMP error: ip_error() in net/ipv4/route.c, ip6_forward() in
    /// net/ipv6/ip6_output.c.)
    @discardableResult
    package func silenceUpstream() async throws -> FaultTime {
        try await node.timed(Self.silence)
    }

    @discardableResult
    package func restoreUpstream() async throws -> FaultTime {
        try await node.timed(Self.restore)
    }

    /// The same, of one family alone.
    @discardableResult
    package func silenceUpstream(of family: IPFamily) async throws -> FaultTime {
        try await node.timed(Self.forwarding(false, family))
    }

    @discardableResult
    package func restoreUpstream(of family: IPFamily) async throws -> FaultTime {
        try await node.timed(Self.forwarding(true, family))
    }

    /// Packets of more than so many bytes are lost on the way to the customer and back, and no router says so. By pings that may be taken apart nobody
    /// sees it: the provider does so.
    /// - Parameter isInterface: both ends of the line know it, so the customer sends none that is longer.
    @discardableResult
    package func shrinkPath(to bytes: Int, isInterface: Bool = false) async throws -> FaultTime {
        let silence = """
            iptables -w -I OUTPUT -p icmp --icmp-type destination-unreachable -j DROP
            ip6tables -w -I OUTPUT -p icmpv6 --icmpv6-type packet-too-big -j DROP

            """
        if isInterface {
            try await router.node.shell("ip link set \(provider.interface) mtu \(bytes)")
            return try await node.timed(silence + "ip link set wan mtu \(bytes)")
        }
        // Not by the interface: a veth whose other end takes less tells the sender that its queue is full.
        return try await node.timed(
            silence + """
                iptables -w -t raw -A PREROUTING -i wan -m length --length \(bytes + 1):65535 -j DROP
                ip6tables -w -t raw -A PREROUTING -i wan -m length --length \(bytes + 1):65535 -j DROP
                ip route add \(provider.address)/32 dev wan mtu lock \(bytes)
                ip -6 route add \(provider.address6)/128 dev wan mtu lock \(bytes)
                """)
    }

    /// Undoes it.
    @discardableResult
    package func widenPath() async throws -> FaultTime {
        try await router.node.shell("ip link set \(provider.interface) mtu 1500")
        return try await node.timed(
            """
            for program in iptables ip6tables; do $program -w -F OUTPUT; $program -w -t raw -F PREROUTING; done
            ip route del \(provider.address)/32 dev wan 2>/dev/null; ip -6 route del \(provider.address6)/128 dev wan 2>/dev/null
            ip link set wan mtu 1500
            """)
    }

    /// Nothing answers any more, not even ARP, but the carrier stays: a crashed modem, a switch between it and us.
    @discardableResult
    package func killGateway() async throws -> FaultTime {
        // The drop comes first: it cuts traffic both ways, since all of it arrives by one of this box's interfaces. But for the gateway's
        // own advertisements.
        try await node.timed(
            """
            iptables -w -t raw -I PREROUTING -j DROP; ip6tables -w -t raw -I PREROUTING -j DROP; ip link set wan arp off
            ip6tables -w -t raw -I OUTPUT -o wan -j DROP
            """)
    }

    @discardableResult
    package func reviveGateway() async throws -> FaultTime {
        try await node.timed(
            """
            ip6tables -w -t raw -D OUTPUT -o wan -j DROP
            ip link set wan arp on; iptables -w -t raw -D PREROUTING -j DROP; ip6tables -w -t raw -D PREROUTING -j DROP
            """)
    }

    /// A bad line: each packet of that direction is lost with this likelihood, also those to and from the gateway.
    @discardableResult
    package func lose(percent: Double, _ direction: Direction = .both) async throws -> FaultTime {
        guard (0...100).contains(percent) else { throw LabError("a loss of \(percent) %") }
        let chance = "-m statistic --mode random --probability \(percent / 100) -j DROP"
        return try await node.timed(direction.rules(chance, action: "-A").joined(separator: "; "))
    }

    /// The provider drops the pings that its customers send through it, and lets all else pass.
    @discardableResult
    package func dropPings() async throws -> FaultTime {
        try await node.timed("iptables -w -t mangle -A FORWARD -i wan -p icmp --icmp-type echo-request -j DROP")
    }

    /// An uplink with a queue: no more than so much gets out to the Internet, up to so many packets wait for that, and what is more is lost. What comes in
    /// isn't held back. (Both ends know each other for good: their addresses would be asked for by the same queue, and given up.)
    @discardableResult
    package func limitUplink(kilobits: Int, queue packets: Int) async throws -> FaultTime {
        try await node.timed(
            """
            ping -c 1 -W 1 \(provider.transfer.internet) >/dev/null
            ping -c 1 -W 1 \(provider.transfer6.internet) >/dev/null
            for family in 4 6; do
                ip -$family neigh show dev core | grep lladdr | while read -r address _ hardware _; do
                    ip -$family neigh replace "$address" lladdr "$hardware" dev core nud permanent
                done
                ip -$family -n \(topology.internet) neigh show dev \(provider.name) | grep lladdr | while read -r address _ hardware _; do
                    ip -$family -n \(topology.internet) neigh replace "$address" lladdr "$hardware" dev \(provider.name) nud permanent
                done
            done
            tc qdisc replace dev core root handle 1: tbf rate \(kilobits)kbit burst 3200 limit \(packets * 1450)
            tc qdisc replace dev core parent 1:1 handle 10: pfifo limit \(packets)
            """)
    }

    @discardableResult
    package func unlimitUplink() async throws -> FaultTime { try await node.timed("tc qdisc del dev core root") }

    /// Pings pass, and no packet of these from the customer does: a firewall that has run full, a blocked port.
    @discardableResult
    package func swallow(_ what: Swallowed) async throws -> FaultTime {
        let rules = ["iptables", "ip6tables"].map { "\($0) -w -t mangle -A PREROUTING -i wan \(what.match) -j DROP" }
        return try await node.timed(rules.joined(separator: "; "))
    }

    /// Undoes every `lose` and `swallow`, and `dropPings`.
    @discardableResult
    package func loseNothing() async throws -> FaultTime {
        try await node.timed("iptables -w -t mangle -F; ip6tables -w -t mangle -F")
    }

    /// The USB modem is gone, with its address and its routes.
    @discardableResult
    package func unplugModem() async throws -> FaultTime {
        try await router.node.timed("ip link del \(provider.interface)")
    }

    /// It is back under the same name with another index, and a moment later its lease.
    @discardableResult
    package func replugModem(metric: Int? = nil) async throws -> FaultTime {
        let began = Moment.now
        // From the host's namespace, as when the lab was built: both ends appear where they belong.
        try await Command.script(
            Topology.batch([topology.pair(provider)])
                + Topology.batch(Topology.accessCommands(provider), in: node.namespace))
        try await router.lease(provider, metric: metric)
        return FaultTime(began: began, ended: .now)
    }

    /// The provider moves its customers to another gateway, another box with another hardware address: the old one is gone at once.
    /// With `renew` the DHCP client hears of it and replaces its route; otherwise nobody tells the router.
    @discardableResult
    package func moveGateway(renew: Bool = true) async throws -> FaultTime {
        try await changeGateway(from: provider.gateway, to: provider.otherGateway, hardware: Provider.otherHardware, renew: renew)
    }

    @discardableResult
    package func moveGatewayBack(renew: Bool = true) async throws -> FaultTime {
        try await changeGateway(from: provider.otherGateway, to: provider.gateway, hardware: Provider.hardware, renew: renew)
    }

    private func changeGateway(from old: String, to new: String, hardware: String, renew: Bool) async throws -> FaultTime {
        let times = try await node.timed(
            "ip address del \(old)/24 dev wan; ip link set wan address \(hardware); ip address add \(new)/24 dev wan")
        if renew { try await renewLease(gateway: new) }
        return times
    }

    /// What the DHCP client does when it hears of the new gateway: the new route first, then the old one goes.
    package func renewLease(gateway: String) async throws {
        let old = gateway == provider.gateway ? provider.otherGateway : provider.gateway
        let commands = [
            "route append \(router.dhcpRoute(provider, gateway: gateway))", "route del \(router.dhcpRoute(provider, gateway: old))",
        ]
        try await Command.script(Topology.batch(commands, in: router.node.namespace))
    }

    /// Packets that were dropped here because their source isn't the customer's.
    package func spoofedPackets() async throws -> Int {
        let text = try await node.run(["cat", "/proc/net/netstat"])
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }.map { $0.split(separator: " ") }
        guard lines.count == 2, let column = lines[0].firstIndex(of: "IPReversePathFilter"), column < lines[1].count,
            let count = Int(lines[1][column])
        else { throw LabError("no IPReversePathFilter in /proc/net/netstat") }
        return count
    }
}

package enum Swallowed: Sendable {
    /// What begins a connection, to any port or to this one.
    case connections
    case connectionsTo(port: Int)
    /// What is asked of any resolver, the gateway's included.
    case names
    /// The gateway's own resolver alone is dead.
    case namesOfGateway

    fileprivate var match: String {
        switch self {
        case .connections: "-p tcp --syn"
        case .connectionsTo(let port): "-p tcp --syn --dport \(port)"
        case .names: "-p udp --dport 53"
        case .namesOfGateway: "-p udp --dport 53 -m addrtype --dst-type LOCAL"
        }
    }
}

/// As the customer sees it.
package enum Direction: Sendable, CaseIterable {
    case up, down, both

    func rules(_ rule: String, action: String) -> [String] {
        let up = "PREROUTING -i wan"
        let down = "POSTROUTING -o wan"
        let places =
            switch self {
            case .up: [up]
            case .down: [down]
            case .both: [up, down]
            }
        return ["iptables", "ip6tables"].flatMap { program in places.map { "\(program) -w -t mangle \(action) \($0) \(rule)" } }
    }
}
