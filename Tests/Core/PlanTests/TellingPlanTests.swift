import Model
import Plan
import Testing

@Suite("The firewall's plan for clients that are told")
struct TellingPlanTests {
    private func wanted(_ backend: FirewallBackend, tells: Bool = true, v6: Bool = true) throws -> FirewallDesired {
        FirewallDesired(
            backend: backend, lan: [try #require(InterfaceName("br0"))],
            wans: [.init(interface: try #require(InterfaceName("eth0")), mark: 1 << 24, hasIPv6: v6)], mask: 0x0f00_0000,
            tellsClients: tells)
    }

    private func moved(_ client: String, _ server: String) throws -> MovedSession {
        MovedSession(
            client: try #require(IPAddress(client)), clientPort: 40001, server: try #require(IPAddress(server)), serverPort: 443)
    }

    private func both() throws -> [MovedSession] {
        [try moved("192.168.88.11", "198.51.100.10"), try moved("2001:db8:88::11", "2001:db8:198::10")]
    }

    @Test("iptables: what begins in the middle goes by a chain of its own, which is left as it is while it stands")
    func chain() throws {
        let desired = try wanted(.iptables)
        let text = try #require(FirewallRestore(.filter, desired: desired, observed: [:])).text
        #expect(
            text.contains(
                """
                -A UPLINKD_REFUSE -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -j UPLINKD_TELL
                -A UPLINKD_REFUSE -m conntrack --ctstate NEW -j RETURN
                -A UPLINKD_REFUSE -m policy --dir out --pol ipsec -j RETURN

                """))
        #expect(
            text.contains(":UPLINKD_TELL - [0:0]\n") && text.contains("-I FORWARD -m conntrack --ctstate INVALID,NEW -j UPLINKD_REFUSE\n"))
        var contents: FirewallContents = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            if line.hasPrefix(":") { contents[String(words[0].dropFirst())] = contents[String(words[0].dropFirst())] ?? [] }
            if line.hasPrefix("-A") || line.hasPrefix("-I") { contents[words[1], default: []].append(words[2]) }
        }
        #expect(FirewallRestore(.filter, desired: desired, observed: contents) == nil)
        contents["UPLINKD_TELL"] = ["-i br0 -o eth0 -p tcp -j REJECT --reject-with tcp-reset"]
        #expect(FirewallRestore(.filter, desired: desired, observed: contents) == nil)
        // What is mended beside it leaves it alone, too; it goes when nobody is told any more.
        contents["FORWARD"] = nil
        #expect(try #require(FirewallRestore(.filter, desired: desired, observed: contents)).text.contains("UPLINKD_TELL -") == false)
        #expect(
            try #require(FirewallRestore(.filter, desired: wanted(.iptables, tells: false), observed: contents)).text.contains(
                "-X UPLINKD_TELL"))
        contents["UPLINKD_TELL"] = nil
        #expect(try #require(FirewallRestore(.filter, desired: desired, observed: contents)).text.contains(":UPLINKD_TELL - [0:0]"))
    }

    @Test("iptables: a window in which all that begins in the middle is reset, of the families that were moved, and its end")
    func window() throws {
        let desired = try wanted(.iptables)
        let texts = desired.backend.plan.telling(try both(), desired, from: 1_795_546_800, seconds: 8)
        #expect(texts.map(\.0) == [.filter, .filter6])
        #expect(
            texts.first?.1 == """
                *filter
                -F UPLINKD_TELL
                -A UPLINKD_TELL -i br0 -o eth0 -p tcp -m time --datestart 2026-11-24T19:00:00 --datestop 2026-11-24T19:00:08 -j REJECT --reject-with tcp-reset
                COMMIT

                """)
        #expect(desired.backend.plan.telling(Array(try both().prefix(1)), desired, from: 0, seconds: 8).map(\.0) == [.filter])
        #expect(desired.backend.plan.telling(try both(), try wanted(.iptables, v6: false), from: 0, seconds: 8).map(\.0) == [.filter])
        #expect(desired.backend.plan.telling(try both(), try wanted(.iptables, tells: false), from: 0, seconds: 8).isEmpty)
        #expect(desired.backend.plan.toldAll(desired).map(\.1) == Array(repeating: "*filter\n-F UPLINKD_TELL\nCOMMIT\n", count: 2))
    }

    @Test("nftables: those sessions alone, each for some seconds")
    func elements() throws {
        let desired = try wanted(.nftables)
        let texts = desired.backend.plan.telling(try both(), desired, from: 0, seconds: 8)
        #expect(texts.map(\.0) == [.inet])
        #expect(
            texts.first?.1 == """
                add element inet uplinkd told4 { 192.168.88.11 . 40001 . 198.51.100.10 . 443 timeout 8s }
                add element inet uplinkd told6 { 2001:db8:88::11 . 40001 . 2001:db8:198::10 . 443 timeout 8s }

                """)
        #expect(desired.backend.plan.telling([], desired, from: 0, seconds: 8).isEmpty && desired.backend.plan.toldAll(desired).isEmpty)
        let with = try #require(FirewallRestore(.inet, desired: desired, observed: [:])).text
        let without = try #require(FirewallRestore(.inet, desired: wanted(.nftables, tells: false), observed: [:])).text
        #expect(with.contains("set told4 {") && with.contains("@told6 reject with tcp reset") && !without.contains("told"))
        #expect(with.contains("ct state established,related accept") && !without.contains("established"))
    }
}
