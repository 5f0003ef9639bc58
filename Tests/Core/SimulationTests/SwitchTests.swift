import Model
import Simulation
import Testing

@Suite("Switches for nothing")
struct SwitchTests {
    @Test("a fifth of all packets lost, on one WAN or on both, moves nobody", arguments: [false, true])
    func loss(both: Bool) {
        #expect(Contender.uplinkd.switches(in: .lossy(0.2, both: both), for: .seconds(1200)).switches == 0)
    }

    @Test("two of five packets lost by both WANs is no reason to go to and fro")
    func bothBad() {
        #expect(Contender.uplinkd.switches(in: .lossy(0.4, both: true), for: .seconds(600)).switches == 0)
    }

    @Test(
        "however fast the upstream comes and goes, the traffic soon stays",
        arguments: [0.5, 10, 60, 300] as [Double])
    func flapping(period: Double) {
        // Each relapse doubles the hold of 10 s: four times until it is longer than any of these periods is good.
        let outcome = Contender.uplinkd.switches(in: .flapping(.seconds(period)), for: .seconds(period < 60 ? 600 : 2400))
        #expect(outcome.switches <= 10)
    }

    @Test("a target that dies moves nobody", arguments: [false, true])
    func deadTarget(both: Bool) {
        #expect(Contender.uplinkd.switches(in: .deadTarget(both: both), for: .seconds(400)).switches == 0)
    }

    @Test("targets that answer a ping a second, or one of them in two seconds, move nobody")
    func rateLimits() {
        #expect(Contender.uplinkd.switches(in: .rateLimited(1), for: .seconds(400)).switches == 0)
        #expect(Contender.uplinkd.switches(in: .rateLimited(0.5, target: 1), for: .seconds(400)).switches == 0)
    }

    @Test("round trips that grow, and those that vary, move nobody")
    func latency() {
        for world in [World.latencySteps(.milliseconds(150), for: .seconds(700)), .jittery(.milliseconds(40))] {
            #expect(Contender.uplinkd.switches(in: world, for: .seconds(700)).switches == 0)
        }
    }

    // So that it is known that the worlds are bad enough to find something.
    @Test("dpinger, RouterOS and mwan3 do switch in such worlds")
    func others() {
        #expect(Contender.pfSense.switches(in: .lossy(0.2), for: .day).switches > 100)
        #expect(Contender.pfSense.switches(in: .flapping(.seconds(300)), for: .day).switches > 500)
        #expect(Contender.pfSense.switches(in: .deadTarget(both: false), for: .day).switches == 1)
        #expect(Contender.pfSense.switches(in: .rateLimited(1), for: .day).switches == 1)
        #expect(Contender.routerOS.switches(in: .lossy(0.1), for: .day).switches > 50)
        #expect(Contender.mwan3.switches(in: .flapping(.seconds(300)), for: .day).switches > 500)
    }

    @Test("the same seed gives the same month, and another one another")
    func seeds() {
        let outcomes = [1, 1, 2].map { Contender.routerOS.switches(in: .lossy(0.1), for: .month, seed: $0) }
        #expect(outcomes[0] == outcomes[1])
        #expect(outcomes[0] != outcomes[2])
    }
}
