import Health
import KernelFake
import Model
import Plan
import Selection
import Testing

@testable import Engine

@Suite("The readiness of a WAN that stands by")
struct ReadinessTests {
    private let telkom: WANName
    private let smartfren: WANName
    private static let minute: Duration = .seconds(60)

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
    }

    private func office(_ readiness: ReadinessSettings = ReadinessSettings(), isBlocked: Bool = false) throws -> World {
        let world = World(settings: try World.settings(hold: .seconds(1), readiness: readiness))
        // Smartfren's provider drops what asks, from the beginning.
        if isBlocked { world.deadTargets = [smartfren: ["203.0.113.1", "203.0.113.2", "203.0.113.3"]] }
        world.kernel.plug(try #require(InterfaceName("br0")), addresses: [try #require(IPv4Prefix("192.168.88.1/24"))])
        try world.plugTelkom()
        try world.plugSmartfren()
        world.start()
        return world
    }

    private func proofs(_ world: World) -> [ProbeRequest] { world.probes.filter { $0.question.isService } }
    private func told(_ world: World) -> [String] {
        world.notices.filter { $0.kind == .readiness }.map { "\($0.severity.rawValue): \($0.message)" }
    }

    private static let portal = "redirects to http://portal.example/isolir"

    @Test("the standby is proven soon after the start, and then at every interval; the WAN that carries isn't asked")
    func schedule() throws {
        let world = try office()
        world.run(for: .seconds(1))
        #expect(try #require(world.engine.readiness(of: smartfren, at: world.now)).isReady == false)
        #expect(world.engine.explanation(at: world.now)[1].clauses.last == .standsBy(.unproven))
        world.run(for: Self.minute)
        #expect(proofs(world).map(\.wan) == [smartfren, smartfren])
        #expect(proofs(world).map(\.question.kind) == [.dns, .http])
        let report = try #require(world.engine.readiness(of: smartfren, at: world.now))
        #expect(report.isReady && report.problem == nil)
        #expect(world.engine.readiness(of: telkom, at: world.now) == nil)
        #expect(world.engine.explanation(at: world.now)[1].text.contains("it stands by, ready, proven 5"))
        world.run(for: .seconds(3600))
        #expect(proofs(world).count == 2 * 7)
        #expect(told(world) == [])
    }

    @Test("the numbers of proofs are nobody else's")
    func numbers() throws {
        let world = try office()
        world.run(for: .seconds(3600))
        #expect(Set(world.probes.map(\.id)).count == world.probes.count)
        #expect(proofs(world).allSatisfy { $0.id.number > 1 << 62 && $0.id.number < 1 << 63 })
    }

    @Test("a portal on the standby is told before it is needed, and when it is gone; neither moves any traffic")
    func portal() throws {
        let world = try office()
        world.run(for: Self.minute)
        let commands = world.commands
        world.services = { request in
            request.question.kind == .http ? .wrong(WrongAnswer(.portal, Self.portal)) : .answered(seconds: 0.02)
        }
        world.run(for: .seconds(600))
        let url = "http://connectivitycheck.gstatic.com/generate_204"
        #expect(
            told(world) == [
                "warning: smartfren answers, but isn't ready to take over: \(url) gave a wrong answer: \(Self.portal). That is somebody else's page: a login, "
                    + "an unpaid bill or a used-up quota."
            ])
        // Twice again before it was believed: not the name, which was looked up.
        #expect(proofs(world).map(\.question.kind) == [.dns, .http, .dns, .http, .http, .http])
        #expect(world.engine.readiness(of: smartfren, at: world.now)?.isReady == false)
        #expect(world.engine.explanation(at: world.now)[1].text.contains("it stands by, but isn't ready: \(url) gave"))
        // A drill would show nothing but clients that get the portal.
        let drill = DrillOrder(wan: try #require(World.telkom), fault: .down, duration: .seconds(60), unixTime: 0)
        let refusal = #expect(throws: DrillRefusal.self) { try world.engine.permit(drill, force: false, at: world.now) }
        #expect(refusal?.sentence.text.hasPrefix("No other WAN is ready: smartfren answers, but: ") == true)
        #expect(throws: Never.self) { try world.engine.permit(drill, force: true, at: world.now) }
        // Every five minutes now, and told only once.
        world.run(for: .seconds(900))
        #expect(told(world).count == 1)
        world.services = { _ in .answered(seconds: 0.02) }
        world.run(for: .seconds(320))
        #expect(told(world).dropFirst() == ["notice: smartfren is ready to take over again."])
        #expect(world.commands == commands)
        #expect(world.engine.healths[1].state == .up)
    }

    @Test("a backup whose provider drops pings is proven by a name and a page, told, used when it is needed, and left once telkom is up")
    func blockedTargets() throws {
        let world = try office(isBlocked: true)
        world.run(for: Self.minute)
        #expect(world.engine.healths[1].state == .down)
        #expect(try #require(world.engine.readiness(of: smartfren, at: world.now)).isReady)
        #expect(world.engine.problems(at: world.now).contains(.targetsBlocked(smartfren)))
        #expect(world.engine.explanation(at: world.now)[1].text.contains("it stands by, ready, proven"))
        #expect(try world.engine.whatIf([telkom: .down], at: world.now).answer == .moves(telkom, to: smartfren, .onlyProven))
        world.silentUpstreams = [telkom]
        let failover = try #require(world.run { $0.isSelected(self.smartfren) })
        #expect(failover < .seconds(2))
        #expect(world.mainRoutes.first == "usb0 2")
        world.run(for: Self.minute)
        #expect(world.isSelected(smartfren))
        world.silentUpstreams = []
        #expect(world.run { $0.isSelected(self.telkom) } != nil)
        #expect(world.engine.healths[0].state == .up)
        #expect(world.notices.compactMap(\.switched).filter { $0.from != nil }.count == 2)
    }

    @Test("a backup that answers nobody and brings no page is not chosen, even when telkom is dead; nor is its silence told twice")
    func deadFromTheBeginning() throws {
        let world = try office(isBlocked: true)
        world.services = { request in request.wan == self.smartfren ? nil : .answered(seconds: 0.02) }
        world.run(for: Self.minute)
        #expect(told(world) == [])
        #expect(try #require(world.engine.readiness(of: smartfren, at: world.now)).isReady == false)
        world.silentUpstreams = [telkom]
        world.run(for: .seconds(30))
        #expect(world.engine.selection == Selection(wan: nil, reason: .noneUsable))
    }

    @Test("a backup that has had no time to be proven is tried rather than one that has just died")
    func untried() throws {
        let world = try office(.off, isBlocked: true)
        world.run(for: Self.minute)
        #expect(world.isSelected(telkom))
        world.silentUpstreams = [telkom]
        #expect(try #require(world.run { $0.isSelected(self.smartfren) }) < .seconds(2))
        #expect(world.engine.selection.reason == .onlyUntried)
        world.silentUpstreams = []
        #expect(world.run { $0.isSelected(self.telkom) } != nil)
    }

    @Test("a failure that is over at the second or third try is none", arguments: [1, 2])
    func passing(failures: Int) throws {
        let world = try office()
        world.run(for: Self.minute)
        var count = 0
        world.services = { request in
            guard request.question.kind == .dns else { return .answered(seconds: 0.02) }
            count += 1
            return count <= failures ? nil : .answered(seconds: 0.02)
        }
        world.run(for: .seconds(900))
        #expect(count > failures)
        #expect(told(world) == [])
        #expect(try #require(world.engine.readiness(of: smartfren, at: world.now)).isReady)
    }

    @Test("a resolver that says nothing by the standby is named")
    func deadResolver() throws {
        let world = try office()
        world.services = { $0.question.kind == .dns ? nil : .answered(seconds: 0.02) }
        world.run(for: Self.minute)
        #expect(
            told(world) == [
                "warning: smartfren answers, but isn't ready to take over: dns 1.1.1.1 example.com A wasn't answered within 3s."
            ])
    }

    @Test("what can't be sent is no verdict, and is tried again")
    func notSent() throws {
        let world = try office()
        world.services = { _ in .notSent(error: "Operation not permitted") }
        world.run(for: .seconds(600))
        #expect(told(world) == [])
        #expect(world.engine.readiness(of: smartfren, at: world.now)?.problem == .unproven)
        world.services = { _ in .answered(seconds: 0.02) }
        world.run(for: .seconds(31))
        #expect(try #require(world.engine.readiness(of: smartfren, at: world.now)).isReady)
        // And if it goes on so, the last proof is too old one day.
        world.services = { _ in .notSent(error: "Operation not permitted") }
        world.run(for: .seconds(1300))
        #expect(world.engine.readiness(of: smartfren, at: world.now)?.problem == .proofTooOld)
    }

    @Test("a WAN that is down isn't asked and isn't ready; when it is up again it is proven at once")
    func down() throws {
        let world = try office()
        world.run(for: Self.minute)
        world.silentUpstreams = [smartfren]
        world.run(for: Self.minute)
        let asked = proofs(world).count
        #expect(world.engine.readiness(of: smartfren, at: world.now)?.problem == .condition(.down(.upstreamSilent)))
        world.run(for: .seconds(3600))
        #expect(proofs(world).count == asked)
        world.silentUpstreams = []
        #expect(world.run(until: { $0.engine.healths[1].state == .up }) != nil)
        world.run(for: .seconds(6))
        #expect(try #require(world.engine.readiness(of: smartfren, at: world.now)).isReady)
        #expect(told(world) == [])
    }

    @Test("after a failover the WAN that was left is the standby, and is proven when it is back")
    func afterFailover() throws {
        let world = try office()
        world.run(for: Self.minute)
        world.silentUpstreams = [telkom]
        #expect(world.run(until: { $0.isSelected(World.smartfren) }) != nil)
        #expect(world.engine.readiness(of: telkom, at: world.now)?.isReady == false)
        #expect(world.engine.readiness(of: smartfren, at: world.now) == nil)
        world.send(.pinned(smartfren))
        world.silentUpstreams = []
        world.run(for: Self.minute)
        #expect(try #require(world.engine.readiness(of: telkom, at: world.now)).isReady)
    }

    @Test("without NAT the standby isn't ready, though the box reaches the Internet by it")
    func withoutNAT() throws {
        let world = try office()
        world.run(for: Self.minute)
        world.firewallError = "iptables-nft-restore: not found"
        for place in world.engine.desiredFirewall.places { world.send(.firewallFailed(place, error: "iptables-nft-restore: not found")) }
        #expect(
            world.engine.readiness(of: smartfren, at: world.now)?.problem?.description
                == "NAT isn't in order, so clients would get no answers: iptables-nft-restore: not found.")
        world.run(for: .seconds(600))
        #expect(told(world).count == 1)
    }

    @Test("'off' asks nothing; another configuration is asked by its own interval, soon")
    func configured() throws {
        let world = try office(.off)
        world.run(for: .seconds(3600))
        #expect(proofs(world).isEmpty)
        #expect(world.engine.readiness(of: smartfren, at: world.now) == nil)
        world.configure(try World.settings(readiness: ReadinessSettings(interval: .seconds(3600), http: nil)))
        world.run(for: .seconds(10))
        #expect(proofs(world).map(\.question.kind) == [.dns])
        world.configure(try World.settings(readiness: ReadinessSettings(interval: .seconds(60))))
        world.run(for: .seconds(61))
        #expect(proofs(world).count == 3)
    }
}
