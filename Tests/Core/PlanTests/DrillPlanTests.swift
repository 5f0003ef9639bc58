@testable import Model
import Plan
import Testing

@Suite("The firewall's plan of a drill")
struct DrillPlanTests {
    private func wanted(_ backend: FirewallBackend, _ fault: DrillFault?, v6: Bool = true) throws -> FirewallDesired {
        let wans = try ["eth0", "usb0"].enumerated().map {
            FirewallDesired.WAN(interface: try #require(InterfaceName($1)), mark: UInt32($0 + 1) << 24, hasIPv6: v6)
        }
        return FirewallDesired(
            backend: backend, lan: [try #require(InterfaceName("br0"))], wans: wans, mask: 0x0f00_0000,
            drill: fault.map { .init(wan: wans[0], fault: $0, window: 1_795_546_800...1_795_546_861) })
    }

    private let mangle: FirewallContents = [
        "UPLINKD_RESTORE_PRE": ["-j CONNMARK --restore-mark --nfmask 0xf000000 --ctmask 0xf000000"],
        "UPLINKD_RESTORE_OUT": ["-m mark --mark 0x0 -j CONNMARK --restore-mark --nfmask 0xf000000 --ctmask 0xf000000"],
        "PREROUTING": ["-j UPLINKD_RESTORE_PRE"], "OUTPUT": ["-j UPLINKD_RESTORE_OUT"], "POSTROUTING": [""],
    ]
    private let window = "-m time --datestart 2026-11-24T19:00:00 --datestop 2026-11-24T19:01:01"

    @Test("each fault as iptables writes it; every rule ends by itself")
    func rules() throws {
        let cases: [(DrillFault, [String])] = [
            (.silent, ["-o eth0 \(window) -j DROP"]),
            (.lossy(30), ["-o eth0 \(window) -m statistic --mode random --probability 0.29999999981 -j DROP"]),
            (.dns, ["-o eth0 -p udp -m udp --dport 53 \(window) -j DROP", "-o eth0 -p tcp -m tcp --dport 53 \(window) -j DROP"]),
        ]
        for (fault, rules) in cases {
            for place in [FirewallPlace.mangle, .mangle6] {
                let restore = try #require(FirewallRestore(place, desired: try wanted(.iptables, fault), observed: mangle))
                let lines = restore.text.split(separator: "\n").map(String.init)
                #expect(lines.contains(":UPLINKD_DRILL - [0:0]"))
                #expect(lines.filter { $0.hasPrefix("-A UPLINKD_DRILL ") } == rules.map { "-A UPLINKD_DRILL \($0)" })
                #expect(lines.contains("-I POSTROUTING -j UPLINKD_DRILL"))
                var there = mangle
                there["UPLINKD_DRILL"] = rules
                there["POSTROUTING"] = ["-j UPLINKD_DRILL", ""]
                #expect(FirewallRestore(place, desired: try wanted(.iptables, fault), observed: there) == nil)
                #expect(IPTablesPlan.withoutDrill(there) == mangle)
            }
            for place in [FirewallPlace.nat, .nat6] {
                let restore = try #require(FirewallRestore(place, desired: try wanted(.iptables, fault), observed: [:]))
                #expect(!restore.text.contains("DRILL"))
            }
        }
    }

    @Test("when it is over the rules are taken away, and the other chains are left to be")
    func over() throws {
        var there = mangle
        there["UPLINKD_DRILL"] = ["-o eth0 \(window) -j DROP"]
        there["POSTROUTING"] = ["-j UPLINKD_DRILL", ""]
        let restore = try #require(FirewallRestore(.mangle, desired: try wanted(.iptables, nil), observed: there))
        let lines = restore.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("-D POSTROUTING -j UPLINKD_DRILL") && lines.contains("-X UPLINKD_DRILL"))
        #expect(!lines.contains { $0.contains("PREROUTING") })
    }

    @Test("a WAN whose IPv6 is somebody else's is played in IPv4 alone")
    func withoutIPv6() throws {
        #expect(FirewallRestore(.mangle6, desired: try wanted(.iptables, .silent, v6: false), observed: [:]) == nil)
        let nft = try #require(FirewallRestore(.inet, desired: try wanted(.nftables, .silent, v6: false), observed: [:]))
        #expect(nft.text.contains("\t\tmeta nfproto ipv4 oifname \"eth0\" meta time >= 1795546800 meta time < 1795546861 drop comment "))
    }

    @Test("down needs no rules")
    func down() throws {
        let settings = Settings(
            lan: [],
            wans: [WANSettings(name: try #require(WANName("telkom")), interface: try #require(InterfaceName("eth0")), metric: 1, number: 1)]
        )
        let order = { (fault) throws in
            DrillOrder(wan: try #require(WANName("telkom")), fault: fault, duration: .seconds(60), unixTime: 0)
        }
        #expect(FirewallDesired(settings, drill: try order(.down)).drill == nil)
        #expect(FirewallDesired(settings, drill: try order(.silent)).drill?.window == 0...61)
    }

    @Test("of nftables only the drill's chain comes and goes, and NAT counts as standing all the while")
    func nftables() throws {
        let chains = { (text: String) -> FirewallContents in
            var contents: FirewallContents = [:]
            var chain = ""
            for line in text.split(separator: "\n").map({ $0.drop { $0 == "\t" } }) {
                let words = line.split(separator: " ")
                if words[0] == "chain" {
                    chain = String(words[1])
                    contents[chain] = []
                } else if words[0] == "type" {
                    contents[chain]?.append(String(line))
                } else if line.contains(" comment ") {
                    contents[chain]?.append(String(line.split(separator: "\"").last ?? ""))
                }
            }
            return contents
        }
        let plain = chains(try #require(FirewallRestore(.inet, desired: try wanted(.nftables, nil), observed: [:])).text)
        let cases: [(DrillFault, String)] = [
            (.silent, "drop"), (.lossy(30), "numgen random mod 100 < 30 drop"), (.dns, "meta l4proto { tcp, udp } th dport 53 drop"),
        ]
        for (fault, end) in cases {
            let desired = try wanted(.nftables, fault)
            let begins = try #require(FirewallRestore(.inet, desired: desired, observed: plain)).text
            let lines = begins.split(separator: "\n").map(String.init)
            #expect(lines.count == 6 && lines[0] == "table inet uplinkd {" && lines[1] == "\tchain drill {")
            #expect(lines[2] == "\t\ttype filter hook postrouting priority -150; policy accept;")
            #expect(lines[3].hasPrefix("\t\toifname \"eth0\" meta time >= 1795546800 meta time < 1795546861 \(end) comment \"uplinkd "))
            let there = plain.merging(chains(begins)) { $1 }
            #expect(FirewallRestore(.inet, desired: desired, observed: there) == nil)
            #expect(desired.masquerades([.inet: there]) && desired.masquerades([.inet: plain]))
            let ends = FirewallRestore(.inet, desired: try wanted(.nftables, nil), observed: there)
            #expect(ends?.text == "delete chain inet uplinkd drill\n")
            let another = try #require(FirewallRestore(.inet, desired: try wanted(.nftables, .lossy(31)), observed: there)).text
            #expect(another.hasPrefix("delete chain inet uplinkd drill\ntable inet uplinkd {\n\tchain drill {\n"))
        }
    }

    @Test(
        "dates are the calendar's, in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00"), (951_782_399, "2000-02-28T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
            (1_709_251_199, "2024-02-29T23:59:59"), (1_709_251_200, "2024-03-01T00:00:00"), (1_798_761_599, "2026-12-31T23:59:59"),
            (1_798_761_600, "2027-01-01T00:00:00"), (2_147_483_647, "2038-01-19T03:14:07"), (4_107_542_400, "2100-03-01T00:00:00"),
        ])
    func dates(time: Int64, text: String) { #expect(IPTablesPlan.dateText(time) == text) }

    @Test("faults read and write themselves, and nothing else is one")
    func text() {
        for text in ["down", "silent", "dns", "lossy=1", "lossy=99"] { #expect(DrillFault(text)?.description == text) }
        for text in ["", "lossy", "lossy=0", "lossy=100", "lossy=-1", "lossy=3.5", "Down", "dns "] {
            #expect(DrillFault(text) == nil, "\(text)")
        }
    }
}
