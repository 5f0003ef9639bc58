import FoundationEssentials
import Health
import KernelFake
import Model
import Plan
import Testing

@testable import Engine

/// What a start after a reboot knows of the run before.
@Suite("Which WANs were dead before the box was started")
struct PresumptionTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    /// A box that has just been booted: nothing of ours in the kernel.
    private func booted(_ presumption: Presumption, dead: Set<WANName>) throws -> World {
        let world = World(settings: try World.settings(hold: .seconds(10)), presumption: presumption)
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        world.silentUpstreams = dead
        world.start()
        return world
    }

    private func telkomIsDead(_ meaning: String = "eth0") -> Presumption {
        Presumption(down: [.init(wan: telkom, meaning: meaning, families: [.v4, .v6])])
    }

    /// The first word of what was told of each.
    private func selections(_ world: World) -> [String] {
        world.notices.filter { $0.kind == .selection }.compactMap { $0.message.split(separator: " ").first.map(String.init) }
    }

    @Test("with it the first choice of the start is the backup; without it the dead one is tried first")
    func first() throws {
        for (presumption, expected) in [(telkomIsDead(), ["smartfren"]), (Presumption(), ["telkom", "Failover"])] {
            let world = try booted(presumption, dead: [telkom])
            world.run(until: { $0.isSelected(smartfren) })
            world.run(for: .seconds(5))
            #expect(selections(world) == expected)
        }
    }

    @Test("one that works after all carries after its hold, and at once where no other works")
    func wrong() throws {
        let world = try booted(telkomIsDead(), dead: [])
        world.run(for: .seconds(5))
        #expect(world.isSelected(smartfren))
        world.run(for: .seconds(30))
        #expect(world.isSelected(telkom))
        let alone = try booted(telkomIsDead(), dead: [smartfren])
        alone.run(for: .seconds(2))
        #expect(alone.isSelected(telkom))
    }

    @Test("another interface, another WAN, and a WAN that a reload brings begin anew")
    func others() throws {
        let world = try booted(telkomIsDead("eth7"), dead: [])
        world.run(for: .seconds(1))
        #expect(world.isSelected(telkom))
    }

    @Test("what is down or recovering is in it, and comes back out of it as it was")
    func written() throws {
        let world = try booted(Presumption(), dead: [telkom])
        world.run(until: { $0.isSelected(smartfren) })
        #expect(world.engine.presumption.down.map(\.wan) == [telkom])
        #expect(world.engine.presumption.isDown(try #require(world.engine.settings[telkom]), .v4))
        let text = try JSONEncoder().encode(world.engine.presumption)
        #expect(try JSONDecoder().decode(Presumption.self, from: text) == world.engine.presumption)
        world.silentUpstreams = []
        world.run(until: { $0.isSelected(telkom) })
        #expect(world.engine.presumption == Presumption())
    }
}
