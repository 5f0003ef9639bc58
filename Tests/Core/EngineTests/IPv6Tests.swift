import Engine
import Health
import KernelFake
import Model
import Plan
import Testing

@Suite("IPv6 beside IPv4")
struct IPv6Tests {
    private let eth0: InterfaceName
    private let usb0: InterfaceName
    private let router: Route
    private let otherRouter: Route

    init() throws {
        eth0 = try #require(InterfaceName("eth0"))
        usb0 = try #require(InterfaceName("usb0"))
        // As advertisements make them.
        router = try #require(Route("::/0 via fe80::1 dev eth0 proto ra metric 1024"))
        otherRouter = try #require(Route("::/0 via fe80::2 dev usb0 proto ra metric 1024"))
    }

    /// Both WANs with both families.
    private func office() throws -> World {
        let world = try World.office()
        for (name, number) in [(eth0, 1), (usb0, 2)] {
            world.kernel.setAddresses6(
                [try #require(IPv6Prefix("fe80::7/64")), try #require(IPv6Prefix("2001:db8:\(number)::7/64"))], of: name)
        }
        world.kernel.addForeign(router)
        world.kernel.addForeign(otherRouter)
        return world
    }

    private func routes(_ world: World) -> [String] {
        world.kernel.allRoutes.filter { $0.isOurs && $0.family == .v6 && $0.table == Route.mainTable }.sorted { $0.metric < $1.metric }
            .map { "\($0.gateway?.description ?? "none") \($0.interface) \($0.metric)" }
    }

    @Test("both families of a WAN move together, and come back together")
    func together() throws {
        let world = try office()
        world.start()
        world.run(for: .seconds(30))
        #expect(routes(world) == ["fe80::1 eth0 1", "fe80::2 usb0 2"])
        #expect(world.kernel.allRoutes.contains(router) && world.kernel.allRoutes.contains(otherRouter))
        world.silentUpstreams = [try #require(World.telkom)]
        world.run { $0.isSelected(World.smartfren) }
        #expect(routes(world) == ["fe80::2 usb0 2", "fe80::1 eth0 1001"])
        world.silentUpstreams = []
        world.run { $0.isSelected(World.telkom) }
        #expect(routes(world) == ["fe80::1 eth0 1", "fe80::2 usb0 2"])
    }

    @Test("a router whose advertisements end is no longer believed; IPv4 by that WAN goes on")
    func routerGone() throws {
        let world = try office()
        world.start()
        world.run(for: .seconds(30))
        world.kernel.deleteForeign(router)
        world.look()
        #expect(routes(world) == ["fe80::2 usb0 2"])
        #expect(world.isSelected(World.telkom))
        #expect(world.mainRoutes.first == "eth0 1")
        let another = try #require(Route("::/0 via fe80::9 dev eth0 proto ra metric 1024"))
        world.kernel.addForeign(another)
        world.look()
        #expect(routes(world) == ["fe80::9 eth0 1", "fe80::2 usb0 2"])
    }

    @Test("of two routers on one link the one that calls itself better is the gateway", arguments: [("high", 9), ("low", 1)])
    func preference(word: String, gateway: Int) throws {
        let world = try office()
        world.kernel.addForeign(try #require(Route("::/0 via fe80::9 dev eth0 proto ra metric 1024 pref \(word)")))
        world.start()
        #expect(routes(world).first == "fe80::\(gateway) eth0 1")
    }

    @Test("what an earlier run left teaches nothing: its router may be long gone")
    func leftBehind() throws {
        let world = try office()
        world.kernel.deleteForeign(router)
        world.kernel.addForeign(try #require(Route("::/0 via fe80::1 dev eth0 proto uplinkd metric 1")))
        world.start()
        #expect(routes(world) == ["fe80::2 usb0 1002"])
    }

    @Test("a WAN without IPv6 leaves it to the other, and keeps IPv4")
    func onlyOther() throws {
        let world = try office()
        world.kernel.deleteForeign(router)
        world.start()
        world.run(for: .seconds(30))
        #expect(world.isSelected(World.telkom))
        #expect(routes(world) == ["fe80::2 usb0 2"])
    }

    @Test("a WAN with nothing but IPv6 is used where something is asked by IPv6", arguments: [true, false])
    func alone(isAsked: Bool) throws {
        let world = World(settings: try World.settings(targets: ["gateway", isAsked ? "2001:db8:ffff::1" : "203.0.113.1"]))
        world.kernel.plug(eth0, addresses6: [try #require(IPv6Prefix("2001:db8:1::7/64"))])
        world.kernel.addForeign(router)
        world.start()
        world.run(for: .seconds(30))
        let health = try #require(world.engine.healths.first)
        #expect(health.state == (isAsked ? .up : .noGateway))
        #expect(health.gateway == (isAsked ? IPAddress("fe80::1") : nil))
        #expect(world.isSelected(isAsked ? World.telkom : nil))
        let places = world.probes.map(\.question)
        #expect(places.contains(.echo(.address(.v6(try #require(IPv6Address("fe80::1")))))) == isAsked)
        // An address of IPv4 comes: from now on that counts.
        world.kernel.setAddresses([try #require(IPv4Prefix("192.0.2.7/24"))], of: eth0)
        world.kernel.addForeign(try #require(Route("default via 192.0.2.1 dev eth0 proto dhcp metric 100")))
        world.look()
        #expect(world.engine.healths.first?.gateway == IPAddress("192.0.2.1"))
    }

    @Test("what IPv6 is refused holds up nothing of IPv4")
    func refused() throws {
        let world = try office()
        world.start()
        world.run(for: .seconds(30))
        world.kernel.refused[.addRoute(try #require(Route("::/0 via fe80::1 dev eth0 proto uplinkd metric 1001")))] = 13
        world.silentUpstreams = [try #require(World.telkom)]
        world.run { $0.isSelected(World.smartfren) }
        #expect(world.mainRoutes == ["usb0 2", "eth0 1001"])
        #expect(routes(world) == ["fe80::1 eth0 1", "fe80::2 usb0 2"], "not taken away before its successor stands")
    }
}
