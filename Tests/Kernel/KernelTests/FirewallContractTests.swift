import Foundation
import LinuxKernel
import Model
import Plan
import Testing

/// One of the firewalls in one of its places, with the commands by which an administrator would look at it and spoil it.
enum FirewallCase: String, CaseIterable, CustomTestStringConvertible {
    case nft4, nft6, legacy4, legacy6, nftables

    var testDescription: String { rawValue }
    var places: [FirewallPlace] {
        switch self {
        case .nft4, .legacy4: [.nat, .mangle, .filter]
        case .nft6, .legacy6: [.nat6, .mangle6, .filter6]
        case .nftables: [.inet]
        }
    }
    private var tool: String {
        switch self {
        case .nft4: "iptables-nft"
        case .nft6: "ip6tables-nft"
        case .legacy4: "iptables-legacy"
        case .legacy6: "ip6tables-legacy"
        case .nftables: "nft"
        }
    }

    func find() async throws -> any Firewall {
        switch self {
        case .nft4, .nft6: try await IPTables.find(.nft)
        case .legacy4, .legacy6: try await IPTables.find(.legacy)
        case .nftables: try await NFTables.find()
        }
    }

    func desired(_ interfaces: [String] = ["eth0", "usb0", "wwan0"], mask: UInt32 = 0x0f00_0000) throws -> FirewallDesired {
        let wans = try interfaces.enumerated().map { index, name in
            FirewallDesired.WAN(
                interface: try #require(InterfaceName(name)), mark: UInt32(index + 1) << UInt32(mask.trailingZeroBitCount),
                hasIPv6: index != 1, segments4: index == 0 ? .atMost(1360) : .asTheRoute, segments6: .asTheRoute)
        }
        let lan = try ["br0", "lan*"].map { try #require(InterfaceName($0)) }
        return FirewallDesired(backend: self == .nftables ? .nftables : .iptables, lan: lan, wans: wans, mask: mask, tellsClients: true)
    }

    /// Everything in the tables, word for word, less what changes by itself: times, counters of policies, and the chains of the kernel's that
    /// were made by the way and are empty.
    func everything() throws -> [String] {
        if self == .nftables { return try run(["nft", "list", "ruleset"]).split(separator: "\n").map(String.init) }
        return try run(["\(tool)-save"]).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") && !$0.contains(" ACCEPT [") && !$0.hasPrefix("*") && $0 != "COMMIT" }
    }

    /// What others may have: rules that jump, NAT and mark; chains whose names begin as ours; words of ours in a comment.
    func addForeign() throws {
        if self == .nftables {
            return try run(
                ["nft", "-f", "-"],
                input: """
                    add table inet uplinkd2
                    add chain inet uplinkd2 nat { type nat hook postrouting priority 100; }
                    add rule inet uplinkd2 nat oifname "eth0" masquerade comment "uplinkd 1a"
                    add table ip uplinkd
                    add chain ip uplinkd nat { type nat hook postrouting priority 99; }
                    add rule ip uplinkd nat ip daddr 10.0.0.0/8 snat to ip saddr
                    add table inet firewalld
                    add chain inet firewalld mangle_PREROUTING { type filter hook prerouting priority -140; }
                    add rule inet firewalld mangle_PREROUTING meta mark set meta mark or 0x80000

                    """
            ).discard()
        }
        let address = self == .nft4 || self == .legacy4 ? "192.0.2.77" : "2001:db8::77"
        try run(
            ["\(tool)-restore", "-w", "10"],
            input: """
                *filter
                :DOCKER-USER - [0:0]
                -A FORWARD -j DOCKER-USER
                COMMIT
                *nat
                :THEIRS - [0:0]
                :UPLINKD_NAT2 - [0:0]
                -A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination \(address)
                -A POSTROUTING -s \(address) ! -o docker0 -m comment --comment "a \\"b\\" -j UPLINKD_NAT" -j MASQUERADE
                -A POSTROUTING -j THEIRS
                -A UPLINKD_NAT2 -o eth0 -j MASQUERADE
                COMMIT
                *mangle
                :UPLINKD_MARKS - [0:0]
                -A PREROUTING -p udp -m comment --comment "wg-quick(8) rule for wg0" -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
                -A UPLINKD_MARKS -j RETURN
                -A POSTROUTING -p udp -m mark --mark 0xca6c -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff
                COMMIT

                """)
    }

    /// What an administrator or another program does to our rules, and what it should leave in disorder.
    var spoilings: [String] {
        if self == .nftables {
            return [
                "nft flush ruleset", "nft flush table inet uplinkd", "nft flush chain inet uplinkd restore_pre",
                "nft flush chain inet uplinkd refuse", "nft flush chain inet uplinkd refuse && nft delete set inet uplinkd told6",
                "nft insert rule inet uplinkd refuse accept", "nft flush chain inet uplinkd mss",
                "nft delete table inet uplinkd", "nft insert rule inet uplinkd nat accept",
                "nft add rule inet uplinkd nat oifname eth0 accept comment '\"uplinkd 1a\"'", "nft add chain inet uplinkd mine",
                "nft add set inet uplinkd s '{ type ipv4_addr; }'", "nft 'add table inet uplinkd { flags dormant; }'",
                // The first rule of a chain goes to its end.
                "h=$(nft -a list chain inet uplinkd nat | sed -n 's/.*eth0.*handle //p'); "
                    + "r=$(nft list chain inet uplinkd nat | sed -n '/eth0/p'); nft delete rule inet uplinkd nat handle $h; nft add rule inet uplinkd nat $r",
            ]
        }
        let nat = "\(tool) -w 10 -t nat"
        let mangle = "\(tool) -w 10 -t mangle"
        let filter = "\(tool) -w 10 -t filter"
        return [
            "\(nat) -F", "\(nat) -F && \(nat) -X", "\(nat) -F POSTROUTING", "\(nat) -F UPLINKD_NAT", "\(nat) -D POSTROUTING -j UPLINKD_NAT",
            "\(nat) -A POSTROUTING -j UPLINKD_NAT", "\(nat) -I UPLINKD_MARK_PRE -j RETURN", "\(nat) -D UPLINKD_NAT 1",
            // Somebody's rule before ours, which would end the table's look at a session before it is marked.
            "\(nat) -I POSTROUTING -o nosuch0 -j MASQUERADE", "\(nat) -I PREROUTING -i nosuch0 -j ACCEPT",
            "\(mangle) -F", "\(mangle) -F && \(mangle) -X", "\(mangle) -F PREROUTING", "\(mangle) -F UPLINKD_RESTORE_OUT",
            "\(filter) -F", "\(filter) -F && \(filter) -X", "\(filter) -D FORWARD 1", "\(filter) -D UPLINKD_REFUSE 2",
            "\(filter) -I FORWARD -i br0 -o eth0 -j ACCEPT", "\(filter) -A FORWARD -j UPLINKD_REFUSE",
            "\(filter) -A FORWARD -m conntrack --ctstate INVALID -j UPLINKD_REFUSE", "\(filter) -I UPLINKD_REFUSE -j RETURN",
            "\(mangle) -D FORWARD 1", "\(mangle) -F UPLINKD_MSS", "\(mangle) -I FORWARD -i br0 -j ACCEPT",
            "\(mangle) -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j UPLINKD_MSS",
            "\(mangle) -A FORWARD -p tcp --tcp-flags SYN,ACK SYN -j UPLINKD_MSS",
            "\(mangle) -A PREROUTING -j UPLINKD_RESTORE_PRE", "\(mangle) -A OUTPUT -j UPLINKD_RESTORE_OUT",
        ]
    }

    func clear() throws {
        if self == .nftables { return try run(["nft", "flush", "ruleset"]).discard() }
        for table in ["nat", "filter", "mangle"] {
            try run([tool, "-w", "10", "-t", table, "-F"])
            try run([tool, "-w", "10", "-t", table, "-X"])
        }
    }
}

extension String {
    func discard() {}
}

/// What every `Firewall` keeps, in a namespace.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct FirewallContractTests {
    /// One look and one change in each place. How many changes were needed.
    @discardableResult
    func reconcile(_ which: FirewallCase, _ firewall: any Firewall, _ desired: FirewallDesired?) async throws -> Int {
        var changes = 0
        for place in which.places {
            guard let restore = FirewallRestore(place, desired: desired, observed: try await firewall.observe(place)) else { continue }
            try await firewall.apply(restore)
            changes += 1
        }
        return changes
    }

    func masquerades(_ which: FirewallCase, _ firewall: any Firewall, _ desired: FirewallDesired) async throws -> Bool {
        var observed: [FirewallPlace: FirewallContents] = [:]
        for place in which.places { observed[place] = try await firewall.observe(place) }
        // IPv4 stands in what follows; it is of no concern to a case of IPv6.
        if which.places.contains(.nat6) { observed[.nat] = FirewallContents.standing(desired) }
        return desired.masquerades(observed)
    }

    @Test(
        "applied once, all stands and a second time changes nothing; taken back, the box is as it was, word for word",
        arguments: FirewallCase.allCases)
    func roundTrip(_ which: FirewallCase) async throws {
        defer { do { try which.clear() } catch { Issue.record(error) } }
        let firewall = try await which.find()
        #expect(firewall.places.contains { which.places.contains($0) })
        let desired = try which.desired()
        for place in which.places { #expect(try await firewall.observe(place) == [:]) }
        #expect(try await reconcile(which, firewall, nil) == 0)
        try which.addForeign()
        let before = try which.everything()
        #expect(try await reconcile(which, firewall, nil) == 0)
        #expect(try await !masquerades(which, firewall, desired))
        #expect(try await reconcile(which, firewall, desired) == which.places.count)
        #expect(try await masquerades(which, firewall, desired))
        #expect(try await reconcile(which, firewall, desired) == 0)
        let after = try which.everything()
        let foreign = which == .nftables ? Array(after.prefix(before.count)) : after.filter { before.contains($0) }
        #expect(foreign == before)
        #expect(after != before)
        #expect(try await reconcile(which, firewall, nil) == which.places.count)
        #expect(try which.everything() == before)
        #expect(try await reconcile(which, firewall, nil) == 0)
    }

    @Test("whatever is done to our rules is seen, and mended by one change", arguments: FirewallCase.allCases)
    func spoiled(_ which: FirewallCase) async throws {
        defer { do { try which.clear() } catch { Issue.record(error) } }
        let firewall = try await which.find()
        let desired = try which.desired()
        try await reconcile(which, firewall, desired)
        for spoiling in which.spoilings {
            try run(["sh", "-ec", spoiling])
            #expect(try await reconcile(which, firewall, desired) == 1, "\(spoiling)")
            #expect(try await reconcile(which, firewall, desired) == 0, "\(spoiling)")
        }
    }

    @Test("another configuration replaces what the one before has made, WANs and bits, down to none", arguments: FirewallCase.allCases)
    func changed(_ which: FirewallCase) async throws {
        defer { do { try which.clear() } catch { Issue.record(error) } }
        let firewall = try await which.find()
        let before = try which.everything()
        for (interfaces, mask) in [
            (["eth0"], 0x0f00_0000), (["usb0", "eth0"], 0x0f00_0000), (["usb0", "eth0", "ppp0", "wwan0"], 0x0000_3f00),
            (["e*", "a-b.1"], 0xffff_ffff), (["eth0"], 0x8000_0000),
        ] as [([String], UInt32)] {
            let desired = try which.desired(interfaces, mask: mask)
            #expect(try await reconcile(which, firewall, desired) > 0)
            #expect(try await reconcile(which, firewall, desired) == 0, "\(interfaces) \(mask)")
        }
        try await reconcile(which, firewall, nil)
        #expect(try which.everything() == before)
    }

    @Test("a text with a mistake is an error and changes nothing at all", arguments: FirewallCase.allCases)
    func atomic(_ which: FirewallCase) async throws {
        defer { do { try which.clear() } catch { Issue.record(error) } }
        let firewall = try await which.find()
        let desired = try which.desired()
        try await reconcile(which, firewall, desired)
        let place = which.places[0]
        let right = try #require(FirewallRestore(place, desired: try which.desired(["eth9"]), observed: try await firewall.observe(place)))
        let wrong = FirewallRestore(
            place, text: right.text + (which == .nftables ? "add rule inet nosuch c accept\n" : "*nosuch\nCOMMIT\n"))
        await #expect(throws: FirewallError.self) {
            // Of iptables, the table before the mistake is complete: so the mistake goes into it.
            try await firewall.apply(
                which == .nftables ? wrong : FirewallRestore(place, text: wrong.text.replacing("COMMIT\n*", with: "*")))
        }
        #expect(try await reconcile(which, firewall, desired) == 0)
    }
}

extension FirewallContents {
    /// Our NAT of IPv4 as it should be.
    static func standing(_ desired: FirewallDesired) -> FirewallContents {
        [
            "UPLINKD_NAT": ["-m policy --dir out --pol ipsec -j RETURN"] + desired.wans.map { "-o \($0.interface) -j MASQUERADE" },
            "POSTROUTING": ["-j UPLINKD_NAT"],
        ]
    }
}
