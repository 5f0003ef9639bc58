import Engine
import FoundationEssentials
import Health
import Model
import Selection
import Testing

/// What clients' new sessions make one ask, and what comes of it.
@Suite("New sessions that get no answer")
struct NewSessionTests {
    private let telkom: WANName
    private let smartfren: WANName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private func office(_ settings: Settings) -> World {
        let world = World(settings: settings)
        do {
            try world.plugTelkom()
            try world.plugSmartfren()
        } catch { Issue.record(error) }
        world.start()
        world.run(for: .seconds(60))
        world.probes = []
        return world
    }

    /// So many sessions a half second, until `isSo` or for so long. Returns how long it took.
    @discardableResult
    private func browse(
        _ world: World, _ kind: NewSessions.Kind = .web, answered: Int = 0, unanswered: Int = 0, for duration: Duration = .seconds(30),
        until isSo: (World) -> Bool = { _ in false }
    ) -> Duration? {
        let start = world.now
        while world.now - start < duration {
            var sessions = NewSessions()
            sessions[kind] = .init(answered: answered, unanswered: unanswered)
            if let wan = world.engine.selection.wan { world.send(.newSessions(wan, sessions)) }
            for _ in 0..<10 {
                if isSo(world) { return world.now - start }
                world.run(for: .milliseconds(50))
            }
        }
        return nil
    }

    private func asked(_ world: World, by wan: WANName? = nil) -> [ProbeRequest] {
        world.probes.filter { request in
            guard case .inquiry = request.id.owner else { return false }
            return wan == nil || request.wan == wan
        }
    }

    @Test("connections that nobody answers by telkom, but by smartfren: the traffic moves, and comes back when they are answered again")
    func tcp() throws {
        let world = office(try World.settings())
        browse(world, answered: 5, for: .seconds(20))
        #expect(asked(world).isEmpty)
        world.isDeaf = { request in
            if case .connect = request.question { request.wan == telkom } else { false }
        }
        let time = try #require(browse(world, unanswered: 3) { $0.isSelected(World.smartfren) })
        #expect(time < .seconds(4))
        let health = try #require(world.engine.healths.first)
        #expect(health.state == .impaired && health.fault == .tcpDead)
        #expect(world.engine.reason(at: world.now).description.contains("telkom is impaired (TCP dead)"))
        let condition = world.engine.condition(of: health, at: world.now)
        #expect(condition.description == "impaired: TCP dead (no answer to tcp 203.0.113.1:443, tcp 203.0.113.2:443, tcp 203.0.113.3:443)")
        browse(world, answered: 5, for: .seconds(60))
        #expect(world.isSelected(smartfren))
        world.isDeaf = { _ in false }
        let back = try #require(world.run(until: { $0.isSelected(World.telkom) }))
        #expect(back >= .seconds(10) && back < .seconds(20))
        #expect(world.engine.healths.first?.state == .up)
        #expect(world.engine.counters.switches == 2)
    }

    @Test("names that nobody answers by telkom are DNS dead; where a resolver is a target, that one decides")
    func dns() throws {
        let world = office(try World.settings())
        world.services = { $0.wan == telkom ? nil : .wrong(WrongAnswer(.dns, "SERVFAIL")) }
        #expect(browse(world, .dns, unanswered: 3) { $0.isSelected(World.smartfren) } != nil)
        #expect(world.engine.healths.first?.fault == .dnsDead)

        var settings = try World.settings()
        let resolver = Target(.dns(DNSQuestion(server: .address(.v4(IPv4Address(bits: 0xcb00_7109))), name: "example.com")))
        for index in settings.wans.indices { settings.wans[index].probe.targets.append(resolver) }
        let other = office(settings)
        browse(other, .dns, unanswered: 3)
        #expect(asked(other).isEmpty)
        #expect(other.isSelected(telkom))
    }

    @Test("the provider's own resolver is dead, and the others aren't: no reason to move")
    func resolverOfProvider() throws {
        let world = office(try World.settings())
        browse(world, .dns, unanswered: 5)
        #expect(!asked(world).isEmpty)
        #expect(asked(world, by: smartfren).isEmpty)
        #expect(world.isSelected(telkom) && world.engine.healths.first?.state == .up)
    }

    @Test("a host that scans the Internet for an hour moves nothing; it costs some questions, and none by the other WAN")
    func scan() throws {
        let world = office(try World.settings(metered: true))
        browse(world, .tcp, answered: 5, for: .seconds(20))
        browse(world, .tcp, unanswered: 500, for: .seconds(3600))
        let asked = asked(world)
        #expect(asked.count <= 3 * 40 && asked.count > 3)
        #expect(self.asked(world, by: smartfren).isEmpty)
        #expect(world.engine.counters.switches == 0)
        #expect(world.engine.healths.first?.state == .up)
        // It hides nothing for long, either.
        world.isDeaf = { request in
            if case .connect = request.question { request.wan == telkom } else { false }
        }
        #expect(browse(world, .tcp, unanswered: 500, for: .seconds(180)) { $0.isSelected(World.smartfren) } != nil)
    }

    @Test("a scan among clients who are answered isn't even worth a question, and a dead TCP among them is found at once")
    func scanAmongOthers() throws {
        let world = office(try World.settings())
        browse(world, answered: 10, unanswered: 8, for: .seconds(600))
        #expect(asked(world).count <= 3)
        world.isDeaf = { request in
            if case .connect = request.question { request.wan == telkom } else { false }
        }
        #expect(try #require(browse(world, unanswered: 18) { $0.isSelected(World.smartfren) }) < .seconds(5))
    }

    @Test("of two kinds at once one is asked about after the other, and neither waits for longer than that")
    func both() throws {
        let world = office(try World.settings())
        world.services = { $0.wan == telkom ? nil : .answered(seconds: 0.02) }
        var sessions = NewSessions()
        sessions[.web] = .init(unanswered: 5)
        sessions[.dns] = .init(unanswered: 5)
        let start = world.now
        while world.isSelected(telkom), world.now - start < .seconds(60) {
            world.send(.newSessions(telkom, sessions))
            world.run(for: .milliseconds(500))
        }
        // The web answers, names don't.
        #expect(world.isSelected(smartfren) && world.now - start < .seconds(5))
        #expect(world.engine.healths.first?.fault == .dnsDead)
    }

    @Test("what nobody answers by any WAN is no fault of one")
    func dead() throws {
        let world = office(try World.settings())
        world.isDeaf = { request in if case .connect = request.question { true } else { false } }
        browse(world, unanswered: 5, for: .seconds(300))
        #expect(!asked(world, by: smartfren).isEmpty)
        #expect(world.engine.counters.switches == 0 && world.engine.healths.first?.state == .up)
    }

    @Test("with nobody to take over it is told, and nothing moves")
    func alone() throws {
        let world = office(try World.settings())
        world.silentWANs = [smartfren]
        world.run(for: .seconds(10))
        world.isDeaf = { request in if case .connect = request.question { true } else { false } }
        browse(world, unanswered: 5)
        #expect(world.isSelected(telkom) && world.engine.healths.first?.fault == .tcpDead)
        // Where the targets take no connections at all, clients' own are what tells.
        browse(world, answered: 5)
        #expect(world.engine.healths.first?.state == .up)
        browse(world, unanswered: 5)
        #expect(world.engine.healths.first?.fault == .tcpDead)
        world.isDeaf = { _ in false }
        world.run(for: .seconds(30))
        #expect(world.isSelected(telkom) && world.engine.healths.first?.state == .up)
    }

    @Test("questions that the box itself doesn't let out say nothing")
    func notSent() throws {
        let world = office(try World.settings())
        world.isRefused = { if case .inquiry = $0.id.owner { true } else { false } }
        browse(world, unanswered: 5)
        #expect(!asked(world).isEmpty)
        #expect(world.engine.counters.switches == 0 && world.engine.healths.first?.state == .up)
    }

    @Test("answers that take longer than a question may aren't waited for: a full line is none that is dead")
    func slow() throws {
        let world = office(try World.settings())
        world.roundTrip = .milliseconds(900)
        world.run(for: .seconds(30))
        world.probes = []
        browse(world, unanswered: 5)
        #expect(asked(world).isEmpty)
    }

    @Test("a recording has them, and they are replayed")
    func recorded() throws {
        var sessions = NewSessions()
        sessions[.dns] = .init(answered: 2, unanswered: 3)
        let event = Event.newSessions(telkom, sessions)
        let text = try JSONEncoder().encode(event)
        #expect(String(decoding: text, as: UTF8.self).contains(#""dns":[2,3]"#))
        #expect(try JSONDecoder().decode(Event.self, from: text) == event)
    }

    @Test("sessions by a WAN that carries nothing new say nothing")
    func others() throws {
        let world = office(try World.settings())
        var sessions = NewSessions()
        sessions[.web] = .init(unanswered: 50)
        for _ in 0..<20 {
            world.send(.newSessions(smartfren, sessions))
            world.run(for: .milliseconds(500))
        }
        #expect(asked(world).isEmpty)
    }

    @Test("the page of the readiness proofs is asked for as well, and their resolver; neither where proofs are off")
    func questions() throws {
        let on = office(try World.settings(readiness: ReadinessSettings()))
        let health = try #require(on.engine.healths.first)
        let addresses = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "1.1.1.1"]
        #expect(health.questions(about: .web).map(\.description) == addresses.map { "tcp \($0):443" })
        #expect(
            health.questions(about: .tcp).map(\.description)
                == addresses.map { "tcp \($0):80" } + ["http://connectivitycheck.gstatic.com/generate_204"])
        #expect(health.questions(about: .dns).map(\.description) == addresses.map { "dns \($0) example.com A" })
        let off = try #require(office(try World.settings()).engine.healths.first)
        #expect(off.questions(about: .tcp).map(\.description) == addresses.prefix(3).map { "tcp \($0):80" })
    }
}
