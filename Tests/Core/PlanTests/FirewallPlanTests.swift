import Model
import Plan
import Testing

@Suite("The firewall's plan")
struct FirewallPlanTests {
    private func wanted(_ names: [String] = ["eth0", "usb0"], v6: Set<String> = ["eth0", "usb0"], _ backend: FirewallBackend = .iptables)
        throws -> FirewallDesired
    {
        FirewallDesired(
            backend: backend, lan: [try #require(InterfaceName("br0"))],
            wans: try names.enumerated().map {
                .init(interface: try #require(InterfaceName($1)), mark: UInt32($0 + 1) << 24, hasIPv6: v6.contains($1))
            }, mask: 0x0f00_0000)
    }

    private let nat: FirewallContents = [
        "UPLINKD_MARK_PRE": [
            "-i eth0 -j CONNMARK --set-xmark 0x1000000/0xf000000", "-i usb0 -j CONNMARK --set-xmark 0x2000000/0xf000000",
        ],
        "UPLINKD_MARK_POST": [
            "-o eth0 -j CONNMARK --set-xmark 0x1000000/0xf000000", "-o usb0 -j CONNMARK --set-xmark 0x2000000/0xf000000",
        ], "UPLINKD_NAT": ["-m policy --dir out --pol ipsec -j RETURN", "-o eth0 -j MASQUERADE", "-o usb0 -j MASQUERADE"],
        "PREROUTING": ["-j UPLINKD_MARK_PRE"],
        "POSTROUTING": ["-j UPLINKD_MARK_POST", "", "-j UPLINKD_NAT"],
    ]

    @Test("from nothing: chains, rules, jumps in one transaction; marks before others' rules, masquerade behind them")
    func fromNothing() throws {
        let restore = try #require(FirewallRestore(.nat, desired: try wanted(), observed: [:]))
        #expect(
            restore.description == """
                iptables-restore --noflush -w <<'END'
                *nat
                :UPLINKD_MARK_PRE - [0:0]
                :UPLINKD_MARK_POST - [0:0]
                :UPLINKD_NAT - [0:0]
                -A UPLINKD_MARK_PRE -i eth0 -j CONNMARK --set-xmark 0x1000000/0xf000000
                -A UPLINKD_MARK_PRE -i usb0 -j CONNMARK --set-xmark 0x2000000/0xf000000
                -A UPLINKD_MARK_POST -o eth0 -j CONNMARK --set-xmark 0x1000000/0xf000000
                -A UPLINKD_MARK_POST -o usb0 -j CONNMARK --set-xmark 0x2000000/0xf000000
                -A UPLINKD_NAT -m policy --dir out --pol ipsec -j RETURN
                -A UPLINKD_NAT -o eth0 -j MASQUERADE
                -A UPLINKD_NAT -o usb0 -j MASQUERADE
                -I PREROUTING -j UPLINKD_MARK_PRE
                -I POSTROUTING -j UPLINKD_MARK_POST
                -A POSTROUTING -j UPLINKD_NAT
                COMMIT
                END
                """)
    }

    @Test(
        "every packet gets its session's mark by one rule, however many WANs there are; of the box's own those without any mark",
        arguments: 1...4)
    func restoring(count: Int) throws {
        let desired = try wanted(Array(["eth0", "usb0", "wwan0", "ppp0"].prefix(count)))
        let restore = "-j CONNMARK --restore-mark --nfmask 0xf000000 --ctmask 0xf000000"
        for place in [FirewallPlace.mangle, .mangle6] where desired.isWanted(in: place) {
            #expect(
                try #require(FirewallRestore(place, desired: desired, observed: [:])).text == """
                    *mangle
                    :UPLINKD_RESTORE_PRE - [0:0]
                    :UPLINKD_RESTORE_OUT - [0:0]
                    -A UPLINKD_RESTORE_PRE \(restore)
                    -A UPLINKD_RESTORE_OUT -m mark --mark 0x0 \(restore)
                    -A PREROUTING -j UPLINKD_RESTORE_PRE
                    -A OUTPUT -j UPLINKD_RESTORE_OUT
                    COMMIT

                    """)
        }
    }

    @Test("what has no session is refused from each LAN to each WAN, before whatever others let through; one rule for all the rest")
    func refusal() throws {
        var desired = try wanted(v6: ["usb0"])
        desired.lan.append(try #require(InterfaceName("guests")))
        let refusals = { (wans: [String]) in
            ["br0", "guests"].flatMap { lan in
                wans.flatMap {
                    [
                        "-A UPLINKD_REFUSE -i \(lan) -o \($0) -p tcp -j REJECT --reject-with tcp-reset",
                        "-A UPLINKD_REFUSE -i \(lan) -o \($0) -j DROP",
                    ]
                }
            }
        }
        for (place, wans) in [(FirewallPlace.filter, ["eth0", "usb0"]), (.filter6, ["usb0"])] {
            let text = try #require(FirewallRestore(place, desired: desired, observed: [:])).text
            #expect(
                text.split(separator: "\n").map(String.init)
                    == [
                        "*filter", ":UPLINKD_REFUSE - [0:0]", ":UPLINKD_REFUSE_OUT - [0:0]",
                        "-A UPLINKD_REFUSE -m policy --dir out --pol ipsec -j RETURN",
                    ] + refusals(wans) + ["-A UPLINKD_REFUSE_OUT -m policy --dir out --pol ipsec -j RETURN"]
                    + wans.map { "-A UPLINKD_REFUSE_OUT -o \($0) -m addrtype ! --src-type LOCAL --limit-iface-out -j DROP" }
                    + [
                        "-I FORWARD -m conntrack --ctstate INVALID -j UPLINKD_REFUSE",
                        "-I OUTPUT -m conntrack --ctstate INVALID -j UPLINKD_REFUSE_OUT", "COMMIT",
                    ])
        }
        desired.lan = []
        #expect(!desired.isWanted(in: .filter) && FirewallRestore(.filter, desired: desired, observed: [:]) == nil)
        #expect(desired.isWanted(in: .nat) && desired.isWanted(in: .mangle))
    }

    private func clamped() throws -> FirewallDesired {
        FirewallDesired(
            backend: .iptables, lan: [try #require(InterfaceName("br0"))],
            wans: [
                .init(
                    interface: try #require(InterfaceName("eth0")), mark: 1 << 24, hasIPv6: true, segments4: .asTheRoute,
                    segments6: .asTheRoute),
                .init(
                    interface: try #require(InterfaceName("usb0")), mark: 2 << 24, hasIPv6: true, segments4: .atMost(1360),
                    segments6: .atMost(1340)),
                .init(interface: try #require(InterfaceName("ppp0")), mark: 3 << 24, hasIPv6: true),
            ], mask: 0x0f00_0000)
    }

    @Test("segments: what begins a TCP session goes by a chain of its own, both ways; all other packets pass one jump")
    func segments() throws {
        let desired = try clamped()
        let syn = "-p tcp -m tcp --tcp-flags SYN,RST SYN"
        for (place, size) in [(FirewallPlace.mangle, 1360), (.mangle6, 1340)] {
            let lines = try #require(FirewallRestore(place, desired: desired, observed: [:])).text.split(separator: "\n").map(String.init)
            #expect(
                lines.filter { $0.contains("MSS") } == [
                    ":UPLINKD_MSS - [0:0]", "-A UPLINKD_MSS -i eth0 \(syn) -j TCPMSS --clamp-mss-to-pmtu",
                    "-A UPLINKD_MSS -o eth0 \(syn) -j TCPMSS --clamp-mss-to-pmtu",
                    "-A UPLINKD_MSS -i usb0 \(syn) -j TCPMSS --set-mss \(size)",
                    "-A UPLINKD_MSS -o usb0 \(syn) -j TCPMSS --set-mss \(size)", "-I FORWARD \(syn) -j UPLINKD_MSS",
                    "-A OUTPUT \(syn) -j UPLINKD_MSS",
                ])
        }
    }

    @Test("nftables: the same, by a chain that nothing but a jump leads to")
    func segmentsOfNFTables() throws {
        var desired = try clamped()
        desired.backend = .nftables
        let lines = try #require(FirewallRestore(.inet, desired: desired, observed: [:])).text.split(separator: "\n")
            .map { $0.trimmingPrefix("\t\t").replacing(/\ comment ".*"/, with: "") }
        let chain = lines.drop { $0 != "\tchain mss {" }.prefix { $0 != "\t}" }
        #expect(
            Array(chain.dropFirst()) == [
                "iifname \"eth0\" tcp option maxseg size set rt mtu", "oifname \"eth0\" tcp option maxseg size set rt mtu",
                "meta nfproto ipv4 iifname \"usb0\" tcp option maxseg size set 1360",
                "meta nfproto ipv4 oifname \"usb0\" tcp option maxseg size set 1360",
                "meta nfproto ipv6 iifname \"usb0\" tcp option maxseg size set 1340",
                "meta nfproto ipv6 oifname \"usb0\" tcp option maxseg size set 1340",
            ])
        #expect(lines.count { $0 == "tcp flags & (syn | rst) == syn jump mss" } == 2)
        #expect(
            try !(#require(FirewallRestore(.inet, desired: wanted(v6: ["eth0", "usb0"], .nftables), observed: [:]))).text.contains("mss"))
    }

    @Test("what the configuration says of segments, and what is known of the way", arguments: [SegmentClamp.off, .auto, .atMost(1200)])
    func clamps(clamp: SegmentClamp) throws {
        let name = try #require(WANName("a"))
        let wan = WANSettings(name: name, interface: try #require(InterfaceName("eth0")), metric: 1, number: 1, mss: clamp)
        let settings = Settings(lan: [], wans: [wan])
        let unknown = try #require(FirewallDesired(settings).wans.first)
        let known = try #require(FirewallDesired(settings, passing: [name: [.v4: 1400, .v6: 1300]]).wans.first)
        switch clamp {
        case .off:
            #expect(
                [unknown.segments4, unknown.segments6, known.segments4, known.segments6] == [
                    .asTheyAre, .asTheyAre, .asTheyAre, .asTheyAre,
                ])
        case .auto:
            #expect([unknown.segments4, unknown.segments6] == [.asTheRoute, .asTheRoute])
            #expect([known.segments4, known.segments6] == [.atMost(1360), .atMost(1240)])
        case .atMost(let size):
            #expect([unknown.segments4, unknown.segments6, known.segments4] == [.atMost(size), .atMost(size), .atMost(size)])
        }
    }

    @Test("IPv6 only for the WANs that have it; none of them, no rules")
    func families() throws {
        let one = try wanted(v6: ["usb0"])
        let text = try #require(FirewallRestore(.nat6, desired: one, observed: [:])).description
        #expect(text.hasPrefix("ip6tables-restore "))
        #expect(!text.contains("eth0") && text.contains("-o usb0 -j MASQUERADE"))
        let none = try wanted(v6: [])
        for place in [FirewallPlace.nat6, .mangle6] {
            #expect(!none.isWanted(in: place))
            #expect(FirewallRestore(place, desired: none, observed: [:]) == nil)
        }
        #expect(try #require(FirewallRestore(.nat6, desired: none, observed: nat)).text.contains("-X UPLINKD_NAT"))
    }

    @Test("what is already so needs nothing, with others' rules in between or not")
    func idempotent() throws {
        #expect(FirewallRestore(.nat, desired: try wanted(), observed: nat) == nil)
        var without = nat
        without["POSTROUTING"] = ["-j UPLINKD_MARK_POST", "-j UPLINKD_NAT"]
        #expect(FirewallRestore(.nat, desired: try wanted(), observed: without) == nil)
        #expect(try wanted().masquerades([.nat: nat]))
        #expect(try !wanted().masquerades([:]))
        #expect(try !wanted().masquerades([.nat: nat, .nat6: [:]]))
    }

    @Test(
        "each way of being wrong is put right by the fewest moves",
        arguments: [
            // POSTROUTING as it is → what is moved there
            ([], ["-I POSTROUTING -j UPLINKD_MARK_POST", "-A POSTROUTING -j UPLINKD_NAT"]),
            (["-j UPLINKD_MARK_POST"], ["-A POSTROUTING -j UPLINKD_NAT"]),
            (
                ["", "-j UPLINKD_MARK_POST", "-j UPLINKD_NAT"],
                ["-D POSTROUTING -j UPLINKD_MARK_POST", "-I POSTROUTING -j UPLINKD_MARK_POST"]
            ),
            (
                ["-j UPLINKD_MARK_POST", "-j UPLINKD_NAT", "", "-j UPLINKD_NAT", "-j UPLINKD_NAT"],
                ["-D POSTROUTING -j UPLINKD_NAT", "-D POSTROUTING -j UPLINKD_NAT"]
            ),
            (
                ["-j UPLINKD_MARK_POST", "-j UPLINKD_MARK_POST", "-j UPLINKD_NAT"],
                [
                    "-D POSTROUTING -j UPLINKD_MARK_POST", "-D POSTROUTING -j UPLINKD_MARK_POST",
                    "-I POSTROUTING -j UPLINKD_MARK_POST",
                ]
            ),
            (
                ["-j UPLINKD_MARK_POST", "-j UPLINKD_NAT", "! -i eth9 -j UPLINKD_NAT"], ["-D POSTROUTING ! -i eth9 -j UPLINKD_NAT"]
            ),
        ] as [([String], [String])])
    func wrong(_ present: [String], _ moves: [String]) throws {
        var observed = nat
        observed["POSTROUTING"] = present
        let lines = try #require(FirewallRestore(.nat, desired: try wanted(), observed: observed)).text.split(separator: "\n").map(
            String.init)
        #expect(lines.filter { $0.contains(" POSTROUTING ") } == moves)
        #expect(lines.count { $0.hasSuffix("MASQUERADE") } == 2)
        #expect(!lines.contains { $0.contains(" PREROUTING ") })
    }

    @Test("teardown takes the jumps, the rules and the chains, and nothing where there is nothing")
    func teardown() throws {
        #expect(
            FirewallRestore(
                .nat, desired: nil,
                observed: ["UPLINKD_NAT": ["-o eth0 -j MASQUERADE"], "POSTROUTING": ["-j UPLINKD_NAT", "", "-j UPLINKD_NAT"]])?
                .text == """
                    *nat
                    :UPLINKD_NAT - [0:0]
                    -D POSTROUTING -j UPLINKD_NAT
                    -D POSTROUTING -j UPLINKD_NAT
                    -X UPLINKD_NAT
                    COMMIT

                    """)
        for place in FirewallPlace.allCases { #expect(FirewallRestore(place, desired: nil, observed: [:]) == nil) }
        #expect(FirewallRestore(.inet, desired: nil, observed: ["nat": []])?.text == "delete table inet uplinkd\n")
    }

    @Test("nftables: a table of our own in one transaction, each rule with a digest of its text as its comment")
    func nftables() throws {
        let restore = try #require(FirewallRestore(.inet, desired: try wanted(v6: ["eth0"], .nftables), observed: [:]))
        let lines = restore.text.split(separator: "\n").map(String.init)
        #expect(restore.description.hasPrefix("nft -f - <<'END'\n"))
        #expect(lines.prefix(3) == ["add table inet uplinkd", "delete table inet uplinkd", "table inet uplinkd {"])
        #expect(lines.contains { $0.hasPrefix("\t\toifname \"eth0\" rt ipsec missing masquerade comment \"uplinkd ") })
        #expect(lines.contains { $0.hasPrefix("\t\tmeta nfproto ipv4 oifname \"usb0\" rt ipsec missing masquerade comment \"uplinkd ") })
        let comments = lines.compactMap { $0.split(separator: "\"").last.map(String.init) }.filter { $0.hasPrefix("uplinkd ") }
        // One rule stands in two chains.
        #expect(Set(comments).count == comments.count - 1 && comments.count == 19)
        #expect(comments.allSatisfy { $0.utf8.count <= 128 })
        // A name that nft would take for a pattern.
        let pattern = try #require(FirewallRestore(.inet, desired: try wanted(["e*"], .nftables), observed: [:]))
        #expect(pattern.text.contains("oifname \"e\\*\" rt ipsec missing masquerade"))
    }
}
