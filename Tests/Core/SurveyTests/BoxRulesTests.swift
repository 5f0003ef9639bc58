import Model
import Survey
import Testing

@Suite("Who else uses our mark bits")
struct MarkUseTests {
    private func conflicts(iptables: String = "", nftables: String = "", rules: String = "", mask: UInt32 = 0x0f00_0000) throws -> [String]
    {
        BoxRules(iptables: [iptables], nftables: nftables, routing: rules).markConflicts(try #require(MarkMask(bits: mask)), wans: 2)
    }

    static let tailscale = """
        *mangle
        :ts-prerouting - [0:0]
        COMMIT
        *filter
        -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
        -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
        COMMIT
        *nat
        -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
        COMMIT

        """
    static let tailscaleRules = """
        0:	from all lookup local
        5210:	from all fwmark 0x80000/0xff0000 lookup main
        5230:	from all fwmark 0x80000/0xff0000 lookup default
        5250:	from all fwmark 0x80000/0xff0000 unreachable
        5270:	from all lookup 52
        8501:	from all fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd
        8502:	from all fwmark 0x2000000/0xf000000 lookup 8502 proto 85
        32766:	from all lookup main

        """
    static let kubernetes = """
        *nat
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        COMMIT
        *filter
        -A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP
        COMMIT

        """
    static let mwan3 = """
        *mangle
        -A mwan3_hook -m mark --mark 0x0/0x3f00 -j CONNMARK --restore-mark --nfmask 0x3f00 --ctmask 0x3f00
        -A mwan3_iface_in_wan -i eth0 -m mark --mark 0x0/0x3f00 -j MARK --set-xmark 0x100/0x3f00
        COMMIT

        """
    static let calico = """
        *mangle
        -A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT
        -A cali-from-host-endpoint -j MARK --set-xmark 0x0/0xffff0000
        COMMIT

        """
    static let cilium = """
        *mangle
        -A CILIUM_PRE_mangle -m socket --transparent -j MARK --set-xmark 0x200/0xffffffff
        -A CILIUM_PRE_mangle -m mark --mark 0x200/0xf00 -j ACCEPT
        COMMIT

        """
    static let wireguard = """
        *mangle
        -A PREROUTING -p udp -m comment --comment "wg-quick(8) rule for wg0" -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
        -A POSTROUTING -p udp -m mark --mark 0xca6c -m comment --comment "wg-quick(8) rule for wg0" -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff
        COMMIT

        """

    @Test("our default bits are in nobody's way who keeps to his own, all of them on one box")
    func peace() throws {
        #expect(
            try conflicts(
                iptables: Self.tailscale + Self.kubernetes + Self.mwan3 + Self.wireguard,
                rules: Self.tailscaleRules
                    + "32764:\tfrom all lookup main suppress_prefixlength 0\n32765:\tnot from all fwmark 0xca6c lookup 51820\n") == [])
        let own =
            "*mangle\n-A UPLINKD_RESTORE_OUT -m mark --mark 0x0 -j CONNMARK --restore-mark --nfmask 0xf000000 --ctmask 0xf000000\nCOMMIT\n"
        #expect(try conflicts(iptables: own) == [])
    }

    @Test(
        "who uses them is named, with bits that nobody uses",
        arguments: [
            (tailscale, "", 0x00f0_0000, "Tailscale (chain ts-forward)", "set `mark-mask: 0xf0000000`"),
            ("", tailscaleRules, 0x00f0_0000, "Tailscale (routing rule 5210)", "set `mark-mask: 0xf0000000`"),
            (kubernetes, "", 0x0000_f000, "kube-proxy (chain KUBE-MARK-MASQ)", "set `mark-mask: 0xf0000000`"),
            (mwan3, "", 0x0000_0f00, "mwan3 (chain mwan3_hook)", "set `mark-mask: 0xf0000000`"),
            (calico, "", 0x0f00_0000, "Calico (chain cali-from-host-endpoint)", "set `mark-mask: 0xf000`"),
            (cilium, "", 0x0f00_0000, "Cilium (chain CILIUM_PRE_mangle)", "replaces whole marks"),
            ("", "100:\tfrom all fwmark 0x1000000 lookup 100\n", 0x0f00_0000, "the routing rule 100", "set `mark-mask: 0xf0000000`"),
            (
                "*mangle\n-A qos -m connmark --mark 0x8000000/0x8000000 -j RETURN\nCOMMIT\n", "", 0x0f00_0000, "a rule in chain qos",
                "set `mark-mask: 0xf0000000`"
            ),
        ] as [(String, String, UInt32, String, String)])
    func named(_ iptables: String, _ rules: String, _ mask: UInt32, _ user: String, _ advice: String) throws {
        let found = try conflicts(iptables: iptables, rules: rules, mask: mask)
        #expect(found.contains { $0.hasPrefix(user) && $0.contains(advice) }, "\(found)")
    }

    @Test("where too few bits are left, as few as the WANs need; and where there are none, that is said")
    func full() throws {
        let most = "*mangle\n-A qos -j MARK --set-xmark 0x0/0xffffffe7\nCOMMIT\n"
        #expect(try conflicts(iptables: most).first?.contains("set `mark-mask: 0x18`") == true)
        let all = "*mangle\n-A qos -j MARK --set-xmark 0x0/0xfffffffe\nCOMMIT\n"
        #expect(try conflicts(iptables: all).first?.contains("there aren't enough bits left") == true)
    }

    @Test(
        "nftables: bits that are picked out or kept, and whole marks",
        arguments: [
            ("meta mark & 0x0f000000 == 0x01000000 accept", "uses the mark bits 0xf000000"),
            ("meta mark set meta mark & 0xf0ffffff | 0x01000000", "uses the mark bits 0xf000000"),
            ("ct mark set ct mark | 0x08000000", "uses the mark bits 0x8000000"),
            ("meta mark set 0x00000005", "replaces whole marks"),
            ("meta mark set ct mark", "replaces whole marks"),
            ("meta mark 0x01000000 drop", "uses the mark bits 0x1000000"),
            ("meta mark set meta mark & 0xff00ffff | 0x00040000", nil),
            ("meta mark 0x00000005 accept", nil), ("ct mark != 0x0000ca6c drop", nil), ("tcp dport 22 accept", nil),
        ] as [(String, String?)])
    func nftables(_ rule: String, _ words: String?) throws {
        let text = { (table: String) in
            "table \(table) {\n\tchain c {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n\t\t\(rule)\n\t}\n}\n"
        }
        let found = try conflicts(nftables: text("inet qos"))
        #expect(found.count == (words == nil ? 0 : 1), "\(found)")
        if let words { #expect(found.first?.hasPrefix("a rule in table qos \(words)") == true, "\(found)") }
        // Ours, iptables' (read in its own words), and WireGuard's.
        for table in ["inet uplinkd", "ip mangle", "ip6 wg-quick-wg0"] { #expect(try conflicts(nftables: text(table)) == []) }
    }

    @Test("a whole mark on the box's own packets is their maker's business")
    func own() throws {
        #expect(try conflicts(iptables: "*mangle\n-A OUTPUT -m owner --uid-owner 33 -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n") == [])
        #expect(try conflicts(iptables: "*mangle\n-A PREROUTING -i br0 -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n").count == 1)
    }
}

@Suite("Who gives our WANs' sessions a fixed address")
struct FixedAddressesTests {
    private func warnings(_ iptables: String = "", nftables: String = "") throws -> [String] {
        let wans = try [("telkom", "eth0"), ("smartfren", "usb0")].enumerated().map { index, wan in
            WANSettings(
                name: try #require(WANName(wan.0)), interface: try #require(InterfaceName(wan.1)), metric: UInt32(index + 1),
                number: index + 1)
        }
        return BoxRules(iptables: [iptables], nftables: nftables).fixedAddresses(wans)
    }

    @Test(
        "SNAT and NETMAP that catch a WAN are named with the WANs",
        arguments: [
            ("-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.7", "telkom"),
            ("-A POSTROUTING -s 192.168.0.0/16 -j SNAT --to-source 192.0.2.7", "telkom, smartfren"),
            ("-A THEIRS ! -s 10.0.0.0/8 ! -o eth0 -j SNAT --to-source 192.0.2.7", "smartfren"),
            ("-A POSTROUTING -s 10.0.0.0/24 -o usb+ -j NETMAP --to 192.0.2.0/24", "smartfren"),
            ("-A POSTROUTING -o tun0 -j SNAT --to-source 10.8.0.1", nil), ("-A POSTROUTING -o eth0 -j MASQUERADE", nil),
            ("-A PREROUTING -d 192.0.2.0/24 -j NETMAP --to 10.0.0.0/24", nil),
        ] as [(String, String?)])
    func iptables(_ rule: String, _ wans: String?) throws {
        let found = try warnings("*nat\n\(rule)\nCOMMIT\n*filter\n-A X -j SNAT --to-source 192.0.2.7\nCOMMIT\n")
        #expect(found.count == (wans == nil ? 0 : 1), "\(found)")
        if let wans {
            #expect(
                found.first?.contains("sessions by \(wans) a fixed address") == true && found.first?.hasSuffix(rule) == true, "\(found)")
        }
    }

    @Test(
        "so is what nftables has, but for the one that leaves the address as it is",
        arguments: [
            ("oifname \"eth0\" snat ip to 192.0.2.7", "telkom"), ("ip saddr 192.168.88.0/24 snat to 192.0.2.7", "telkom, smartfren"),
            ("oifname != \"eth0\" snat to 192.0.2.7", "smartfren"), ("oifname \"tun0\" snat to 10.8.0.1", nil),
            ("oifname \"eth0\" snat to ip saddr", nil), ("oifname \"eth0\" masquerade", nil),
        ] as [(String, String?)])
    func nftables(_ rule: String, _ wans: String?) throws {
        let found = try warnings(
            nftables:
                "table inet office {\n\tchain post {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\t\(rule)\n\t}\n}\n")
        #expect(found.count == (wans == nil ? 0 : 1), "\(found)")
        if let wans { #expect(found.first?.contains("sessions by \(wans) a fixed address") == true, "\(found)") }
    }
}

@Suite("What conntrack doesn't see")
struct UntrackedTests {
    private func warnings(_ iptables: String = "", nftables: String = "") throws -> [String] {
        let settings = Settings(lan: [try #require(InterfaceName("br0"))], wans: [])
        return BoxRules(iptables: [iptables, ""], nftables: nftables).untracked(settings)
    }

    @Test(
        "a rule that takes the LAN's packets out of connection tracking is named",
        arguments: [
            ("-A PREROUTING -i br0 -p udp -m udp --dport 53 -j CT --notrack", true), ("-A PREROUTING -p udp -j NOTRACK", true),
            ("-A THEIRS -i br+ -j CT --notrack", true), ("-A PREROUTING ! -i eth0 -j CT --notrack", true),
            ("-A PREROUTING -i docker0 -j CT --notrack", false), ("-A OUTPUT -p udp -j CT --notrack", false),
            ("-A PREROUTING -i br0 -j CT --zone 1", false),
        ])
    func iptables(_ rule: String, _ isTold: Bool) throws {
        let found = try warnings("*raw\n\(rule)\nCOMMIT\n*filter\n\(rule)\nCOMMIT\n")
        #expect(found.count == (isTold ? 1 : 0) && found.first?.hasSuffix(rule) ?? true, "\(found)")
    }

    @Test(
        "so is what nftables has",
        arguments: [
            ("prerouting", "iifname \"br0\" udp dport 53 notrack", true), ("prerouting", "iifname { \"br0\", \"br1\" } notrack", true),
            ("prerouting", "iifname != \"eth0\" notrack", true), ("prerouting", "iif \"docker0\" notrack", false),
            ("output", "udp dport 53 notrack", false), ("prerouting", "iifname \"br0\" accept", false),
        ])
    func nftables(_ hook: String, _ rule: String, _ isTold: Bool) throws {
        let found = try warnings(
            nftables: "table inet office {\n\tchain c {\n\t\ttype filter hook \(hook) priority -300; policy accept;\n\t\t\(rule)\n\t}\n}\n")
        #expect(found.count == (isTold ? 1 : 0), "\(found)")
    }
}

@Suite("Whose NAT comes before our marks")
struct EarlierNATTests {
    private static func table(_ name: String, _ hook: String, _ priority: Int) -> String {
        "table \(name) {\n\tchain c {\n\t\ttype nat hook \(hook) priority \(priority); policy accept;\n\t\tmasquerade\n\t}\n}\n"
    }

    @Test(
        "chains of nftables at the priority of iptables or before, of whoever isn't our own iptables",
        arguments: [
            ("nft", table("inet netavark", "postrouting", 100), "", "table inet netavark"),
            ("nft", table("inet netavark", "prerouting", -100), "", "table inet netavark"),
            ("legacy", table("ip nat", "prerouting", -100), "", "table ip nat"),
            ("nft", "", "*nat\n-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE\nCOMMIT\n", "the nat table of iptables-legacy"),
            ("nft", table("ip nat", "prerouting", -100), "", nil), ("nft", table("inet firewalld", "prerouting", -90), "", nil),
            ("nft", table("inet firewalld", "postrouting", 110), "", nil), ("nft", table("inet x", "output", -100), "", nil),
            ("legacy", "", "*nat\n-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE\nCOMMIT\n", nil),
            ("nft", "", "*filter\n-A FORWARD -j DROP\nCOMMIT\n*nat\n-A UPLINKD_NAT -o eth0 -j MASQUERADE\nCOMMIT\n", nil),
            (nil, table("inet netavark", "postrouting", 100), "*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n", nil),
        ] as [(String?, String, String, String?)])
    func tables(_ kind: String?, _ nftables: String, _ legacy: String, _ named: String?) {
        let settings = Settings(lan: [], wans: [])
        let found = BoxRules(legacy: [legacy], nftables: nftables).warnings(for: settings, kind: kind)
        #expect(found.count == (named == nil ? 0 : 1), "\(found)")
        if let named {
            #expect(found.first?.hasPrefix(named) == true && found.first?.contains("set `firewall: nftables`") == true, "\(found)")
        }
    }
}
