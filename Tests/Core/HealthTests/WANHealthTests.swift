import Health
import Model
import Testing

@Suite("The health of a WAN")
struct WANHealthTests {
    @Test("the first answer makes an unknown WAN up, with no hold")
    func firstAnswer() throws {
        let bench = try Bench()
        #expect(bench.health.state == .absent || bench.health.state == .unknown)
        let time = try #require(bench.run(until: .up))
        #expect(time == .milliseconds(20))
    }

    @Test("the targets are asked once an interval, those that count evenly staggered")
    func stagger() throws {
        let bench = try Bench()
        bench.run(for: .seconds(5))
        bench.sent = []
        bench.run(for: .seconds(60))
        #expect(bench.sent.count == 240)
        let counting = bench.sent.filter { $0.address != Bench.gateway }
        let gaps = zip(counting, counting.dropFirst()).map { $1.at - $0.at }
        // A third of a second, on a grid of 5 ms.
        #expect(Set(gaps) == [.milliseconds(335), .milliseconds(330)])
    }

    @Test("a silent upstream is found within a second, at any phase of the probing", arguments: 0..<20)
    func silentUpstream(phase: Int) throws {
        let bench = try Bench()
        bench.run(for: .seconds(20) + .milliseconds(phase * 53))
        bench.silent = Set(Bench.targets.compactMap { if case .echo(.address(.v4(let address))) = $0.question { address } else { nil } })
        let time = try #require(bench.run(until: .down))
        #expect(time < .milliseconds(1000))
        #expect(bench.health.fault == .upstreamSilent)
    }

    @Test("a dead gateway is named as such")
    func deadGateway() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        #expect(bench.health.fault == .gatewaySilent)
    }

    @Test("a gateway that never answers does no harm, and isn't blamed")
    func muteGateway() throws {
        let bench = try Bench()
        bench.silent = [Bench.gateway]
        bench.run(for: .seconds(30))
        #expect(bench.health.state == .up)
        #expect(bench.health.quality.loss == 0)
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        #expect(bench.health.fault == .silent)
    }

    @Test("one lost probe is recorded, and the WAN stays usable throughout")
    func oneLoss() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        bench.run(for: .milliseconds(400))
        bench.isSilent = false
        bench.run(for: .milliseconds(100))
        #expect(bench.health.state.isUsable)
        bench.run(for: .seconds(2))
        #expect(bench.health.state == .up)
        #expect(try #require(bench.health.quality.loss) > 0)
    }

    @Test("a target that died is asked on, but raises no suspicion after its third loss")
    func deadTarget() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.silent = [IPv4Address(bits: 0xcb00_7102)]
        bench.run(for: .seconds(10))
        bench.sent = []
        bench.run(for: .seconds(10))
        #expect(bench.health.state == .up)
        #expect(bench.sent.count == 40)
        #expect(bench.health.targets.count { $0.isMute } == 1)
    }

    @Test("what a dead target leaves unanswered in a burst that others answered raises no new suspicion")
    func burstLoss() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.silent = [IPv4Address(bits: 0xcb00_7102)]
        let suspicion = bench.run(until: .suspect)
        #expect(suspicion != nil)
        let cleared = bench.run(until: .up)
        #expect(cleared == .milliseconds(20))
        // 105 ms after the burst its probe to the dead target has just become late.
        bench.run(for: .milliseconds(85))
        #expect(bench.health.state == .up)
    }

    @Test("quorum 2 of 3: two dead targets take the WAN down, one doesn't")
    func quorum() throws {
        let bench = try Bench(quorum: 2)
        bench.run(for: .seconds(20))
        bench.silent = [IPv4Address(bits: 0xcb00_7101)]
        bench.run(for: .seconds(30))
        #expect(bench.health.state == .up)
        bench.silent.insert(IPv4Address(bits: 0xcb00_7102))
        #expect(bench.run(until: .down) != nil)
    }

    @Test("replies that come later than they used to are late, not lost: the timeout adapts and nothing goes down")
    func slower() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.roundTrip = .milliseconds(700)
        bench.run(for: .seconds(60))
        #expect(bench.health.state == .up)
        #expect(bench.health.quality.loss == 0)
    }

    @Test("after an outage it is recovering until it has answered without a loss for the hold")
    func hold() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.run(for: .seconds(30))
        bench.isSilent = false
        let recovering = try #require(bench.run(until: .recovering))
        #expect(recovering < .seconds(1))
        let up = try #require(bench.run(until: .up))
        #expect(up == .seconds(10))
        #expect(bench.health.fault == nil)
    }

    @Test("a lost probe while recovering is asked after, and the hold goes on")
    func lossWhileRecovering() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.isSilent = false
        _ = try #require(bench.run(until: .recovering))
        let start = bench.now
        bench.run(for: .seconds(8))
        let before = bench.sent.count
        bench.isSilent = true
        bench.run(for: .milliseconds(400))
        bench.isSilent = false
        _ = try #require(bench.run(until: .up))
        #expect(bench.now - start == .seconds(10))
        // Four probes a second, and a question to all four targets.
        #expect(bench.sent.count - before >= 12)
    }

    @Test("a silence while recovering starts the hold anew")
    func relapse() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.isSilent = false
        _ = try #require(bench.run(until: .recovering))
        bench.run(for: .seconds(8))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.isSilent = false
        bench.run(for: .seconds(5))
        #expect(bench.health.state == .recovering)
        #expect(bench.run(until: .up) != nil)
    }

    @Test("a probe that couldn't be sent says nothing: the WAN is never called down for it")
    func notSent() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.cannotSend = true
        bench.run(for: .seconds(120))
        #expect(bench.health.state.isUsable)
        #expect(bench.health.quality.lost == 0)
    }

    @Test("a WAN by which nothing can be sent from the start stays unknown")
    func neverSent() throws {
        let bench = try Bench()
        bench.cannotSend = true
        bench.run(for: .seconds(120))
        #expect(bench.health.state == .unknown)
        bench.cannotSend = false
        let time = bench.run(until: .up)
        #expect(time != nil)
    }

    @Test("a box that was asleep when a verdict was due asks again before it judges")
    func oversleep() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        let suspicion = bench.run(until: .suspect)
        #expect(suspicion != nil)
        // The third round is out, its replies would be in the socket by now.
        bench.run(for: .milliseconds(250))
        #expect(bench.health.state == .suspect)
        bench.isSilent = false
        bench.now = bench.now + .seconds(7200)
        bench.run(for: .seconds(1))
        #expect(bench.health.state == .up)
        #expect(bench.health.since < .start + .seconds(1))
    }

    @Test("a suspicion is a burst: all targets at once, three times, 40 ms apart, and a verdict when the last is late twice over")
    func burst() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        let suspicion = bench.run(until: .suspect)
        #expect(suspicion != nil)
        let start = bench.now
        let verdict = bench.run(until: .down)
        #expect(verdict == .milliseconds(280))
        let burst = bench.sent.filter { sent in sent.at >= start && sent.at < start + .milliseconds(280) }
        let rounds = Dictionary(grouping: burst) { sent in sent.at - start }.mapValues(\.count)
        #expect(rounds == [.zero: 4, .milliseconds(40): 4, .milliseconds(80): 4])
    }

    @Test(
        "what the kernel says goes at once",
        arguments: [
            (WANHealth.LinkCondition.absent, HealthState.absent, Fault.modemGone), (.noCarrier, .noCarrier, .noCarrier),
            (.noGateway, .noGateway, .noLease), (.noRoute, .noGateway, .noRoute),
        ])
    func kernelWord(condition: WANHealth.LinkCondition, state: HealthState, fault: Fault) throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        // A line that nobody can unplug is just absent.
        bench.health.observe(condition, at: bench.now)
        #expect(bench.health.fault == (fault == .modemGone ? nil : fault))
        var wan = bench.health.wan
        wan.isRemovable = true
        bench.health.configure(wan, at: bench.now)
        #expect(bench.health.state == state)
        #expect(bench.health.fault == fault)
        // Back with another index, as a replugged modem is: it has to prove itself.
        bench.health.observe(.ready(interfaceIndex: 9, gateway: .v4(Bench.gateway)), at: bench.now)
        #expect(bench.health.state == .down)
        #expect(bench.run(until: .recovering) == .milliseconds(20))
        #expect(bench.run(until: .up) == .seconds(10))
    }

    @Test("a WAN that an earlier run left demoted has to prove itself")
    func presumedDown() throws {
        let bench = try Bench(presumedDown: true)
        #expect(bench.health.state == .down)
        #expect(bench.run(until: .up) == .seconds(10) + .milliseconds(20))
    }

    @Test("another gateway raises a question, and the WAN stays usable while it is answered")
    func gatewayChange() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.health.observe(.ready(interfaceIndex: 2, gateway: .v4(IPv4Address(bits: 0xc000_0209))), at: bench.now)
        #expect(bench.health.state == .suspect)
        #expect(bench.run(until: .up) == .milliseconds(20))
        #expect(bench.health.gateway == .v4(IPv4Address(bits: 0xc000_0209)))
    }

    @Test("with the gateway as the only target, the gateway decides")
    func gatewayOnly() throws {
        let bench = try Bench(targets: [.gateway])
        #expect(bench.run(until: .up) == .milliseconds(20))
        bench.isSilent = true
        #expect(bench.run(until: .down) != nil)
    }

    @Test("with nothing to ask, the carrier is all there is to know")
    func nothingToAsk() throws {
        let bench = try Bench(targets: [.gateway])
        bench.health.observe(.absent, at: bench.now)
        bench.health.observe(.ready(interfaceIndex: 3, gateway: nil), at: bench.now)
        #expect(bench.health.state == .up)
    }

    @Test("a suspicion that is cleared leaves no trace in the time it has been up")
    func since() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        let since = bench.health.since
        bench.isSilent = true
        _ = bench.run(until: .suspect)
        bench.isSilent = false
        _ = bench.run(until: .up)
        #expect(bench.health.since == since)
    }

    @Test("random loss of 30 % for ten minutes never takes it down")
    func randomLoss() throws {
        let bench = try Bench()
        var generator = Xorshift(seed: 42)
        bench.run(for: .seconds(20))
        for _ in 0..<6000 {
            // Each target is deaf or not for a tenth of a second.
            bench.silent = Set(
                Bench.targets.compactMap {
                    if case .echo(.address(.v4(let address))) = $0.question, generator.next() % 10 < 3 { address } else { nil }
                })
            bench.run(for: .milliseconds(100))
            #expect(bench.health.state.isUsable)
        }
    }
}

/// Marsaglia's xorshift64: the same numbers in every run.
private struct Xorshift: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
