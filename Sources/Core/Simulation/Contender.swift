import Model

/// An algorithm with its settings, and a name for the tables.
package struct Contender: Hashable, Sendable {
    package let name: String
    let algorithm: Algorithm

    enum Algorithm: Hashable, Sendable {
        case uplinkd(Uplinkd.Settings)
        case mwan3(MWAN3.Settings)
        case dpinger(Dpinger.Settings)
        case checkGateway(CheckGateway.Settings)
    }

    package static let uplinkd = Contender(name: "uplinkd", algorithm: .uplinkd(.init()))
    package static let fast = Contender(name: "uplinkd fast", algorithm: .uplinkd(.init(profile: .fast)))
    /// All four addresses that the package ships, and what it sets for the first WAN.
    package static let mwan3 = Contender(name: "mwan3", algorithm: .mwan3(.init()))
    /// One of the addresses is enough.
    package static func mwan3(addresses: Int, timeout: Int, interval: Int, down: Int) -> Contender {
        Contender(
            name: "mwan3 1/\(addresses) timeout \(timeout) interval \(interval) down \(down)",
            algorithm: .mwan3(.init(addresses: addresses, reliability: 1, timeout: timeout, interval: interval, down: down)))
    }
    package static let pfSense = Contender(name: "dpinger (pfSense)", algorithm: .dpinger(.init()))
    package static let routerOS = Contender(name: "RouterOS", algorithm: .checkGateway(.init()))

    package static let defaults = [uplinkd, fast, mwan3, pfSense, routerOS]

    package var isOurs: Bool { if case .uplinkd = algorithm { true } else { false } }

    /// The longest that it does the same again, and as long as it may take to get going.
    var cycle: Nanoseconds {
        switch algorithm {
        case .uplinkd(let settings): settings.probe.interval.nanoseconds
        case .mwan3(let settings): .seconds(settings.interval + settings.addresses * settings.timeout)
        case .dpinger(let settings): settings.sendInterval.nanoseconds + settings.alertInterval.nanoseconds
        case .checkGateway(let settings): settings.interval.nanoseconds
        }
    }

    /// Until it is as it will be for ever if nothing happens: targets known, windows full.
    var settling: Nanoseconds {
        switch algorithm {
        // Its window is 30 s, and the longest gap in the clients' traffic is forgotten in some 13.
        case .uplinkd: max(cycle * 2, .seconds(35))
        case .mwan3, .checkGateway: cycle * 2
        case .dpinger(let settings): settings.timePeriod.nanoseconds + cycle
        }
    }

    /// - Parameters:
    ///   - start: switches before it don't count.
    ///   - limit: it ends early after so many.
    func run(in world: World, seed: UInt64, from start: Nanoseconds = 0, until end: Nanoseconds, limit: Int = .max) -> Outcome {
        // The world is drawn from the seed alone, so that all contenders meet the same.
        var random = SplitMix64(seed: ~seed)
        func go(_ detector: some Detector) -> Outcome {
            var run = Run(detector, in: world, seed: seed)
            run.go(from: start, until: end, limit: limit)
            return run.outcome
        }
        return switch algorithm {
        case .uplinkd(let settings): go(Uplinkd(settings))
        case .mwan3(let settings): go(MWAN3(settings, random: &random))
        case .dpinger(let settings): go(Dpinger(settings, random: &random))
        case .checkGateway(let settings): go(CheckGateway(settings, random: &random))
        }
    }
}
