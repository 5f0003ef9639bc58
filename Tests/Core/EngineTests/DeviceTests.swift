import Health
import KernelFake
import Model
import Testing

@testable import Engine

@Suite("Interfaces under any name")
struct DeviceTests {
    private let smartfren: WANName
    private let telkom: WANName

    init() throws {
        smartfren = try #require(World.smartfren)
        telkom = try #require(World.telkom)
    }

    private func name(_ text: String) throws -> InterfaceName { try #require(InterfaceName(text)) }

    /// What the watch would tell of the fake kernel's interfaces: a stick is one that isn't called eth0 or br0.
    private func devices(_ world: World, unready: Set<String> = []) throws -> [Device] {
        try world.kernel.snapshot(of: Set(["eth0", "usb0", "wwan0", "wwan1", "br0"].map(name)), lan: []).interfaces.map { interface in
            let isStick = !["eth0", "br0"].contains(interface.name.description)
            return Device(
                name: interface.name, index: interface.index, hardware: Hardware(driver: isStick ? "cdc_ether" : "e1000", isUSB: isStick),
                isReady: !unready.contains(interface.name.description))
        }
    }

    private func matched() throws -> Settings {
        var settings = try World.settings()
        settings.wans[1] = WANSettings(
            name: smartfren, interface: .unmatched(2), match: InterfaceMatch(driver: "cdc_ether"), metric: 2, number: 2,
            probe: settings.wans[1].probe)
        return settings
    }

    private func plugStick(_ world: World, as text: String) throws {
        let name = try name(text)
        world.kernel.plug(name, addresses: [try #require(IPv4Prefix("198.51.100.7/24"))])
        world.kernel.addForeign(Route(gateway: IPAddress(World.smartfrenGateway), interface: name, routeProtocol: 16, metric: 200))
    }

    private func office(stick: String) throws -> World {
        let world = World(settings: try matched())
        world.kernel.plug(try name("br0"), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try plugStick(world, as: stick)
        world.send(.devices(try devices(world)))
        world.start()
        return world
    }

    private func health(_ world: World) throws -> WANHealth { try #require(world.engine.healths.first { $0.wan.name == smartfren }) }

    @Test("a stick that comes back under another name is the same WAN, with its number and what is known of it")
    func anotherName() throws {
        let world = try office(stick: "wwan0")
        world.run(for: .seconds(30))
        #expect(try health(world).state == .up)
        #expect(try health(world).wan.interface == name("wwan0"))

        world.kernel.unplug(try name("wwan0"))
        world.send(.devices(try devices(world)))
        #expect(try health(world).state == .absent)
        #expect(try health(world).fault == .modemGone)
        // It has to prove itself: what is known of it isn't forgotten.
        try plugStick(world, as: "wwan1")
        world.send(.devices(try devices(world)))
        #expect(try health(world).wan.interface == name("wwan1"))
        #expect(try health(world).wan.number == 2)
        #expect([.down, .recovering].contains(try health(world).state))
        world.run(for: .seconds(30))
        #expect(try health(world).state == .up)
        #expect(world.engine.snapshot?.routes.contains { $0.isOurs && $0.interface.description == "wwan1" } == true)
        #expect(world.engine.undo.settings.keys.sorted().map(\.description) == ["br0", "eth0", "wwan1"])
    }

    @Test("a second one that fits is a problem that names both, and the first goes on")
    func second() throws {
        let world = try office(stick: "wwan0")
        world.run(for: .seconds(30))
        try plugStick(world, as: "wwan1")
        world.send(.devices(try devices(world)))
        world.run(for: .seconds(5))
        #expect(try health(world).state == .up)
        let both = [try name("wwan0"), try name("wwan1")]
        let problem = StatusProblem.severalFit(smartfren, InterfaceMatch(driver: "cdc_ether"), both, used: both[0])
        #expect(world.engine.problems(at: world.now).contains(problem))
        #expect(problem.sentence.text.contains("wwan0 and wwan1"))
        world.kernel.unplug(both[1])
        world.send(.devices(try devices(world)))
        #expect(!world.engine.problems(at: world.now).contains(problem))
    }

    @Test("two that fit from the beginning: neither is used, and the WAN says why")
    func undecided() throws {
        let world = World(settings: try matched())
        try world.plugTelkom()
        try plugStick(world, as: "wwan0")
        try plugStick(world, as: "wwan1")
        world.send(.devices(try devices(world)))
        world.start()
        world.run(for: .seconds(5))
        #expect(try health(world).state == .absent)
        #expect(
            try world.engine.condition(of: health(world), at: world.now)
                == .severalFit(
                    InterfaceMatch(driver: "cdc_ether"), [try name("wwan0"), try name("wwan1")]))
        #expect(!world.commands.contains { $0.contains("wwan") })
    }

    @Test("what has just come isn't believed before the list of devices has it: with eth0 in the file a modem is eth0 for a moment")
    func stranger() throws {
        let world = World(settings: try World.settings())
        try world.plugSmartfren()
        world.send(.devices(try devices(world)))
        world.start()
        world.run(for: .seconds(5))
        try world.plugTelkom()
        world.look()
        #expect(world.engine.healths[0].state == .absent)
        world.send(.devices(try devices(world, unready: ["eth0"])))
        world.run(for: .seconds(5))
        #expect(world.engine.healths[0].state == .absent)
        #expect(world.engine.condition(of: world.engine.healths[0], at: world.now) == .unready(try name("eth0")))
        #expect(!world.commands.contains { $0.contains("eth0") })
        // It was a fixed line all the same.
        world.send(.devices(try devices(world)))
        world.run(for: .seconds(5))
        #expect(world.engine.healths[0].state == .up)
    }

    @Test("a fixed line that is missing is absent, and no modem that is gone")
    func line() throws {
        let world = try World.office()
        world.send(.devices(try devices(world)))
        world.start()
        world.run(for: .seconds(5))
        world.kernel.unplug(try name("eth0"))
        world.kernel.unplug(try name("usb0"))
        world.look()
        #expect(world.engine.healths.map(\.state) == [.absent, .absent])
        #expect(world.engine.healths.map(\.fault) == [nil, .modemGone])
    }

    @Test("another file with the same match changes nothing; with another one it is another interface")
    func reload() throws {
        let world = try office(stick: "wwan0")
        world.run(for: .seconds(30))
        let before = try health(world)
        world.configure(try matched())
        #expect(try health(world).state == .up)
        #expect(try health(world).wan == before.wan)
        var other = try matched()
        other.wans[1].match = InterfaceMatch(driver: "qmi_wwan")
        world.configure(other)
        #expect(try health(world).state == .absent)
        #expect(try world.engine.condition(of: health(world), at: world.now) == .nothingFits(InterfaceMatch(driver: "qmi_wwan")))
        world.configure(try matched())
        world.run(for: .seconds(30))
        #expect(try health(world).state == .up)
    }
}
