import Health
import Model
import Testing

@Suite("A hold that grows")
struct HoldTests {
    /// Down, and up again; returns how long it had to answer for that.
    private func relapse(_ bench: Bench) throws -> Duration {
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        bench.isSilent = false
        _ = try #require(bench.run(until: .recovering))
        return try #require(bench.run(until: .up))
    }

    @Test("it doubles with every relapse within ten minutes, to ten minutes at most")
    func doubles() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        let holds = try (0..<8).map { _ in
            let hold = try relapse(bench)
            bench.run(for: .seconds(30))
            return Int(hold.inSeconds)
        }
        #expect(holds == [10, 20, 40, 80, 160, 320, 600, 600])
    }

    @Test("a failure later than ten minutes after the last return doesn't lengthen it, and doesn't shorten it")
    func later() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        #expect(try relapse(bench) == .seconds(10))
        #expect(try relapse(bench) == .seconds(20))
        bench.run(for: .seconds(700))
        #expect(try relapse(bench) == .seconds(20))
    }

    @Test("an hour without a failure, and it begins anew")
    func quietHour() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        for _ in 0..<4 { _ = try relapse(bench) }
        bench.run(for: .seconds(3700))
        #expect(try relapse(bench) == .seconds(10))
    }

    @Test("silence while recovering is no relapse: nobody had been moved back")
    func whileRecovering() throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        bench.isSilent = true
        _ = try #require(bench.run(until: .down))
        for _ in 0..<5 {
            bench.isSilent = false
            _ = try #require(bench.run(until: .recovering))
            bench.run(for: .seconds(3))
            bench.isSilent = true
            _ = try #require(bench.run(until: .down))
        }
        bench.isSilent = false
        _ = try #require(bench.run(until: .recovering))
        #expect(bench.run(until: .up) == .seconds(10))
    }

    @Test("a hold of 0 s stays 0 s")
    func none() throws {
        let bench = try Bench(hold: .zero)
        bench.run(for: .seconds(20))
        for _ in 0..<5 {
            bench.isSilent = true
            _ = try #require(bench.run(until: .down))
            bench.isSilent = false
            let back = try #require(bench.run(until: .up))
            #expect(back < .seconds(1))
        }
    }

    @Test("a longer hold than ten minutes isn't cut short")
    func long() throws {
        let bench = try Bench(hold: .seconds(900))
        bench.run(for: .seconds(20))
        #expect(try relapse(bench) == .seconds(900))
        #expect(try relapse(bench) == .seconds(900))
    }

    @Test(
        "a WAN that comes and goes is up only a few times, whatever its period",
        arguments: [1, 10, 30, 60, 120, 300, 600])
    func flapping(period: Double) throws {
        let bench = try Bench()
        bench.run(for: .seconds(20))
        let half = Duration.nanoseconds(Int64(period / 2 * 1e9))
        for _ in 0..<Int(min(14_400 / period, 1000)) {
            bench.isSilent = true
            bench.run(for: half)
            bench.isSilent = false
            bench.run(for: half)
        }
        let returns = bench.changes(from: .recovering, to: .up)
        #expect(returns <= 6, "up again \(returns) times")
    }
}
