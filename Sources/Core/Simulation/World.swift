/// Simulated time, since the start of the run. Not a `Duration`: a month has a hundred million events, and 128 bits cost.
package typealias Nanoseconds = Int64

/// Later than any run.
let never = Nanoseconds.max

/// Two WANs; index 0 is the first choice.
package struct World: Sendable {
    package var wans: [WANWorld]

    package init(primary: WANWorld = WANWorld(), backup: WANWorld = WANWorld(latency: .milliseconds(35), jitter: .milliseconds(5))) {
        wans = [primary, backup]
    }
}

/// What becomes of probes by one WAN. Target 0 is its gateway, those from 1 on are beyond it.
package struct WANWorld: Sendable {
    /// Of the round trip, without the jitter.
    package var latency: Duration
    /// The mean of what comes on top, exponentially distributed: mostly little, sometimes much.
    package var jitter: Duration
    /// From some moment on the latency is another one. In the order of time.
    package var steps: [Step] = []
    /// The share of round trips that are lost, each on its own.
    package var loss = 0.0
    /// Beside that.
    package var bursts: Bursts?
    package var silence = Silence.never
    /// By this WAN it doesn't answer any more.
    package var deadTarget: (target: Int, from: Duration)?
    package var rateLimit: RateLimit?
    /// Packets a second that the clients send by it, and as many come back. Only programs that look at the interface's counters see them.
    package var clientPackets = 0.0
    /// Beside that, packets a second that come in unasked: a film, a radio.
    package var pushedPackets = 0.0
    /// Packets a second of a client to the gateway, which answers each.
    package var gatewayPackets = 0.0
    /// Clients upload by it: there is a queue.
    package var uploads: Uploads?
    /// What `silence` swallows.
    package var silentWays = Ways.both

    package init(latency: Duration = .milliseconds(20), jitter: Duration = .milliseconds(2)) {
        self.latency = latency
        self.jitter = jitter
    }

    package enum Ways: Sendable {
        case both
        /// What is sent gets nowhere; what others send comes in.
        case up
    }

    package struct Uploads: Sendable {
        package var connections: Int
        package var kilobits: Int
        /// Packets that the queue holds.
        package var queue: Int
        package var from: Duration

        package init(connections: Int, kilobits: Int, queue: Int, from: Duration) {
            self.connections = connections
            self.kilobits = kilobits
            self.queue = queue
            self.from = from
        }
    }

    package struct Step: Sendable {
        package var at: Duration
        package var latency: Duration
    }

    /// Gilbert–Elliott in continuous time: the WAN is in a good or a bad state, for exponentially distributed times, whoever is asked. In
    /// the bad state this share of the round trips is lost.
    package struct Bursts: Sendable {
        package var meanGood: Duration
        package var meanBad: Duration
        package var lossInBad: Double

        package init(meanGood: Duration, meanBad: Duration, lossInBad: Double) {
            self.meanGood = meanGood
            self.meanBad = meanBad
            self.lossInBad = lossInBad
        }
    }

    /// The gateway answers, and nothing beyond it.
    package enum Silence: Sendable {
        case never
        case from(Duration)
        /// From some moment on, silent in the second half of every period.
        case square(period: Duration, from: Duration)
    }

    /// A token bucket, as routers limit the ICMP that they answer.
    package struct RateLimit: Sendable {
        /// nil: each target has one.
        package var target: Int?
        package var perSecond: Double
        package var burst: Double
        package var from: Duration

        package init(target: Int? = nil, perSecond: Double, burst: Double = 5, from: Duration) {
            self.target = target
            self.perSecond = perSecond
            self.burst = burst
            self.from = from
        }
    }
}

extension Nanoseconds {
    static func seconds(_ count: Int) -> Self { Self(count) * 1_000_000_000 }
}
