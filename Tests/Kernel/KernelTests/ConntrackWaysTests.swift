import Glibc
import LinuxKernel
import Model
import Testing

/// Sessions that began while masquerade was missing, between real interfaces with real routes.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct ConntrackWaysTests {
    let bench: ConntrackBench
    let places: Places

    init() throws {
        bench = try ConntrackBench()
        places = try Places()
    }

    /// Two LANs, two WANs and a VPN; torn down with the test.
    final class Places {
        static let names = ["lan0", "lan1", "wan0", "wan1", "vpn0"]

        init() throws {
            for name in Self.names {
                try ip("link", "add", name, "type", "veth", "peer", "name", "c\(name)")
                try run(["sysctl", "-qw", "net.ipv4.conf.\(name).forwarding=1", "net.ipv6.conf.\(name).forwarding=1"])
                try ip("link", "set", name, "up")
                try ip("link", "set", "c\(name)", "up")
            }
            let commands = """
                addr add 192.168.7.1/24 dev lan0
                addr add fd00:7::1/64 dev lan0 nodad
                addr add 192.168.8.1/24 dev lan1
                addr add fd00:8::1/64 dev lan1 nodad
                addr add 100.64.1.2/24 dev wan0
                addr add 2001:db8:1::2/64 dev wan0 nodad
                addr add 100.64.2.2/24 dev wan1
                addr add 2001:db8:2::2/64 dev wan1 nodad
                addr add 10.99.0.1/24 dev vpn0
                addr add fd00:99::1/64 dev vpn0 nodad
                route add default via 100.64.1.1 dev wan0
                route add default via 2001:db8:1::1 dev wan0
                route add 10.98.0.0/16 via 10.99.0.2 dev vpn0
                route add fd00:98::/64 via fd00:99::2 dev vpn0
                route add 192.168.70.0/24 via 192.168.7.2 dev lan0
                route add fd00:70::/64 via fd00:7::2 dev lan0
                route add unreachable 198.51.100.0/24
                route add default via 100.64.2.1 dev wan1 table 8502
                route add default via 10.99.0.2 dev vpn0 table 99
                rule add pref 8502 fwmark 0x2000000/0xf000000 lookup 8502
                rule add pref 99 from 192.168.7.99 lookup 99
                -6 route add default via 2001:db8:2::1 dev wan1 table 8502
                -6 route add default via fd00:99::2 dev vpn0 table 99
                -6 rule add pref 8502 fwmark 0x2000000/0xf000000 lookup 8502
                -6 rule add pref 99 from fd00:7::99 lookup 99
                """
            for line in commands.split(separator: "\n") { try run(["ip"] + line.split(separator: " ").map(String.init)) }
        }

        deinit {
            do {
                for name in Self.names { try ip("link", "del", name) }
                for family in ["-4", "-6"] {
                    for preference in ["8502", "99"] { try ip(family, "rule", "del", "pref", preference) }
                }
                try ip("route", "del", "unreachable", "198.51.100.0/24")
            } catch { Issue.record(error) }
        }
    }

    func names(_ names: String...) throws -> [InterfaceName] {
        try names.map { try #require(InterfaceName($0)) }
    }

    static let tcp = ConntrackTests.tcp

    /// By where they go. `wan` is that of a session that nobody can answer.
    static let v4: [(session: String, wan: String?)] = [
        ("-s 192.168.7.10 -d 203.0.113.9 \(tcp)", "wan0"),
        ("-s 192.168.7.11 -d 203.0.113.9 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 7", "wan0"),
        ("-s 192.168.8.10 -d 203.0.113.9 \(tcp) --mark 0x400", "wan0"),
        // With a mark, by the rule for it, whatever its other bits are.
        ("-s 192.168.7.12 -d 203.0.113.9 \(tcp) --mark 0x2000000", "wan1"),
        ("-s 192.168.7.13 -d 203.0.113.9 \(tcp) --mark 0x2000400", "wan1"),
        ("-s 192.168.7.14 -d 203.0.113.9 \(tcp) --mark 0x1000000", "wan0"),
        // Behind another router of the LAN.
        ("-s 192.168.70.10 -d 203.0.113.9 \(tcp)", "wan0"),
        // Diverted elsewhere on the Internet.
        ("-s 192.168.7.15 -d 203.0.113.9 \(tcp) --dst-nat 203.0.113.10", "wan0"),

        // Masqueraded.
        ("-s 192.168.7.16 -d 203.0.113.9 \(tcp) --src-nat 100.64.1.2", nil),
        ("-s 192.168.7.17 -d 203.0.113.9 \(tcp) --src-nat 100.64.2.2 --mark 0x2000000", nil),
        // To another LAN, to the box, to nowhere.
        ("-s 192.168.7.18 -d 192.168.8.20 \(tcp)", nil),
        ("-s 192.168.7.19 -d 192.168.70.20 \(tcp)", nil),
        ("-s 192.168.7.20 -d 192.168.7.1 \(tcp)", nil),
        ("-s 192.168.7.21 -d 100.64.1.2 \(tcp)", nil),
        ("-s 192.168.7.22 -d 198.51.100.9 \(tcp)", nil),
        // Diverted to the LAN or to the box: a resolver, a proxy.
        ("-s 192.168.7.23 -d 203.0.113.9 \(tcp) --dst-nat 192.168.8.53", nil),
        ("-s 192.168.7.24 -d 203.0.113.9 \(tcp) --dst-nat 192.168.7.1", nil),
        // By the VPN, by route or by rule, and from there.
        ("-s 192.168.7.25 -d 10.98.1.1 \(tcp)", nil),
        ("-s 192.168.7.99 -d 203.0.113.9 \(tcp)", nil),
        ("-s 10.99.0.7 -d 203.0.113.9 \(tcp)", nil),
        // From outside: a port forward, a service of the box's.
        ("-s 203.0.113.20 -d 100.64.1.2 \(tcp) --dst-nat 192.168.7.80", nil),
        ("-s 203.0.113.21 -d 100.64.1.2 \(tcp)", nil),
        ("-s 203.0.113.22 -d 100.64.2.2 \(tcp) --dst-nat 192.168.7.80 --mark 0x2000000", nil),
        // The box's own.
        ("-s 100.64.1.2 -d 203.0.113.11 \(tcp)", nil),
    ]

    static let v6: [(session: String, wan: String?)] = [
        ("-s fd00:7::10 -d 2001:db8:9::9 \(tcp)", "wan0"),
        ("-s fd00:7::11 -d 2001:db8:9::9 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 7", "wan0"),
        ("-s fd00:7::12 -d 2001:db8:9::9 \(tcp) --mark 0x2000400", "wan1"),
        ("-s fd00:70::10 -d 2001:db8:9::9 \(tcp)", "wan0"),
        ("-s fd00:7::16 -d 2001:db8:9::9 \(tcp) --src-nat 2001:db8:1::2", nil),
        ("-s fd00:7::18 -d fd00:8::20 \(tcp)", nil),
        ("-s fd00:7::20 -d fd00:7::1 \(tcp)", nil),
        ("-s fd00:7::21 -d 2001:db8:1::2 \(tcp)", nil),
        ("-s fd00:7::25 -d fd00:98::1 \(tcp)", nil),
        ("-s fd00:7::99 -d 2001:db8:9::9 \(tcp)", nil),
        ("-s fd00:99::7 -d 2001:db8:9::9 \(tcp)", nil),
        ("-s 2001:db8:9::20 -d 2001:db8:1::2 \(tcp) --dst-nat fd00:7::80", nil),
        ("-s 2001:db8:1::2 -d 2001:db8:9::11 \(tcp)", nil),
    ]

    @Test("what leaves by a WAN with a source of the LAN's goes, and nothing else", arguments: [IPFamily.v4, .v6])
    func unmasqueraded(_ family: IPFamily) async throws {
        let (own, other) = family == .v4 ? (Self.v4, Self.v6) : (Self.v6, Self.v4)
        try await bench.check(
            .unmasqueraded(
                family, lan: names("lan0", "lan1", "missing"), wans: names("wan0", "wan1", "missing"), mask: ConntrackBench.mask),
            by: .filter, own.map { ($0.session, $0.wan != nil) } + other.map { ($0.session, false) })
    }

    @Test(
        "what has come to a WAN from another way goes; what began by a WAN without masquerade is wanted so", arguments: [IPFamily.v4, .v6])
    func strayed(_ family: IPFamily) async throws {
        let (own, other) = family == .v4 ? (Self.v4, Self.v6) : (Self.v6, Self.v4)
        try await bench.check(
            .strayed(family, lan: names("lan0", "lan1"), wans: names("wan0", "wan1"), mask: ConntrackBench.mask), by: .filter,
            own.map { ($0.session, $0.wan != nil && !$0.session.contains("--mark 0x1") && !$0.session.contains("--mark 0x2")) }
                + other.map { ($0.session, false) })
    }

    @Test("only what leaves by the WANs that were named goes")
    func oneWAN() async throws {
        try await bench.check(
            .unmasqueraded(.v4, lan: names("lan0", "lan1"), wans: names("wan1"), mask: ConntrackBench.mask), by: .filter,
            Self.v4.map { ($0.session, $0.wan == "wan1") })
    }

    @Test("only what comes from the LANs that were named goes")
    func oneLAN() async throws {
        try await bench.check(
            .unmasqueraded(.v4, lan: names("lan1"), wans: names("wan0", "wan1"), mask: ConntrackBench.mask), by: .filter,
            Self.v4.map { ($0.session, $0.session.hasPrefix("-s 192.168.8.")) })
    }
}
