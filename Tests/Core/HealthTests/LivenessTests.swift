import Model
import Testing

@testable import Health

@Suite struct LivenessTests {
    static let way = Liveness.Way(interfaceIndex: 2, gateway: nil)
    static let burst = Burst(startedAt: .start, nextRoundAt: .start, rounds: 3, lastRoundAt: .start, isCorroborated: false, isQuiet: false)

    @Test(
        "a liveness has one word, and one more where something impairs it; and its fault",
        arguments: [
            (.unseen, .absent, .absent, nil), (.absent, .absent, .absent, .modemGone), (.noCarrier, .noCarrier, .noCarrier, .noCarrier),
            (.noGateway, .noGateway, .noGateway, .noLease), (.noRoute, .noGateway, .noGateway, .noRoute),
            (.ready(way, .unknown(burst)), .unknown, .unknown, nil),
            (.ready(way, .up), .up, .impaired, nil), (.ready(way, .suspect(burst)), .suspect, .impaired, nil),
            (.ready(way, .down(since: .start, fault: nil)), .down, .down, nil),
            (.ready(way, .down(since: .start, fault: .gatewaySilent)), .down, .down, .gatewaySilent),
            (.ready(way, .recovering(since: .start, from: .silent, nil)), .recovering, .recovering, .silent),
            (.ready(way, .recovering(since: .start, from: nil, burst)), .recovering, .recovering, nil),
        ] as [(Liveness, HealthState, HealthState, Fault?)])
    func words(liveness: Liveness, state: HealthState, impaired: HealthState, fault: Fault?) {
        #expect(Verdict(liveness: liveness).state == state)
        #expect(Verdict(liveness: liveness, impairments: [Impairment(fault: .lossy, since: .start)]).state == impaired)
        #expect(liveness.fault == fault)
    }

    @Test(
        "a question goes on in the phase that it belongs to, and none begins by being set",
        arguments: [
            (.ready(way, .unknown(burst)), true), (.ready(way, .suspect(burst)), true),
            (.ready(way, .recovering(since: .start, from: .silent, burst)), true), (.unseen, false), (.absent, false), (.noCarrier, false),
            (.noGateway, false), (.ready(way, .up), false), (.ready(way, .down(since: .start, fault: nil)), false),
            (.ready(way, .recovering(since: .start, from: nil, nil)), false),
        ] as [(Liveness, Bool)])
    func question(before: Liveness, isAsking: Bool) {
        #expect(before.burst == (isAsking ? Self.burst : nil))
        var liveness = before
        var later = Self.burst
        later.roundsSent = 2
        liveness.burst = later
        #expect((liveness != before) == isAsking)
        #expect(liveness.burst == (isAsking ? later : nil))
        #expect(Verdict(liveness: liveness).state == Verdict(liveness: before).state)
        liveness.burst = Self.burst
        #expect(liveness == before)
    }

    @Test("what is worst of what impairs a WAN that is up is its fault; of one that isn't, its impairments are none")
    func worst() {
        let lossy = Impairment(fault: .lossy, since: .start)
        let portal = Impairment(fault: .captivePortal, since: .start)
        #expect(Verdict(liveness: .ready(Self.way, .up), impairments: [lossy]).fault == .lossy)
        #expect(Verdict(liveness: .ready(Self.way, .up), impairments: [lossy, portal]).fault == .captivePortal)
        #expect(Verdict(liveness: .ready(Self.way, .suspect(Self.burst)), impairments: [lossy]).fault == .lossy)
    }

    @Test(
        "a suspicion is a doubt once a round of questions has gone unanswered", arguments: [(0, false), (1, false), (2, true), (3, true)])
    func doubt(rounds: Int, isDoubt: Bool) {
        var burst = Self.burst
        burst.roundsSent = rounds
        #expect(Verdict(liveness: .ready(Self.way, .suspect(burst))).doubtedSince == (isDoubt ? .start : nil))
        #expect(Verdict(liveness: .ready(Self.way, .unknown(burst))).doubtedSince == nil)
    }
}
