import Model

/// How long a silent upstream of the first choice goes unnoticed.
package struct Detection: Sendable {
    /// Sorted; nanoseconds from the fault to the switch.
    private let times: [Nanoseconds]
    package let count: Int

    init(_ times: [Nanoseconds], of count: Int) {
        self.times = times.sorted()
        self.count = count
    }

    package var missed: Int { count - times.count }
    package var median: Duration? { quantile(0.5) }
    package var percentile99: Duration? { quantile(0.99) }
    package var least: Duration? { quantile(0) }
    package var most: Duration? { quantile(1) }

    /// nil: it is among those that were never found.
    private func quantile(_ share: Double) -> Duration? {
        let index = min(Int(share * Double(count)), count - 1)
        return times.indices.contains(index) ? .nanoseconds(times[index]) : nil
    }
}

extension Contender {
    /// Many faults, each at a random moment of its cycle.
    package func detection(faults: Int, in world: World = World(), seed: UInt64 = 1) -> Detection {
        var phases = SplitMix64(seed: seed)
        var times: [Nanoseconds] = []
        for _ in 0..<faults {
            let fault = settling + phases.time(below: cycle)
            var world = world
            world.wans[0].silence = .from(.nanoseconds(fault))
            let patience = max(settling, .seconds(60)) * 5
            let outcome = run(in: world, seed: phases.next(), from: fault, until: fault + patience, limit: 1)
            if let at = outcome.firstSwitchAt { times.append(at - fault) }
        }
        return Detection(times, of: faults)
    }

    package func switches(in world: World, for time: Duration, limit: Int = .max, seed: UInt64 = 1) -> Outcome {
        run(in: world, seed: seed, from: settling, until: settling + time.nanoseconds, limit: limit)
    }

    /// IP bytes by the first choice in 30 days in which nothing happens.
    package func bytesPerMonth(seed: UInt64 = 1) -> Double {
        // Long enough that it makes no difference whether a probe more or less falls into it.
        let span = max(cycle * 200, .seconds(300))
        let outcome = run(in: World(), seed: seed, from: settling, until: settling + span)
        return Double(outcome.bytes) * Double(Duration.month.nanoseconds) / Double(span)
    }

    /// How many events a second of this takes, roughly: to simulate the fast ones for a shorter time.
    var eventsPerSecond: Double {
        switch algorithm {
        case .uplinkd(let settings):
            Double(settings.targets + (settings.asksGateway ? 1 : 0)) * 4 / settings.probe.interval.inSeconds + 5
        case .mwan3(let settings): Double(settings.reliability) * 6 / Double(settings.interval)
        case .dpinger(let settings): 4 / settings.sendInterval.inSeconds + 2 / settings.alertInterval.inSeconds
        case .checkGateway(let settings): 4 / settings.interval.inSeconds
        }
    }
}

extension Duration {
    package static let day = Duration.seconds(86_400)
    package static let month = Duration.seconds(30 * 86_400)
}
