import Engine
import KernelFake
import Model
import Plan
import Testing

@Suite("A provider that takes one source only")
struct SourceTests {
    private let eth0: InterfaceName
    private let own: IPv4Prefix

    init() throws {
        eth0 = try #require(InterfaceName("eth0"))
        own = try #require(IPv4Prefix("10.0.0.2/30"))
    }

    private static let whole = SessionSweep.Scope.wan(mark: 0x100_0000, mask: 0xf00_0000, addresses: [])

    private static func learned(_ source: String?, metric: UInt32 = 100) -> String {
        "default via 10.0.0.1 dev eth0 proto dhcp\(source.map { " src \($0)" } ?? "") metric \(metric) mtu 1400"
    }

    private func office(source: String?, addresses: [String] = ["100.64.1.2/32"]) throws -> World {
        let world = try World.office()
        world.kernel.plug(eth0, addresses: [own] + (try addresses.map { try #require(IPv4Prefix($0)) }))
        world.kernel.addForeign(try #require(Route(Self.learned(source))))
        world.start()
        world.run(for: .seconds(1))
        return world
    }

    private func ours(_ world: World) -> [String] {
        world.kernel.allRoutes.filter { $0.isOurs && $0.interface == eth0 }.map(\.description)
    }

    private func rules(_ world: World) -> [String] { (world.firewall[.nat]?["UPLINKD_NAT"] ?? []).filter { $0.hasPrefix("-o eth0 ") } }

    @Test("the source of the learned route is that of ours, and of clients; its metrics are kept")
    func kept() throws {
        let world = try office(source: "100.64.1.2")
        #expect(
            Set(ours(world)) == [
                "default via 10.0.0.1 dev eth0 proto uplinkd src 100.64.1.2 metric 1 mtu 1400",
                "default via 10.0.0.1 dev eth0 table 8501 proto uplinkd src 100.64.1.2 mtu 1400",
            ])
        #expect(
            rules(world) == [
                "-o eth0 -m addrtype --src-type LOCAL --limit-iface-out -j RETURN", "-o eth0 -j SNAT --to-source 100.64.1.2",
            ])
        #expect(world.firewall[.nat6]?["UPLINKD_NAT"]?.contains("-o eth0 -j MASQUERADE") == true)
        #expect(world.engine.isInOrder && world.engine.carrying == World.telkom)
    }

    @Test("where masquerade takes that source anyway, it is masqueraded", arguments: [nil, "10.0.0.2"])
    func masqueraded(source: String?) throws {
        let world = try office(source: source)
        #expect(rules(world) == ["-o eth0 -j MASQUERADE"])
    }

    @Test("another source is followed by routes and rules; sessions that have the old one are moved when the box has it no more")
    func followed() throws {
        let world = try office(source: "100.64.1.2")
        world.sweeps = []
        // As a DHCP client does it.
        world.kernel.setAddresses([own] + ["100.64.1.2/32", "100.64.1.3/32"].compactMap(IPv4Prefix.init), of: eth0)
        world.kernel.addForeign(try #require(Route(Self.learned("100.64.1.3", metric: 50))))
        world.look()
        world.run(for: .seconds(1))
        #expect(rules(world).last == "-o eth0 -j SNAT --to-source 100.64.1.3")
        #expect(ours(world).allSatisfy { $0.contains(" src 100.64.1.3 ") })
        #expect(!world.sweeps.map(\.scope).contains(Self.whole), "what has the old one goes on while that stands")
        world.kernel.setAddresses([own] + ["100.64.1.3/32"].compactMap(IPv4Prefix.init), of: eth0)
        world.look()
        world.run(for: .seconds(1))
        #expect(world.engine.isInOrder)
    }

    @Test("a source that goes at once with its address takes its sessions along, after the rules give another")
    func gone() throws {
        let world = try office(source: "100.64.1.2")
        world.sweeps = []
        world.kernel.setAddresses([own] + ["100.64.1.3/32"].compactMap(IPv4Prefix.init), of: eth0)
        world.kernel.addForeign(try #require(Route(Self.learned("100.64.1.3"))))
        world.look()
        world.run(for: .seconds(1))
        #expect(rules(world).last == "-o eth0 -j SNAT --to-source 100.64.1.3")
        #expect(world.sweeps.map(\.scope).contains(Self.whole))
    }

    @Test("when nobody teaches any longer it is remembered, for as long as the interface has it")
    func remembered() throws {
        let world = try office(source: "100.64.1.2")
        for route in world.kernel.allRoutes where !route.isOurs && route.interface == eth0 { world.kernel.deleteForeign(route) }
        world.look()
        world.run(for: .seconds(1))
        #expect(ours(world).count == 2 && ours(world).allSatisfy { $0.contains(" src 100.64.1.2 ") })
        world.kernel.setAddresses([own], of: eth0)
        world.look()
        world.run(for: .seconds(1))
        #expect(ours(world).count == 2 && ours(world).allSatisfy { !$0.contains(" src ") && $0.contains(" mtu 1400") })
        #expect(rules(world) == ["-o eth0 -j MASQUERADE"])
    }
}
