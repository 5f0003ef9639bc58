import Model
import Plan
import Testing

@Suite("The firewall's plan for the fast path")
struct FastPathPlanTests {
    private typealias Device = FirewallDesired.FastPath.Device

    private func device(_ name: String, _ index: UInt32) throws -> Device { Device(name: try #require(InterfaceName(name)), index: index) }

    private func wanted(
        _ marks: [IPFamily: UInt32] = [.v4: 1 << 24, .v6: 1 << 24], usb0: UInt32 = 4, turn: Int = 0, backend: FirewallBackend = .nftables
    ) throws -> FirewallDesired {
        FirewallDesired(
            backend: backend, lan: [try #require(InterfaceName("br0"))],
            wans: [.init(interface: try #require(InterfaceName("usb0")), mark: 1 << 24, hasIPv6: true)], mask: 0x0f00_0000,
            fastPath: .init(devices: [try device("usb0", usb0), try device("br0", 2)], marks: marks, turn: turn))
    }

    /// What stands once that has been carried out.
    private func standing(_ desired: FirewallDesired) throws -> FirewallContents {
        let comments = try #require(FirewallRestore(.fastPath, desired: desired, observed: [:])).text.split(separator: "\n")
            .filter { $0.contains(" comment ") }.map { String($0.split(separator: "\"").last ?? "") }
        return ["sessions": ["br0", "usb0"], "forward": ["type filter hook forward priority 300; policy accept;"] + comments]
    }

    @Test("a table of its own: established sessions with our mark and no other's, counted, after everybody's rules")
    func text() throws {
        let text = try #require(FirewallRestore(.fastPath, desired: try wanted(), observed: [:])).text
        let lines = text.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(8) == [
                "table inet uplinkd_fastpath {", "\tflowtable sessions {", "\t\thook ingress priority 0",
                "\t\tdevices = { \"br0\", \"usb0\" }", "\t\tcounter", "\t}", "\tchain forward {",
                "\t\ttype filter hook forward priority 300; policy accept;",
            ])
        #expect(
            lines[8].hasPrefix(
                "\t\tct state established ct status assured meta mark 0x1000000 ct mark and 0xf000000 == 0x1000000 "
                    + "meta l4proto { tcp, udp } flow add @sessions comment \"uplinkd "))
        #expect(lines.count == 11)
        let apart = try #require(FirewallRestore(.fastPath, desired: try wanted([.v4: 1 << 24, .v6: 2 << 24]), observed: [:])).text
        #expect(apart.contains("meta nfproto ipv4 ct state established ct status assured meta mark 0x1000000 "))
        #expect(apart.contains("meta nfproto ipv6 ct state established ct status assured meta mark 0x2000000 "))
        let alone = try #require(FirewallRestore(.fastPath, desired: try wanted([.v6: 1 << 24]), observed: [:])).text
        #expect(alone.contains("meta nfproto ipv6 ") && !alone.contains("ipv4"))
        // The rest of the firewall knows nothing of it.
        let rest = try #require(FirewallRestore(.inet, desired: try wanted(), observed: [:])).text
        #expect(!rest.contains("flow"))
    }

    @Test(
        "what stands otherwise is taken apart by an order that nothing can refuse, and made anew by another; so is the device of a modem that was replugged"
    )
    func anew() throws {
        let desired = try wanted()
        let there = try standing(desired)
        #expect(FirewallRestore(.fastPath, desired: desired, observed: there) == nil)
        var without = there
        // The kernel takes out what has gone.
        without["sessions"] = ["br0"]
        for (desired, observed) in [
            (desired, without), (try wanted(usb0: 5), there), (try wanted(turn: 1), there), (try wanted([.v4: 2 << 24]), there),
        ] {
            #expect(FirewallRestore(.fastPath, desired: desired, observed: observed)?.text == "delete table inet uplinkd_fastpath\n")
            #expect(FirewallRestore(.fastPath, desired: desired, observed: [:]) != nil)
        }
    }

    @Test("there is none during a drill, which is made of rules, nor without nftables, nor where it isn't asked for")
    func none() throws {
        var desired = try wanted()
        let there = try standing(desired)
        desired.drill = .init(wan: desired.wans[0], fault: .silent, window: 0...60)
        #expect(!desired.isWanted(in: .fastPath))
        #expect(FirewallRestore(.fastPath, desired: desired, observed: there)?.text == "delete table inet uplinkd_fastpath\n")
        #expect(FirewallRestore(.fastPath, desired: desired.withoutDrill, observed: there) == nil)
        desired = try wanted()
        desired.fastPath = nil
        #expect(FirewallRestore(.fastPath, desired: desired, observed: there)?.text == "delete table inet uplinkd_fastpath\n")
        #expect(FirewallRestore(.fastPath, desired: desired, observed: [:]) == nil)
        #expect(try !wanted(backend: .iptables).isWanted(in: .fastPath))
        #expect(FirewallRestore(.fastPath, desired: nil, observed: there)?.text == "delete table inet uplinkd_fastpath\n")
    }
}
