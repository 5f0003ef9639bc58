import FoundationEssentials
import Health
import KernelFake
import Model
import Plan
import Testing

@testable import Engine

/// What the files of this box say, and what the engine makes of it.
@Suite("Leases and resolvers of the box")
struct BoxFilesTests {
    private let telkom: WANName
    private let smartfren: WANName
    private let eth0: InterfaceName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
        eth0 = try #require(InterfaceName("eth0"))
    }

    @Test("a recording has them, and what a look at sockets has found")
    func recorded() throws {
        let files = BoxFiles(leases: [eth0: [try lease("192.0.2.1")]], resolvers: [try #require(IPAddress("2001:db8::53"))])
        for event in [Event.files(files), .files(BoxFiles()), .ownSockets(telkom, [OwnSocket(transport: 17, port: 5060)])] {
            #expect(try JSONDecoder().decode(Event.self, from: JSONEncoder().encode(event)) == event)
        }
    }

    // MARK: leases

    private func lease(_ gateway: String, address: String = "192.0.2.7") throws -> GatewayLease {
        GatewayLease(address: try #require(IPv4Address(address)), gateway: try #require(IPv4Address(gateway)))
    }

    /// smartfren as ever, and telkom with an address alone.
    private func withoutRoute() throws -> World {
        let world = World(settings: try World.settings(hold: .seconds(1)))
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        world.kernel.plug(eth0, addresses: [try #require(IPv4Prefix("192.0.2.7/24"))])
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(5))
        return world
    }

    private func gateway(_ world: World) -> String? { world.engine.currentGateways[telkom]?.description }

    @Test("an address without a route is told as that, with the line to add; the lease's router ends it")
    func lease() throws {
        let world = try withoutRoute()
        let health = try #require(world.engine.healths.first)
        #expect(health.state == .noGateway && health.fault == .noRoute)
        #expect(world.engine.condition(of: health, at: world.now).sentence.text.contains("add `metric 101` to its `iface eth0`"))
        #expect(world.isSelected(smartfren))
        world.send(.files(BoxFiles(leases: [eth0: [try lease("192.0.2.1")]])))
        world.run(for: .seconds(30))
        #expect(world.isSelected(telkom))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.kernel.allRoutes.contains { $0.isOurs && $0.interface == eth0 && $0.gateway == IPAddress("192.0.2.1") })
    }

    @Test("a renewal with another router is followed, and a lease whose address is gone is over, whatever the file says")
    func renewal() throws {
        let world = try withoutRoute()
        world.send(.files(BoxFiles(leases: [eth0: [try lease("192.0.2.1")]])))
        #expect(gateway(world) == "192.0.2.1")
        world.send(.files(BoxFiles(leases: [eth0: [try lease("192.0.2.1"), try lease("192.0.2.254")]])))
        #expect(gateway(world) == "192.0.2.254")
        world.kernel.plug(eth0, addresses: [])
        world.look()
        #expect(gateway(world) == nil)
        #expect(world.engine.healths.first?.fault == .noLease)
    }

    @Test(
        "a lease that isn't the interface's, or whose router can't be reached from it, isn't taken",
        arguments: [("192.0.2.1", "192.0.2.8"), ("198.51.100.1", "192.0.2.7"), ("192.0.2.7", "192.0.2.7")])
    func foreign(router: String, address: String) throws {
        let world = try withoutRoute()
        world.send(.files(BoxFiles(leases: [eth0: [try lease(router, address: address)]])))
        #expect(gateway(world) == nil)
    }

    @Test("somebody's route comes before a lease, unless it is that of the lease before")
    func route() throws {
        let world = try World.office()
        world.start()
        world.send(.files(BoxFiles(leases: [eth0: [try lease("192.0.2.254")]])))
        #expect(gateway(world) == World.telkomGateway)
        world.send(.files(BoxFiles(leases: [eth0: [try lease(World.telkomGateway), try lease("192.0.2.254")]])))
        #expect(gateway(world) == "192.0.2.254")
        // The client has begun its file anew, and the route is still as it was.
        world.send(.files(BoxFiles(leases: [eth0: [try lease("192.0.2.254")]])))
        world.look()
        #expect(gateway(world) == "192.0.2.254")
        world.send(.files(BoxFiles(leases: [eth0: [try lease("192.0.2.254"), try lease(World.telkomGateway)]])))
        #expect(gateway(world) == World.telkomGateway)
    }

    // MARK: resolvers

    private static let readiness = ReadinessSettings(interval: .seconds(600), http: nil)

    private func office(_ resolvers: [String], ipv6: Bool = false) throws -> World {
        let world = World(settings: try World.settings(hold: .seconds(1), readiness: Self.readiness))
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.send(.files(BoxFiles(resolvers: resolvers.compactMap { IPAddress($0) })))
        return world
    }

    private func asked(_ world: World) -> [String] {
        world.probes.compactMap { probe in
            guard case .dns(let question) = probe.question, case .address(let server) = question.server,
                server != ReadinessSettings.resolver
            else { return nil }
            #expect(probe.wan == smartfren)
            return server.description
        }
    }

    private func told(_ world: World) -> [String] { world.notices.compactMap { $0.kind == .readiness ? $0.sentence.code : nil } }
    private func problems(_ world: World) -> [String] {
        world.engine.problems(at: world.now).map(\.sentence.code).filter { $0 == "resolver-silent" }
    }

    @Test("the box's resolver is asked by the standby once a proof, as long as it answers")
    func answers() throws {
        let world = try office(["10.0.0.53", "10.0.0.54"])
        world.run(for: .seconds(1900))
        #expect(asked(world) == ["10.0.0.53", "10.0.0.53", "10.0.0.53", "10.0.0.53"])
        #expect(told(world) == [] && problems(world) == [])
    }

    @Test(
        "one that is silent by the standby is told after three questions, its WAN stays ready, and that it answers again is told",
        arguments: [true, false])
    func silent(refuses: Bool) throws {
        let world = try office(["10.0.0.53", "10.0.0.54"])
        world.services = { request in
            guard request.question.description.hasPrefix("dns 10.0.0.") else { return .answered(seconds: 0.02) }
            return refuses ? .wrong(WrongAnswer(.dns, "REFUSED")) : nil
        }
        world.run(for: .seconds(60))
        #expect(asked(world) == ["10.0.0.53", "10.0.0.54", "10.0.0.53"])
        #expect(told(world) == ["resolver-silent"] && problems(world) == ["resolver-silent"])
        #expect(world.engine.readiness(of: smartfren, at: world.now)?.isReady == true)
        // It carries: that is when it matters.
        world.silentUpstreams = [telkom]
        world.run(for: .seconds(60))
        #expect(world.isSelected(smartfren))
        #expect(problems(world) == ["resolver-silent"])
        world.silentUpstreams = []
        world.services = { _ in .answered(seconds: 0.02) }
        world.run(for: .seconds(1200))
        #expect(told(world) == ["resolver-silent", "resolver-answers"] && problems(world) == [])
    }

    @Test(
        "one in another WAN's own network, or of a family that the WAN lacks, is told without asking; nobody asks one on the box, in the LAN or of the WAN itself",
        arguments: [
            (["192.0.2.1"], ["resolver-silent"]), (["192.0.2.1", "192.0.2.53"], ["resolver-silent"]), (["127.0.0.1"], []),
            (["192.168.88.2"], []), (["198.51.100.1"], ["resolver-silent"]), (["192.0.2.1", "198.51.100.1"], []),
            (["192.0.2.1", "127.0.0.53"], []),
            (["1.1.1.1"], []), ([], []), (["::1"], []), (["192.0.2.7"], []), (["2001:db8::53"], ["resolver-silent", "resolver-silent"]),
        ])
    func near(resolvers: [String], expected: [String]) throws {
        let world = try office(resolvers)
        world.run(for: .seconds(1200))
        #expect(asked(world) == [])
        #expect(problems(world) == expected)
        #expect(told(world) == expected)
    }

    @Test("a check tells of one that lies in another WAN's own network, for the WANs that are there")
    func relations() throws {
        let world = try office([])
        let snapshot = try #require(world.engine.snapshot)
        let resolver = try #require(IPAddress("192.0.2.1"))
        func problems(_ snapshot: Snapshot) -> [StatusProblem] {
            NetworkRelations(world.engine.settings, in: snapshot, files: BoxFiles(resolvers: [resolver])).problems
        }
        #expect(problems(snapshot) == [.resolverSilent(smartfren, .elsewhere, [resolver])])
        var without = snapshot
        without.interfaces.removeAll { $0.name.description == "usb0" }
        #expect(problems(without) == [])
    }

    @Test("another resolver in the file is asked soon, and nothing is said of it before")
    func replaced() throws {
        let world = try office(["10.0.0.53"])
        world.services = { $0.question.description.hasPrefix("dns 10.0.0.53 ") ? nil : .answered(seconds: 0.02) }
        world.run(for: .seconds(60))
        #expect(problems(world) == ["resolver-silent"])
        world.send(.files(BoxFiles(resolvers: [try #require(IPAddress("10.0.0.54"))])))
        #expect(problems(world) == [] && told(world) == ["resolver-silent"])
        world.run(for: .seconds(10))
        #expect(asked(world).last == "10.0.0.54")
        #expect(told(world) == ["resolver-silent", "resolver-answers"])
    }

    @Test("another resolver in the file ends what was told of the one before, without a word")
    func changed() throws {
        let world = try office(["192.0.2.1"])
        world.run(for: .seconds(60))
        #expect(problems(world) == ["resolver-silent"])
        world.send(.files(BoxFiles(resolvers: [try #require(IPAddress("1.1.1.1"))])))
        #expect(problems(world) == [] && told(world) == ["resolver-silent"])
    }
}
