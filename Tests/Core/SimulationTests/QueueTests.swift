import Model
import Simulation
import Testing

/// A full uplink isn't a dead one; and one that was full and dies is.
@Suite("Queues")
struct QueueTests {
    struct Case: CustomTestStringConvertible {
        var connections: Int
        var kilobits: Int
        var queue: Int
        var testDescription: String { "\(connections) uploads, \(kilobits) kbit/s, \(queue) packets" }
        var world: World { .uploads(connections, kilobits: kilobits, queue: queue) }
    }

    /// Of which the first 85 s are without uploads. `uplinkd-lab bench --only uploads` has minutes of each, in namespaces.
    static let time = 185

    static let cases = [1, 4].flatMap { connections in
        [1000, 10_000].flatMap { kilobits in
            [100, 300, 1000].map { Case(connections: connections, kilobits: kilobits, queue: $0) }
        }
    }

    @Test("uploads that fill the uplink move nobody, and little is told of them", arguments: cases)
    func uploads(one: Case) {
        let outcome = Contender.uplinkd.switches(in: one.world, for: .seconds(Self.time))
        #expect(outcome.switches == 0)
        #expect(outcome.givenUp == 0)
        #expect(outcome.told <= 6)
    }

    /// From the fault to the switch.
    private func detection(_ world: World, until fault: Duration) -> Duration? {
        var world = world
        world.wans[0].silence = .from(fault)
        let outcome = Contender.uplinkd.switches(in: world, for: fault + .seconds(60), limit: 1)
        return outcome.firstSwitchAt.map { .nanoseconds($0) - fault }
    }

    @Test("with nobody to take over it is in use all the while", arguments: cases)
    func alone(one: Case) {
        var world = one.world
        world.wans[1].silence = .from(.zero)
        let outcome = Contender.uplinkd.switches(in: world, for: .seconds(Self.time))
        #expect(outcome.switches == 0)
        #expect(outcome.givenUp == 0)
        #expect(outcome.told <= 6)
    }

    @Test("a line that was full and dies is found within two seconds", arguments: cases)
    func full(one: Case) throws {
        for phase in 0..<3 {
            let time = try #require(detection(one.world, until: .milliseconds(160_000 + phase * 137)))
            #expect(time > .zero && time < .seconds(2))
        }
    }

    @Test("a line that fills and then dies is found within a second", arguments: cases)
    func filling(one: Case) throws {
        for phase in [0, 3, 6, 10, 17] {
            let time = try #require(detection(one.world, until: .milliseconds(120_200 + phase * 137)))
            #expect(time > .zero && time < .seconds(1))
        }
    }
}
