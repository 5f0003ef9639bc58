import KernelFake
import Model
import Plan
import Testing

@testable import Engine

/// What a new user sees and asks about.
@Suite("What a new user sees")
struct FreshTests {
    private func standBy(_ world: World) throws -> [String] {
        let explained = world.engine.explanation(at: world.now)
        return try #require(explained.first { $0.wan == World.smartfren }).clauses.map(\.sentence.code)
    }

    @Test("a metered standby that has never carried has no sessions that may stay; once it has, they may")
    func noSessions() throws {
        let world = try World.office(metered: true)
        world.start()
        world.run(for: .seconds(5))
        #expect(try !standBy(world).contains("sessions-may-stay"))
        #expect(world.engine.drainEnd(of: try #require(World.smartfren)) == nil)
        world.send(.pinned(World.smartfren))
        world.run(for: .seconds(1))
        world.send(.pinned(nil))
        world.run(for: .seconds(40))
        #expect(world.isSelected(World.telkom))
        #expect(world.engine.drainEnd(of: try #require(World.smartfren)) != nil)
        #expect(try standBy(world).contains("sessions-may-stay"))
    }

    @Test("the settings of an interface that has just appeared are no repair; those that somebody changes later are one")
    func appears() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        let usb0 = try #require(InterfaceName("usb0"))
        world.kernel.unplug(usb0)
        world.look()
        world.run(for: .seconds(1))
        try world.plugSmartfren()
        world.look()
        world.run(for: .seconds(30))
        #expect(world.mainRoutes == ["eth0 1", "usb0 2"])
        #expect(world.engine.counters.repairs == 0)
        #expect(!world.notices.contains { $0.kind == .repair })
    }

    @Test("a switch by hand is called that, whichever way it goes")
    func byHand() throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(5))
        world.send(.pinned(World.smartfren))
        world.send(.pinned(World.telkom))
        let told = world.notices.filter { $0.kind == .selection }.map(\.message).suffix(2)
        #expect(told.map { $0.prefix { $0 != ":" } } == ["Switched from telkom to smartfren", "Switched from smartfren to telkom"])
    }

    @Test("a WAN that has failed again soon after its return is said to have a longer hold, and why")
    func hold() throws {
        let world = try World.office(hold: .seconds(10))
        let telkom = try #require(World.telkom)
        world.start()
        world.run(for: .seconds(5))
        for round in 0..<2 {
            world.silentUpstreams = [telkom]
            world.run(until: { $0.isSelected(World.smartfren) })
            world.silentUpstreams = []
            world.run(for: .seconds(5))
            let clauses = try #require(world.engine.explanation(at: world.now).first { $0.wan == telkom }).clauses.map(\.sentence)
            let told = clauses.first { $0.code == "hold-grown" }?.arguments
            #expect(told == (round == 0 ? nil : ["hold": "20s", "usual": "10s"]))
            world.run(until: { $0.isSelected(telkom) })
        }
    }
}
