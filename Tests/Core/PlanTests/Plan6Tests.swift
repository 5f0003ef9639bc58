import Model
import Plan
import Testing

@Suite("The plan for IPv6")
struct Plan6Tests {
    private var eth0: Interface
    private let usb0: Interface
    private var telkom: WANSettings
    private let smartfren: WANSettings

    init() throws {
        let first = try #require(InterfaceName("eth0"))
        let second = try #require(InterfaceName("usb0"))
        eth0 = Interface(
            name: first, index: 2, isUp: true, hasCarrier: true, addresses: [],
            addresses6: [try #require(IPv6Prefix("fe80::7/64")), try #require(IPv6Prefix("2001:db8:1::7/64"))])
        usb0 = Interface(
            name: second, index: 3, isUp: true, hasCarrier: true, addresses: [], addresses6: [try #require(IPv6Prefix("2001:db8:2::7/128"))]
        )
        telkom = WANSettings(name: try #require(WANName("telkom")), interface: first, metric: 1, number: 1)
        smartfren = WANSettings(name: try #require(WANName("smartfren")), interface: second, metric: 2, number: 2)
    }

    private func desired(
        selected: WANName? = nil, usable: [WANName]? = nil, gateway: String? = "fe80::1", other: String? = "fe80::2"
    ) -> Desired {
        let usable = usable ?? [telkom.name, smartfren.name]
        return Desired(
            lan: [],
            wans: [(telkom, eth0, gateway), (smartfren, usb0, other)].map { settings, interface, gateway in
                let isUsable = usable.contains(settings.name)
                return .init(
                    settings: settings, interface: interface, gateway: nil, gateway6: gateway.flatMap { IPv6Address($0) },
                    isUsable: isUsable, keepsSessions: isUsable)
            }, selected: selected ?? telkom.name)
    }

    private func snapshot(_ routes: [String], rules: [String] = []) throws -> Snapshot {
        Snapshot(
            interfaces: [eth0, usb0], routes: try routes.map { try #require(Route($0)) }, rules: try rules.map { try #require(Rule($0)) })
    }

    private func commands(_ desired: Desired, _ routes: [String], undo: Undo = Undo()) throws -> [String] {
        let plan = Plan(desired: desired, observed: try snapshot(routes, rules: desired.rules.map(\.description)), undo: undo)
        return plan.operations.map(\.description).filter { !$0.hasPrefix("sysctl") }
    }

    private let standing = [
        "::/0 via fe80::1 dev eth0 proto uplinkd metric 1", "::/0 via fe80::1 dev eth0 table 8501 proto uplinkd metric 1024",
        "::/0 via fe80::2 dev usb0 proto uplinkd metric 2", "::/0 via fe80::2 dev usb0 table 8502 proto uplinkd metric 1024",
    ]

    @Test("from nothing: routes and rules as with IPv4, in words that ip takes")
    func fromNothing() throws {
        let plan = Plan(desired: desired(), observed: try snapshot([]), undo: Undo())
        #expect(
            plan.operations.map(\.description) == standing.map { "ip route prepend \($0)" } + [
                "ip -6 rule add pref 8500 not fwmark 0x0/0xf000000 lookup main suppress_prefixlength 0 proto uplinkd",
                "ip -6 rule add pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd",
                "ip -6 rule add pref 8502 fwmark 0x2000000/0xf000000 lookup 8502 proto uplinkd",
            ])
    }

    @Test("what is already so needs nothing, also with the routers' own routes behind ours")
    func idempotent() throws {
        #expect(try commands(desired(), standing + ["::/0 via fe80::1 dev eth0 proto ra metric 1024"]).isEmpty)
    }

    @Test("a failover demotes it like IPv4's")
    func failover() throws {
        let plan = Plan(
            desired: desired(selected: smartfren.name, usable: [smartfren.name]),
            observed: try snapshot(standing, rules: desired().rules.map(\.description)), undo: Undo())
        #expect(
            plan.operations.map(\.description) == [
                "ip route prepend ::/0 via fe80::1 dev eth0 proto uplinkd metric 1001",
                "ip -6 rule del pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd",
                "ip route del ::/0 via fe80::1 dev eth0 proto uplinkd metric 1",
            ])
    }

    @Test("a new gateway stands before the old one goes")
    func gatewayChange() throws {
        #expect(
            try commands(desired(gateway: "fe80::9"), standing) == [
                "ip route prepend ::/0 via fe80::9 dev eth0 proto uplinkd metric 1",
                "ip route prepend ::/0 via fe80::9 dev eth0 table 8501 proto uplinkd metric 1024",
                "ip route del ::/0 via fe80::1 dev eth0 proto uplinkd metric 1",
                "ip route del ::/0 via fe80::1 dev eth0 table 8501 proto uplinkd metric 1024",
            ])
    }

    @Test("without a gateway, without an address beyond the link, or where IPv6 isn't ours, there is no IPv6 by that WAN")
    func none() throws {
        func first(_ desired: Desired) -> [String] { desired.routes.filter { $0.interface == eth0.name }.map(\.description) }
        #expect(first(desired(gateway: nil)).isEmpty)
        #expect(!first(desired()).isEmpty)
        var test = self
        test.eth0.addresses6.removeLast()
        #expect(first(test.desired()).isEmpty)
        test = self
        test.telkom.ipv6 = .off
        #expect(first(test.desired()).isEmpty)
        #expect(test.desired().rules.map(\.priority) == [8500, 8502])
        test = self
        test.eth0.isPointToPoint = true
        #expect(first(test.desired(gateway: nil)).first == "::/0 dev eth0 proto uplinkd metric 1")
        test.eth0.isUp = false
        #expect(first(test.desired()).isEmpty)
    }

    @Test(
        "a gateway is on the link where no address's network has it, and link-local ones needn't be told so",
        arguments: [("2001:db8:1::1", false), ("2001:db8:9::1", true), ("fe80::1", false)])
    func onLink(gateway: String, isOnLink: Bool) throws {
        #expect(desired(gateway: gateway).routes.first?.isOnLink == isOnLink)
    }

    @Test("a foreign route that would beat ours is moved behind, remembered, and put back at teardown")
    func foreign() throws {
        let original = "::/0 via fe80::9 dev usb0 proto static metric 1 pref high"
        let moved = "::/0 via fe80::9 dev usb0 proto static metric 2001 pref high"
        // It has one of our metrics: were ours added first, the two would be one route.
        let plan = Plan(
            desired: desired(), observed: try snapshot(Array(standing[1...]) + [original], rules: desired().rules.map(\.description)),
            undo: Undo())
        #expect(
            plan.operations.map(\.description) == [
                "ip route prepend \(moved)", "ip route del \(original)", "ip route prepend \(standing[0])",
            ])
        #expect(plan.undo.displaced.map(\.description) == [original])
        #expect(try commands(desired(), standing + [moved], undo: plan.undo).isEmpty)

        let teardown = try commands(Desired(), standing + [moved], undo: plan.undo)
        #expect(teardown[..<2] == ["ip route del \(standing[0])", "ip route prepend \(original)"])
        #expect(teardown.contains("ip route del \(moved)"))
        #expect(teardown.filter { $0.hasPrefix("ip route del") }.count == 5)
    }

    @Test("what advertisements made anew is moved again, and the copy is added again for its lifetime")
    func advertised() throws {
        let undo = Undo(displaced: [try #require(Route("::/0 via fe80::1 dev eth0 proto ra metric 2"))])
        let routes = standing + ["::/0 via fe80::1 dev eth0 proto ra metric 2", "::/0 via fe80::1 dev eth0 proto ra metric 2002"]
        #expect(
            try commands(desired(), routes, undo: undo) == [
                "ip route prepend ::/0 via fe80::1 dev eth0 proto ra metric 2002",
                "ip route del ::/0 via fe80::1 dev eth0 proto ra metric 2",
            ])
    }

    @Test("a foreign route with the metric of a demoted one of ours makes room, though it beats nobody")
    func sameAsDemoted() throws {
        var test = self
        test.telkom.metric = 24
        let texts = try test.commands(test.desired(usable: []), ["::/0 via fe80::2 dev usb0 proto ra metric 1024"])
        #expect(!texts.contains { $0.hasPrefix("ip route del") })
        let demoted = try test.commands(
            test.desired(selected: smartfren.name, usable: []), ["::/0 via fe80::1 dev eth0 proto ra metric 1024"])
        let first = [
            "ip route del ::/0 via fe80::1 dev eth0 proto ra metric 1024",
            "ip route prepend ::/0 via fe80::1 dev eth0 proto uplinkd metric 1024",
        ]
        #expect(demoted.filter(first.contains) == first)
        #expect(demoted.contains("ip route prepend ::/0 via fe80::1 dev eth0 proto ra metric 3024"))
    }

    @Test("where IPv6 isn't ours, foreign routes stay, and what was moved comes back")
    func notOurs() throws {
        var test = self
        test.telkom.ipv6 = .off
        let original = "::/0 via fe80::9 dev eth0 proto static metric 1"
        let moved = "::/0 via fe80::9 dev eth0 proto static metric 2001"
        #expect(try test.commands(test.desired(), Array(standing[2...]) + [original]).isEmpty)
        let undo = Undo(displaced: [try #require(Route(original))])
        #expect(
            try test.commands(test.desired(), Array(standing[2...]) + [moved], undo: undo) == [
                "ip route prepend \(original)", "ip route del \(moved)",
            ])
    }
}
