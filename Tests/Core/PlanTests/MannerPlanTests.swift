import Model
import Plan
import Testing

@Suite("The plan keeps how learned routes send")
struct MannerPlanTests {
    private let eth0: Interface
    private let telkom: WANSettings

    init() throws {
        let name = try #require(InterfaceName("eth0"))
        eth0 = Interface(
            name: name, index: 2, isUp: true, hasCarrier: true,
            addresses: [try #require(IPv4Prefix("10.0.0.2/30")), try #require(IPv4Prefix("100.64.1.2/32"))],
            addresses6: [try #require(IPv6Prefix("2001:db8::2/64")), try #require(IPv6Prefix("2001:db8::77/64"))],
            settings: [.forwarding: 1, .reversePathFilter: 2, .ignoreRoutesWithLinkDown: 1])
        telkom = WANSettings(name: try #require(WANName("telkom")), interface: name, metric: 1, number: 1)
    }

    private func operations(_ manners: [IPFamily: RouteManner], standing: [String], others: [String] = []) throws -> [String] {
        let desired = Desired(
            lan: [],
            wans: [
                .init(
                    settings: telkom, interface: eth0, gateway: IPv4Address("10.0.0.1"), gateway6: IPv6Address("fe80::1"), manners: manners,
                    isUsable: true, keepsSessions: true)
            ], selected: telkom.name)
        let routes = try (standing + others).map { try #require(Route($0)) }
        let plan = Plan(desired: desired, observed: Snapshot(interfaces: [eth0], routes: routes), undo: Undo())
        return plan.operations.map(\.description).filter { $0.contains(" route ") }
    }

    private func manner(_ route: String) throws -> RouteManner { try #require(Route(route)).manner }

    private static let plain = [
        "default via 10.0.0.1 dev eth0 proto uplinkd metric 1", "default via 10.0.0.1 dev eth0 table 8501 proto uplinkd",
        "::/0 via fe80::1 dev eth0 proto uplinkd metric 1", "::/0 via fe80::1 dev eth0 table 8501 proto uplinkd metric 1024",
    ]
    private static let learned = "default via 10.0.0.1 dev eth0 src 100.64.1.2 mtu 1400 advmss 1360"
    private static let learned6 = "::/0 via fe80::1 dev eth0 src 2001:db8::77 hoplimit 64"
    private static let kept = [
        "default via 10.0.0.1 dev eth0 proto uplinkd src 100.64.1.2 metric 1 mtu 1400 advmss 1360",
        "default via 10.0.0.1 dev eth0 table 8501 proto uplinkd src 100.64.1.2 mtu 1400 advmss 1360",
        "::/0 via fe80::1 dev eth0 proto uplinkd src 2001:db8::77 metric 1 hoplimit 64",
        "::/0 via fe80::1 dev eth0 table 8501 proto uplinkd src 2001:db8::77 metric 1024 hoplimit 64",
    ]

    @Test("source and metrics stand in the main table and in the WAN's own, in both families")
    func kept() throws {
        let manners = [IPFamily.v4: try manner(Self.learned), .v6: try manner(Self.learned6)]
        #expect(try operations(manners, standing: []) == Self.kept.map { "ip route prepend \($0)" })
        #expect(try operations(manners, standing: Self.kept).isEmpty)
        #expect(try operations([:], standing: Self.plain).isEmpty)
    }

    @Test("where the order to delete the old route would fit the new one, that goes behind it; IPv6's old one makes room")
    func more() throws {
        let manners = [IPFamily.v4: try manner(Self.learned), .v6: try manner(Self.learned6)]
        #expect(
            try operations(manners, standing: Self.plain)
                == [
                    "append \(Self.kept[0])", "append \(Self.kept[1])", "del \(Self.plain[2])", "del \(Self.plain[3])",
                    "prepend \(Self.kept[2])",
                    "prepend \(Self.kept[3])", "del \(Self.plain[0])", "del \(Self.plain[1])",
                ].map { "ip route \($0)" })
    }

    @Test("another source, or none any more, comes in front: the old one can be told from it")
    func other() throws {
        let other = try manner("default via 10.0.0.1 dev eth0 src 10.0.0.2 mtu 1400 advmss 1360")
        for (manner, expected) in [(other, " src 10.0.0.2"), (RouteManner(), "")] {
            let operations = try operations([.v4: manner], standing: Array(Self.kept[..<2]) + Self.plain[2...])
            #expect(
                operations.count == 4 && operations[0].hasPrefix("ip route prepend default via 10.0.0.1 dev eth0 proto uplinkd\(expected)"))
            #expect(Array(operations.suffix(2)) == Self.kept.prefix(2).map { "ip route del \($0)" })
        }
    }

    @Test("somebody else's route takes them along when it is moved behind ours")
    func displaced() throws {
        let theirs = "default via 10.0.0.1 dev eth0 proto dhcp src 100.64.1.2 mtu lock 1400"
        let operations = try operations([.v4: try manner(theirs)], standing: Array(Self.plain[2...]), others: [theirs])
        #expect(operations.contains("ip route prepend default via 10.0.0.1 dev eth0 proto dhcp src 100.64.1.2 metric 2000 mtu lock 1400"))
        #expect(operations.contains("ip route del \(theirs)"))
    }
}
