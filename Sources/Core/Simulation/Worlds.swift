import Model

/// What goes wrong in the tables and in the tests.
extension World {
    /// When a lasting change begins: all detectors have long settled by then, and what they do about it counts.
    private static let change: Duration = .seconds(120)

    /// - Parameter both: on both WANs; otherwise the backup is clean.
    package static func lossy(_ loss: Double, both: Bool = false) -> World {
        var world = World()
        world.wans[0].loss = loss
        if both { world.wans[1].loss = loss }
        return world
    }

    /// Silent for half of every period.
    package static func flapping(_ period: Duration) -> World {
        var world = World()
        world.wans[0].silence = .square(period: period, from: change)
        return world
    }

    /// Once a minute on average a burst in which 9 of 10 are lost, of this mean length.
    package static func bursty(_ length: Duration) -> World {
        var world = World()
        world.wans[0].bursts = .init(meanGood: .seconds(60), meanBad: length, lossInBad: 0.9)
        return world
    }

    /// To and fro between 20 ms and this, every 10 minutes.
    package static func latencySteps(_ latency: Duration, for time: Duration, clientPackets: Double = 0) -> World {
        var world = World()
        world.wans[0].clientPackets = clientPackets
        world.wans[0].steps = (1...max(1, Int(time.inSeconds / 600))).map {
            WANWorld.Step(at: .seconds($0 * 600), latency: $0 % 2 == 1 ? latency : world.wans[0].latency)
        }
        return world
    }

    /// A mobile WAN: the round trip is 60 ms and an exponentially distributed time of this mean.
    package static func jittery(_ jitter: Duration) -> World { World(primary: WANWorld(latency: .milliseconds(60), jitter: jitter)) }

    /// - Parameter target: nil: each of them, and the gateway as well.
    package static func rateLimited(_ perSecond: Double, target: Int? = nil) -> World {
        var world = World()
        world.wans[0].rateLimit = .init(target: target, perSecond: perSecond, from: change)
        return world
    }

    /// The first target, which for some is the only one, dies.
    /// - Parameter both: by both WANs.
    package static func deadTarget(both: Bool) -> World {
        var world = World()
        for wan in 0..<(both ? 2 : 1) { world.wans[wan].deadTarget = (1, change) }
        return world
    }

    /// Both lose that much, and have bursts of a second once a minute.
    package static func bothBad(_ loss: Double) -> World {
        var world = World.lossy(loss, both: true)
        for wan in world.wans.indices { world.wans[wan].bursts = .init(meanGood: .seconds(60), meanBad: .seconds(1), lossInBad: 0.9) }
        return world
    }

    /// Uploads that begin when all has settled.
    package static func uploads(_ connections: Int, kilobits: Int, queue: Int, from start: Duration? = nil) -> World {
        var world = World(primary: WANWorld(latency: .milliseconds(140), jitter: .milliseconds(2)))
        world.wans[0].uploads = .init(connections: connections, kilobits: kilobits, queue: queue, from: start ?? change)
        return world
    }

    /// Clients send and receive that many packets a second by the first choice.
    package static func busy(_ packets: Double) -> World {
        var world = World()
        world.wans[0].clientPackets = packets
        return world
    }
}
