import Model
import Plan
import Testing

@Suite("The plan")
struct PlanTests {
    private let eth0: Interface
    private let usb0: Interface
    private let telkom: WANSettings
    private let smartfren: WANSettings

    init() throws {
        let settled: [DeviceSetting: Int] = [.forwarding: 1, .reversePathFilter: 2, .ignoreRoutesWithLinkDown: 1]
        let first = try #require(InterfaceName("eth0"))
        let second = try #require(InterfaceName("usb0"))
        eth0 = Interface(
            name: first, index: 2, isUp: true, hasCarrier: true, addresses: [try #require(IPv4Prefix("192.0.2.7/24"))], settings: settled)
        usb0 = Interface(
            name: second, index: 3, isUp: true, hasCarrier: true, addresses: [try #require(IPv4Prefix("198.51.100.7/24"))],
            settings: settled)
        telkom = WANSettings(name: try #require(WANName("telkom")), interface: first, metric: 1, number: 1)
        smartfren = WANSettings(name: try #require(WANName("smartfren")), interface: second, metric: 2, number: 2)
    }

    private func desired(selected: WANName?, usable: [WANName], gateway: String = "192.0.2.1") -> Desired {
        Desired(
            lan: [],
            wans: [
                .init(
                    settings: telkom, interface: eth0, gateway: IPv4Address(gateway), isUsable: usable.contains(telkom.name),
                    keepsSessions: usable.contains(telkom.name)),
                .init(
                    settings: smartfren, interface: usb0, gateway: IPv4Address("198.51.100.1"), isUsable: usable.contains(smartfren.name),
                    keepsSessions: usable.contains(smartfren.name)),
            ], selected: selected)
    }

    private func snapshot(routes: [String], rules: [String] = [], interfaces: [Interface]? = nil) throws -> Snapshot {
        Snapshot(
            interfaces: interfaces ?? [eth0, usb0], routes: try routes.map { try #require(Route($0)) },
            rules: try rules.map { try #require(Rule($0)) })
    }

    private var bothUp: Desired { desired(selected: telkom.name, usable: [telkom.name, smartfren.name]) }
    private let standing = [
        "default via 192.0.2.1 dev eth0 proto uplinkd metric 1", "default via 192.0.2.1 dev eth0 table 8501 proto uplinkd",
        "default via 198.51.100.1 dev usb0 proto uplinkd metric 2", "default via 198.51.100.1 dev usb0 table 8502 proto uplinkd",
    ]
    private let rules = [
        "pref 8500 not fwmark 0x0/0xf000000 lookup main suppress_prefixlength 0 proto uplinkd",
        "pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd", "pref 8502 fwmark 0x2000000/0xf000000 lookup 8502 proto uplinkd",
    ]

    @Test("from nothing: every route, then every rule")
    func fromNothing() throws {
        let plan = Plan(desired: bothUp, observed: try snapshot(routes: []), undo: Undo())
        #expect(plan.operations.map(\.description) == standing.map { "ip route prepend \($0)" } + rules.map { "ip rule add \($0)" })
    }

    @Test("what is already so needs nothing")
    func idempotent() throws {
        #expect(Plan(desired: bothUp, observed: try snapshot(routes: standing, rules: rules), undo: Undo()).operations.isEmpty)
    }

    @Test("a failover is add, then delete; the backup's route stands all the while, and the failed WAN's rule goes first")
    func failover() throws {
        let plan = Plan(
            desired: desired(selected: smartfren.name, usable: [smartfren.name]), observed: try snapshot(routes: standing, rules: rules),
            undo: Undo())
        #expect(
            plan.operations.map(\.description) == [
                "ip route prepend default via 192.0.2.1 dev eth0 proto uplinkd metric 1001",
                "ip rule del pref 8501 fwmark 0x1000000/0xf000000 lookup 8501 proto uplinkd",
                "ip route del default via 192.0.2.1 dev eth0 proto uplinkd metric 1",
            ])
    }

    @Test("the rules stay with the WANs that keep their sessions, and with the selected one; without any, the one before them goes too")
    func sessionRules() throws {
        func rules(_ kept: [WANName], selected: WANName?) -> [String] {
            Desired(
                lan: [],
                wans: zip([telkom, smartfren], [(eth0, "192.0.2.1"), (usb0, "198.51.100.1")]).map { settings, place in
                    .init(
                        settings: settings, interface: place.0, gateway: IPv4Address(place.1), isUsable: true,
                        keepsSessions: kept.contains(settings.name))
                }, selected: selected
            ).rules.map(\.description)
        }
        #expect(rules([telkom.name], selected: telkom.name) == Array(self.rules[..<2]))
        #expect(rules([], selected: smartfren.name) == [self.rules[0], self.rules[2]])
        #expect(rules([smartfren.name], selected: telkom.name) == self.rules)
        #expect(rules([], selected: nil).isEmpty)
    }

    @Test("the operator's choice puts usable WANs of lower metric behind it")
    func pinned() throws {
        let routes = desired(selected: smartfren.name, usable: [telkom.name, smartfren.name]).routes
        #expect(routes.filter { $0.table == Route.mainTable }.map(\.metric) == [1001, 2])
    }

    @Test("a new gateway works before the old one goes")
    func gatewayChange() throws {
        let desired = desired(selected: telkom.name, usable: [telkom.name, smartfren.name], gateway: "192.0.2.254")
        let plan = Plan(desired: desired, observed: try snapshot(routes: standing, rules: rules), undo: Undo())
        #expect(
            plan.operations.map(\.description) == [
                "ip route prepend default via 192.0.2.254 dev eth0 proto uplinkd metric 1",
                "ip route prepend default via 192.0.2.254 dev eth0 table 8501 proto uplinkd",
                "ip route del default via 192.0.2.1 dev eth0 proto uplinkd metric 1",
                "ip route del default via 192.0.2.1 dev eth0 table 8501 proto uplinkd",
            ])
    }

    @Test("a foreign route above our metrics is left alone")
    func foreignAbove() throws {
        let foreign = "default via 192.0.2.1 dev eth0 proto dhcp metric 100"
        #expect(Plan(desired: bothUp, observed: try snapshot(routes: standing + [foreign], rules: rules), undo: Undo()).operations.isEmpty)
    }

    @Test("a foreign route that would beat ours is moved behind, remembered, and put back at teardown")
    func foreignBelow() throws {
        let original = "default via 192.0.2.1 dev eth0 proto boot"
        let moved = "default via 192.0.2.1 dev eth0 proto boot metric 2000"
        let plan = Plan(desired: bothUp, observed: try snapshot(routes: standing + [original], rules: rules), undo: Undo())
        #expect(plan.operations.map(\.description) == ["ip route prepend \(moved)", "ip route del \(original)"])
        #expect(plan.undo.displaced.map(\.description) == [original])

        let settled = Plan(desired: bothUp, observed: try snapshot(routes: standing + [moved], rules: rules), undo: plan.undo)
        #expect(settled.operations.isEmpty)
        #expect(settled.undo == plan.undo)

        let teardown = Plan(desired: Desired(), observed: try snapshot(routes: standing + [moved], rules: rules), undo: plan.undo)
        let texts = teardown.operations.map(\.description)
        #expect(texts.first == "ip route prepend \(original)")
        #expect(texts.contains("ip route del \(moved)"))
        #expect(texts.filter { $0.hasPrefix("ip route del") }.count == 5)
        #expect(texts.filter { $0.hasPrefix("ip rule del") }.count == 3)

        let after = Plan(desired: Desired(), observed: try snapshot(routes: [original]), undo: plan.undo)
        #expect(after.operations.isEmpty)
        #expect(after.undo.displaced.isEmpty)
    }

    @Test("a DHCP client that renews with another gateway leaves no stale copy behind")
    func foreignRenewed() throws {
        let undo = Undo(displaced: [try #require(Route("default via 192.0.2.1 dev eth0 proto boot"))])
        let plan = Plan(
            desired: desired(selected: telkom.name, usable: [telkom.name], gateway: "192.0.2.254"),
            observed: try snapshot(routes: [
                "default via 192.0.2.1 dev eth0 proto boot metric 2000", "default via 192.0.2.254 dev eth0 proto boot",
            ]), undo: undo)
        let texts = plan.operations.map(\.description)
        #expect(texts.contains("ip route prepend default via 192.0.2.254 dev eth0 proto boot metric 2000"))
        #expect(texts.contains("ip route del default via 192.0.2.1 dev eth0 proto boot metric 2000"))
        #expect(texts.contains("ip route del default via 192.0.2.254 dev eth0 proto boot"))
        #expect(plan.undo.displaced.map(\.description) == ["default via 192.0.2.254 dev eth0 proto boot"])
    }

    @Test("device settings: the value before us is written down once, and comes back at teardown")
    func deviceSettings() throws {
        var fresh = eth0
        fresh.settings = [.forwarding: 0, .reversePathFilter: 1, .ignoreRoutesWithLinkDown: 1]
        let observed = try snapshot(routes: standing, rules: rules, interfaces: [fresh, usb0])
        let plan = Plan(desired: bothUp, observed: observed, undo: Undo())
        #expect(
            plan.operations.map(\.description) == [
                "sysctl -w net.ipv4.conf.eth0.forwarding=1", "sysctl -w net.ipv4.conf.eth0.rp_filter=2",
            ])
        #expect(plan.undo.settings == [eth0.name: [.forwarding: 0, .reversePathFilter: 1]])
        // Somebody sets it again: our record keeps the first value.
        fresh.settings[.reversePathFilter] = 0
        let again = Plan(
            desired: bothUp, observed: try snapshot(routes: standing, rules: rules, interfaces: [fresh, usb0]), undo: plan.undo)
        #expect(again.undo == plan.undo)
        let teardown = Plan(desired: Desired(), observed: try snapshot(routes: [], interfaces: [eth0, usb0]), undo: plan.undo)
        #expect(
            teardown.operations.map(\.description) == [
                "sysctl -w net.ipv4.conf.eth0.forwarding=0", "sysctl -w net.ipv4.conf.eth0.rp_filter=1",
            ])
    }

    @Test("an absent modem has no routes, and its record goes with it")
    func absent() throws {
        let desired = Desired(
            lan: [], wans: [.init(settings: smartfren, interface: nil, gateway: nil, isUsable: false, keepsSessions: false)], selected: nil)
        #expect(desired.routes.isEmpty && desired.rules.isEmpty)
    }

    @Test("a gateway outside the interface's networks is reached on the link")
    func onLink() throws {
        let routes = desired(selected: telkom.name, usable: [], gateway: "203.0.113.9").routes
        #expect(routes.first?.description == "default via 203.0.113.9 dev eth0 proto uplinkd metric 1 onlink")
    }

    @Test("an orphan of ours by an interface that is no longer configured goes")
    func orphan() throws {
        let orphan = "default via 10.9.9.1 dev eth7 proto uplinkd metric 3"
        let plan = Plan(desired: bothUp, observed: try snapshot(routes: standing + [orphan], rules: rules), undo: Undo())
        #expect(plan.operations.map(\.description) == ["ip route del \(orphan)"])
    }
}
