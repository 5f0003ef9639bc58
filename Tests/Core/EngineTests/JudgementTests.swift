import Engine
import Health
import Model
import Selection
import Testing

@Suite("Health and Selection together")
struct JudgementTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private func office(_ settings: Settings) throws -> World {
        let world = World(settings: settings)
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(60))
        return world
    }

    @Test("after a switch the traffic stays for the minimum stay, and `explain` says how long that still is")
    func minimumStay() throws {
        let world = try office(try World.settings(minimumStay: .seconds(30)))
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        let moved = world.now
        world.silentUpstreams = []
        world.run(for: .seconds(20))
        #expect(world.isSelected(smartfren))
        #expect(world.engine.reason(at: world.now).description.contains("min-stay: 10 s more"))
        #expect(world.run(until: { $0.isSelected(World.telkom) }) != nil)
        #expect(world.now - moved == .seconds(30))
    }

    @Test("the minimum stay doesn't keep anybody on a WAN that dies")
    func noStayOnTheDead() throws {
        let world = try office(try World.settings(hold: .seconds(1), minimumStay: .seconds(600)))
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        world.silentUpstreams = []
        world.run(for: .seconds(20))
        world.silentUpstreams = [smartfren]
        #expect(try #require(world.run(until: { $0.isSelected(World.telkom) })) < .seconds(1))
    }

    @Test("the operator waits for no minimum stay")
    func operatorWaits() throws {
        let world = try office(try World.settings(minimumStay: .seconds(600)))
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        world.silentUpstreams = []
        world.run(for: .seconds(20))
        world.send(.pinned(nil))
        #expect(world.isSelected(telkom))
    }

    @Test("while clients have traffic a silent upstream is found in a third of a second, at any phase", arguments: 0..<20)
    func standstill(phase: Int) throws {
        let world = try World.office()
        world.clientPacketsPerSecond = 200
        world.start()
        world.run(for: .seconds(30) + .milliseconds(phase * 53))
        world.silentUpstreams = [telkom]
        let time = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(time < .milliseconds(400))
    }

    @Test("without traffic it takes the probes to find it", arguments: 0..<20)
    func noTraffic(phase: Int) throws {
        let world = try World.office()
        world.start()
        world.run(for: .seconds(30) + .milliseconds(phase * 53))
        world.silentUpstreams = [telkom]
        let time = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(time < .milliseconds(800))
    }

    @Test("a metered standby costs under a megabyte a day, and is asked when the selected WAN is in doubt")
    func meteredStandby() throws {
        let world = try office(try World.settings(metered: true))
        world.probes = []
        world.run(for: .seconds(3600))
        let bytes = world.probes.filter { $0.wan == smartfren }.reduce(0) { $0 + $1.question.bytes } * 24
        #expect(bytes > 100_000 && bytes < 1_000_000)
        world.probes = []
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        #expect(world.probes.count { $0.wan == smartfren } >= 4)
    }

    @Test(
        "a metered WAN that carries is asked as often as is nothing beside its traffic, and its fault is found as soon")
    func meteredCarrier() throws {
        let world = try office(try World.settings(metered: true))
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        world.run(for: .seconds(60))
        world.probes = []
        world.run(for: .seconds(60))
        let without = world.probes.count { $0.wan == smartfren }
        #expect(without >= 230)
        // A word of one of those beyond the gateway a second, and the others as seldom.
        world.clientPacketsPerSecond = 40
        world.clientBytesPerPacket = 40
        world.run(for: .seconds(5))
        world.probes = []
        world.run(for: .seconds(60))
        let with = world.probes.count { $0.wan == smartfren }
        #expect((75...85).contains(with))
        // What the usual pace costs is nothing beside so much.
        world.clientPacketsPerSecond = 100
        world.clientBytesPerPacket = 200
        world.run(for: .seconds(5))
        world.probes = []
        world.run(for: .seconds(60))
        #expect(world.probes.count { $0.wan == smartfren } >= 230)
        world.silentUpstreams = [telkom, smartfren]
        #expect(try #require(world.run(until: { $0.isSelected(nil) })) < .milliseconds(700))
    }

    @Test("a client who talks to the gateway hides no dead upstream, of a metered WAN or another", arguments: [false, true], 0..<10)
    func gatewayPings(isMetered: Bool, phase: Int) throws {
        let world = try office(try World.settings(metered: isMetered))
        if isMetered {
            // smartfren is the metered one.
            world.silentUpstreams = [telkom]
            #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        }
        world.gatewayPingsPerSecond = 50
        world.run(for: .seconds(8) + .milliseconds(phase * 71))
        world.silentUpstreams = [telkom, isMetered ? smartfren : telkom]
        let dead = isMetered ? smartfren : telkom
        let time = try #require(world.run(until: { world in world.engine.healths.contains { $0.wan.name == dead && $0.state == .down } }))
        #expect(time < .milliseconds(750))
    }

    @Test("a lossy first choice is left for a backup that has been measured and is better, and only then")
    func lossy() throws {
        let thresholds = Thresholds(loss: .init(leave: 0.2, back: 0.1))
        let world = try office(try World.settings(metered: true, thresholds: thresholds))
        world.loss = [telkom: 0.5]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        #expect(world.engine.reason(at: world.now).description.contains("telkom is impaired (lossy)"))
        world.loss = [:]
        #expect(world.run(until: { $0.isSelected(World.telkom) }) != nil)
        #expect(world.engine.counters.switches == 2)
    }

    @Test("two WANs that come and go don't pass the sessions to and fro: a short silence is sat out, a long one isn't")
    func bothComeAndGo() throws {
        let world = try office(try World.settings())
        // telkom has failed, and only just answers again.
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        world.silentUpstreams = []
        world.run(for: .seconds(3))
        world.silentUpstreams = [smartfren]
        world.run(for: .milliseconds(1500))
        #expect(world.isSelected(smartfren))
        #expect(world.engine.reason(at: world.now).description.contains("telkom has only just begun to answer again"))
        world.silentUpstreams = []
        world.run(for: .seconds(3))
        #expect(world.isSelected(smartfren))
        #expect(world.engine.counters.switches == 1)
        world.silentUpstreams = [smartfren]
        let moved = try #require(world.run(until: { $0.isSelected(World.telkom) }))
        #expect(moved > .seconds(2) && moved < .seconds(3))
    }

    @Test("when both are lossy nobody is moved to and fro")
    func bothLossy() throws {
        let thresholds = Thresholds(loss: .init(leave: 0.2, back: 0.1))
        let world = try office(try World.settings(thresholds: thresholds))
        world.loss = [telkom: 0.4, smartfren: 0.4]
        world.run(for: .seconds(900))
        #expect(world.engine.counters.switches <= 2)
        #expect(world.engine.selection.wan != nil)
    }
}

/// What one WAN says of another's targets.
@Suite("Targets by several WANs")
struct ComparedTargetsTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private func office(metered: Bool = false) throws -> World {
        let world = World(settings: try World.settings(metered: metered))
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(60))
        return world
    }

    @Test("a target that the provider's own box answers for hides no outage", arguments: [false, true])
    func own(metered: Bool) throws {
        let world = try office(metered: metered)
        world.ownTargets = [telkom: ["203.0.113.1"]]
        world.silentUpstreams = [telkom]
        let time = try #require(world.run(until: { $0.isSelected(World.smartfren) }))
        #expect(time < .seconds(5))
        #expect(world.engine.healths.first?.fault == .upstreamSilent)
        #expect(!world.engine.explanation(at: world.now).flatMap(\.clauses).contains { if case .mute = $0 { true } else { false } })
        // It isn't back because its own box answers.
        world.run(for: .seconds(120))
        #expect(world.isSelected(smartfren))
        world.silentUpstreams = []
        #expect(world.run(until: { $0.isSelected(World.telkom) }) != nil)
        world.run(for: .seconds(120))
        #expect(world.engine.counters.switches == 2)
    }

    @Test("a target that is dead for everybody is mute, and isn't counted as lost; one that is dead by one WAN only moves nobody")
    func dead() throws {
        let world = try office()
        world.deadTargets = [telkom: ["203.0.113.2"], smartfren: ["203.0.113.2"]]
        world.run(for: .seconds(60))
        #expect(world.engine.healths.allSatisfy { $0.targets.count { $0.isMute } == 1 && $0.quality.loss == 0 })
        #expect(world.engine.explanation(at: world.now).allSatisfy { $0.clauses.contains(.ceased(["203.0.113.2"])) })
        world.deadTargets = [telkom: ["203.0.113.2"]]
        world.notices = []
        world.run(for: .seconds(600))
        #expect(world.engine.healths.allSatisfy { $0.targets.allSatisfy { !$0.isMute } })
        #expect(world.engine.counters.switches == 0)
        #expect(world.notices.count <= 10)
    }
}

/// What is told of a WAN that is bad all the time.
@Suite("No alarm storm")
struct QuietTests {
    @Test("half of the packets lost, with a threshold: told once when it turns lossy, once when it is good, once when it is much worse")
    func lossy() throws {
        let telkom = try #require(World.telkom)
        let world = World(settings: try World.settings(thresholds: Thresholds(loss: .init(leave: 0.2, back: 0.1))))
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(60))
        func told(_ body: () -> Void) -> [HealthState] {
            world.notices = []
            body()
            return world.notices.compactMap { if case .healthChanged(let change) = $0, change.wan == telkom { change.health } else { nil } }
        }
        #expect(
            told {
                world.loss = [telkom: 0.35]
                world.run(for: .seconds(300))
            }.filter { $0 == .impaired }.count <= 2)
        // The first three suspicions, before it is known that this is usual; then once.
        #expect(world.notices.count <= 12)
        let worse = told {
            world.loss = [telkom: 0.8]
            world.run(for: .seconds(60))
        }
        #expect(worse.contains(.impaired) && worse.count <= 6)
        let good = told {
            world.loss = [:]
            world.run(for: .seconds(120))
        }
        #expect(good.filter { $0 == .up }.count == 1)
    }

    @Test("a WAN that loses a fifth of all packets, and is used all the same, is told of now and then only")
    func usual() throws {
        let telkom = try #require(World.telkom)
        let world = World(settings: try World.settings())
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        world.run(for: .seconds(60))
        world.loss = [telkom: 0.2]
        world.run(for: .seconds(60))
        world.notices = []
        world.run(for: .seconds(300))
        #expect(world.notices.count <= 10)
    }
}
