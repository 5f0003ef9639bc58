import Engine
import Health
import Model
import Testing

@Suite("Since when the selected WAN has been in doubt")
struct DoubtTests {
    @Test(
        "begins with a suspicion of the selected WAN and ends when it is up; nothing else says anything",
        arguments: zip(
            HealthState.allCases,
            HealthState.allCases.map { state -> Doubt.Change? in state == .suspect ? .begun : state == .up ? .over : nil }))
    func changes(state: HealthState, change: Doubt.Change?) throws {
        let (telkom, smartfren) = (try #require(World.telkom), try #require(World.smartfren))
        var doubt = Doubt()
        #expect(doubt.note(state, of: telkom, selected: telkom, at: .start) == change)
        #expect(doubt.note(state, of: smartfren, selected: telkom, at: .start) == nil)
        #expect(doubt.note(state, of: telkom, selected: nil, at: .start) == nil)
    }

    @Test("the first sign of a WAN that is down is the suspicion before, where there was one")
    func firstSign() throws {
        let world = try World.office()
        let telkom = try #require(World.telkom)
        world.start()
        world.run(for: .seconds(5))
        var doubt = Doubt()
        let up = try #require(world.engine.healths.first)
        #expect(up.state == .up && doubt.firstSign(of: up) == nil)
        world.silentWANs = [telkom]
        world.run { $0.engine.healths[0].state == .suspect }
        let suspectedAt = world.now
        #expect(doubt.note(.suspect, of: telkom, selected: telkom, at: suspectedAt) == .begun)
        world.run { $0.engine.healths[0].state == .down }
        let down = world.engine.healths[0]
        #expect(world.now > suspectedAt && doubt.firstSign(of: down) == suspectedAt)
        #expect(doubt.note(.up, of: telkom, selected: telkom, at: world.now) == .over)
        #expect(doubt.firstSign(of: down) == down.since && down.since > suspectedAt)
    }

    @Test("what is known of a switch: why, how bad the old WAN is and how good the new one, and since when")
    func facts() throws {
        let world = try World.office()
        let (telkom, smartfren) = (try #require(World.telkom), try #require(World.smartfren))
        world.start()
        world.run(for: .seconds(5))
        world.silentWANs = [telkom]
        world.run { $0.isSelected(smartfren) }
        let failover = try #require(world.notices.compactMap(\.switched).last)
        let facts = world.engine.facts(of: failover, Doubt(), at: world.now)
        #expect(failover.kind == .failover && failover.from == telkom && failover.to == smartfren)
        #expect(failover.reason == world.engine.reason(at: world.now))
        #expect(facts.detectedAt == world.engine.healths[0].since)
        #expect(facts.evidence.first?.sentence.code == "down" && facts.evidence.last?.sentence.code == "up")
        #expect(facts.evidence.count == 2 + 4 && facts.evidence.count { $0.sentence.code == "target-last-answered" } == 4)
        world.silentWANs = []
        world.run { $0.isSelected(telkom) }
        let failback = try #require(world.notices.compactMap(\.switched).last)
        let back = world.engine.facts(of: failback, Doubt(), at: world.now)
        #expect(failback.kind == .failback && back.detectedAt == nil && back.evidence.count == 2)
        world.send(.pinned(smartfren))
        #expect(world.notices.compactMap(\.switched).last?.kind == .switch)
    }
}
