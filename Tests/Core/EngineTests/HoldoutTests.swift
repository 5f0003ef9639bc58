import Health
import KernelFake
import Model
import Plan
import Testing

@testable import Engine

@Suite("The box's own sockets at the end of a drain")
struct HoldoutTests {
    private let smartfren: WANName
    private let socket = OwnSocket(transport: 17, port: 40_000)

    init() throws { smartfren = try #require(World.smartfren) }

    /// A failover and a failback: smartfren drains.
    private func draining(_ limit: Duration?) throws -> World {
        let world = try World.office(hold: .seconds(1))
        var settings = world.engine.settings
        settings.wans[1].drain = Drain(limit: limit)
        world.start()
        world.configure(settings)
        let telkom = try #require(World.telkom)
        world.run(for: .seconds(5))
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(smartfren) }) != nil)
        world.silentUpstreams = []
        #expect(world.run(until: { $0.isSelected(telkom) }) != nil)
        return world
    }

    private func told(_ world: World) -> [String] { world.notices.compactMap { $0.sentence.code == "sockets-hold" ? $0.message : nil } }
    private func problems(_ world: World) -> [StatusProblem] {
        world.engine.problems(at: world.now).filter { if case .socketsHold = $0 { true } else { false } }
    }

    @Test("they are looked for when the drain is over, each minute from then on, and told of once; the status has them until they are gone")
    func held() throws {
        let world = try draining(.seconds(10))
        world.ownSockets = [smartfren: [socket]]
        world.run(for: .seconds(9))
        #expect(world.socketLooks == [])
        world.run(for: .seconds(5))
        #expect(world.socketLooks == [smartfren])
        #expect(problems(world) == [.socketsHold(smartfren, [socket])])
        #expect(told(world).count == 1)
        #expect(told(world).first?.contains("1 socket of this box's own programs stays on smartfren") == true, "\(told(world))")
        #expect(told(world).first?.contains("UDP 40000") == true)
        world.run(for: .seconds(180))
        #expect(world.socketLooks.count == 4)
        #expect(told(world).count == 1)
        world.ownSockets = [:]
        world.run(for: .seconds(61))
        #expect(problems(world) == [])
    }

    @Test("nobody looks where sessions may stay for ever, nor where none was left; and what carries again holds nobody back")
    func notHeld() throws {
        let forEver = try draining(nil)
        forEver.run(for: .seconds(3600))
        #expect(forEver.socketLooks == [])
        let world = try draining(.seconds(10))
        world.ownSockets = [smartfren: [socket]]
        world.run(for: .seconds(20))
        #expect(problems(world).count == 1)
        world.send(.pinned(smartfren))
        #expect(problems(world) == [])
        // The answer to an earlier look.
        world.send(.ownSockets(smartfren, [socket]))
        #expect(problems(world) == [] && told(world).count == 1)
    }

    @Test(
        "of many only some are listed",
        arguments: [(1, "UDP 1"), (5, "UDP 1, UDP 2, UDP 3, UDP 4, UDP 5"), (7, "UDP 1, UDP 2, UDP 3, UDP 4, UDP 5 and 2 more")])
    func listed(count: Int, text: String) {
        #expect((1...count).map { OwnSocket(transport: 17, port: UInt16($0)) }.listed == text)
    }
}
