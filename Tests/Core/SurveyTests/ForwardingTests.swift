import Model
import Survey
import Testing

@Suite("Who drops what the LAN sends out")
struct ForwardingTests {
    private func warnings(iptables: String = "", ip6tables: String = "", nftables: String = "") throws -> [String] {
        let wans = try [("telkom", "eth0", 1), ("smartfren", "usb0", 2)].map { name, interface, number in
            WANSettings(
                name: try #require(WANName(name)), interface: try #require(InterfaceName(interface)), metric: UInt32(number),
                number: number)
        }
        return BoxRules(iptables: [iptables, ip6tables, "", "", iptables, ip6tables], nftables: nftables)
            .closedForwarding(Settings(lan: [try #require(InterfaceName("br0"))], wans: wans))
    }

    static let ufw = """
        *filter
        :INPUT DROP [0:0]
        :FORWARD DROP [3:180]
        :ufw-before-forward - [0:0]
        :ufw-user-forward - [0:0]
        -A INPUT -j ufw-user-input
        -A FORWARD -j ufw-before-forward
        -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
        -A ufw-before-forward -j ufw-user-forward
        -A ufw-user-input -i br0 -j ACCEPT

        """
    static let docker = """
        *filter
        :FORWARD DROP [0:0]
        :DOCKER-USER - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
        -A DOCKER-USER -j RETURN
        COMMIT
        *nat
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        COMMIT

        """

    @Test("ufw as it is after `ufw enable`: told once, with the commands that change it; told no more of a WAN that is allowed")
    func ufw() throws {
        let all = try warnings(iptables: Self.ufw)
        #expect(all.count == 1)
        #expect(all[0].hasSuffix("allow it: ufw route allow in on br0 out on eth0 && ufw route allow in on br0 out on usb0"), "\(all)")
        let one = try warnings(iptables: Self.ufw + "-A ufw-user-forward -i br0 -o eth0 -j ACCEPT\n")
        #expect(one.count == 1)
        #expect(one[0].hasSuffix("allow it: ufw route allow in on br0 out on usb0"), "\(one)")
        #expect(try warnings(iptables: Self.ufw + "-A ufw-user-forward -i br0 -j ACCEPT\n") == [])
        #expect(try warnings(iptables: Self.ufw.replacing("FORWARD DROP", with: "FORWARD ACCEPT")) == [])
    }

    @Test("Docker's policy, and the chain that Docker leaves to its users")
    func docker() throws {
        let told = try warnings(iptables: Self.docker, ip6tables: Self.docker)
        #expect(told.count == 2)
        #expect(told[0].contains("iptables -I DOCKER-USER -i br0 -o eth0 -j ACCEPT && iptables -I DOCKER-USER -i eth0 -o br0 -m conntrack"))
        let allowed = Self.docker.replacing(
            "-A DOCKER-USER -j RETURN",
            with: "-A DOCKER-USER -i br0 ! -o docker0 -j ACCEPT\n-A DOCKER-USER -j RETURN")
        #expect(try warnings(iptables: allowed) == [])
    }

    @Test(
        "a rule that holds for some packets only drops nothing of the LAN's, and accepts only what is new or comes from an address",
        arguments: [
            ("-A FORWARD -p tcp -m tcp --dport 25 -j DROP", false), ("-A FORWARD -i br0 -m conntrack --ctstate NEW -j ACCEPT", false),
            ("-A FORWARD -s 10.0.0.0/8 -j DROP", false), ("-A FORWARD -j REJECT --reject-with icmp-port-unreachable", true),
            ("-A FORWARD -o usb+ -j DROP", true), ("-A FORWARD ! -i br0 -j DROP", false), ("-A FORWARD -j LOG", false),
            ("-A FORWARD -s 192.168.88.0/24 -j ACCEPT\n-A FORWARD -j DROP", false),
            ("-A FORWARD -p udp -j ACCEPT\n-A FORWARD -j DROP", true), ("-A FORWARD -j RETURN\n-A FORWARD -j DROP", false),
            ("-A FORWARD -i br0 -m comment --comment \"the office LAN\" -j ACCEPT\n-A FORWARD -j DROP", false),
        ])
    func rules(rule: String, drops: Bool) throws {
        #expect(try !warnings(iptables: "*filter\n:FORWARD ACCEPT [0:0]\n\(rule)\nCOMMIT\n").isEmpty == drops)
    }

    static let firewalld = """
        table inet firewalld {
        	chain filter_FORWARD {
        		type filter hook forward priority 10; policy accept;
        		ct state { established, related } accept
        		ct status dnat accept
        		iifname "lo" accept
        		ct state invalid drop
        		ip6 daddr { ::/96, ::ffff:0.0.0.0/96 } reject with icmpv6 addr-unreachable
        		jump filter_FORWARD_ZONES
        		reject with icmpx admin-prohibited
        	}

        	chain filter_FORWARD_POLICIES_pre {
        		iifname "br0" oifname { "usb0", "eth0" } jump filter_FWD_policy_lan-out
        	}

        	chain filter_FORWARD_ZONES {
        		iifname "usb0" goto filter_FWD_external
        		goto filter_FWD_internal
        	}

        	chain filter_FWD_internal {
        		jump filter_FORWARD_POLICIES_pre
        		reject with icmpx admin-prohibited
        	}

        	chain filter_FWD_policy_lan-out {
        		accept
        	}
        }

        """

    @Test("firewalld with a policy from the LAN's zone to the WANs', and without")
    func firewalld() throws {
        #expect(try warnings(nftables: Self.firewalld) == [])
        let less = try warnings(nftables: Self.firewalld.replacing("{ \"usb0\", \"eth0\" }", with: "\"usb0\""))
        #expect(less.count == 1)
        #expect(less[0].hasPrefix("firewalld drops what comes in by br0 and goes out by eth0, so"), "\(less)")
        let none = try warnings(nftables: Self.firewalld.replacing("{ \"usb0\", \"eth0\" }", with: "\"tun0\""))
        #expect(none.count == 1)
        #expect(none[0].contains("allow it: put br0 into one zone, eth0, usb0 into another, and set a policy"), "\(none)")
    }

    @Test("a table of one's own whose policy is drop, also with counters and comments")
    func ownTable() throws {
        let table = """
            table inet office {
            	chain forward {
            		type filter hook forward priority filter; policy drop;
            		ct state vmap { established : accept, related : accept }
            		iifname "br0" oifname "eth0" ct state new counter packets 7 bytes 420 accept
            	}
            }

            """
        let told = try warnings(nftables: table)
        #expect(told.count == 1)
        #expect(told[0].hasSuffix("allow it: nft insert rule inet office forward iifname br0 oifname usb0 accept"), "\(told)")
    }
}
