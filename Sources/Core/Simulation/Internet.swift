import Model

/// A world at work: says of each probe when its answer comes.
///
/// What a WAN does (bursts, steps, silence) depends on the seed alone, not on who asks how often: every detector meets the same faults.
struct Internet {
    private var wans: [State]

    static let targets = 8

    fileprivate struct State {
        var world: WANWorld
        var latency: Nanoseconds
        var jitter: Double
        var nextStep = 0
        var packets: SplitMix64
        var weather: SplitMix64
        var isBad = false
        var changesAt: Nanoseconds = 0
        var tokens: [Double]
        var tokensAt: [Nanoseconds]
        /// When each target dies.
        var deadFrom: [Nanoseconds]
        var clients: SplitMix64
        var counters = LinkCounters(received: 0, sent: 0)
        /// Of the gateway.
        var pings: UInt64 = 0
        /// When the next packet leaves, and comes in.
        var nextOut: Nanoseconds = 0
        var nextIn: Nanoseconds = 0
        var nextPush: Nanoseconds = 0
        var nextPing: Nanoseconds = 0
        var uplink: Uplink?
        var silentFrom = never
        /// nil: silent without end.
        var period: Nanoseconds?
    }

    init(_ world: World, seed: UInt64) {
        var seeds = SplitMix64(seed: seed)
        wans = world.wans.map { wan in
            var state = State(
                world: wan, latency: wan.latency.nanoseconds, jitter: Double(wan.jitter.nanoseconds), packets: seeds.split(),
                weather: seeds.split(), tokens: Array(repeating: wan.rateLimit?.burst ?? 0, count: Self.targets),
                tokensAt: Array(repeating: 0, count: Self.targets), deadFrom: Array(repeating: never, count: Self.targets),
                clients: seeds.split())
            state.uplink = wan.uploads.map { Uplink($0, latency: wan.latency.nanoseconds) }
            if let dead = wan.deadTarget { state.deadFrom[dead.target] = dead.from.nanoseconds }
            switch wan.silence {
            case .never: break
            case .from(let moment): state.silentFrom = moment.nanoseconds
            case .square(let period, let moment):
                state.silentFrom = moment.nanoseconds
                state.period = period.nanoseconds
            }
            // The first state is a good one.
            if let bursts = wan.bursts { state.changesAt = state.weather.time(mean: bursts.meanGood) }
            return state
        }
    }

    /// How long the answer takes; nil: there is none. Has to be asked in the order of time.
    mutating func roundTrip(by wan: Int, to target: Int, at now: Nanoseconds) -> Nanoseconds? { wans[wan].roundTrip(to: target, at: now) }
}

extension Internet {
    /// What the clients have sent and received.
    mutating func clients(of wan: Int, at now: Nanoseconds) -> LinkCounters { wans[wan].countClients(at: now) }
}

extension Internet.State {
    /// Packets come at random moments, the same number each way in the long run.
    mutating func countClients(at now: Nanoseconds) -> LinkCounters {
        let (start, period) = (silentFrom, period)
        let isPushed = world.silentWays == .up
        Self.pass(world.clientPackets, &nextOut, &clients, until: now) { _ in counters.sent += 1 }
        Self.pass(world.clientPackets, &nextIn, &clients, until: now) { at in
            if !Self.isSilent(at: at, from: start, period) { counters.received += 1 }
        }
        Self.pass(world.pushedPackets, &nextPush, &clients, until: now) { at in
            if isPushed || !Self.isSilent(at: at, from: start, period) { counters.received += 1 }
        }
        Self.pass(world.gatewayPackets, &nextPing, &clients, until: now) { _ in
            pings += 1
        }
        var all = LinkCounters(
            received: counters.received + pings, sent: counters.sent + pings, receivedBytes: counters.received * 200 + pings * 98,
            sentBytes: counters.sent * 200 + pings * 98)
        if uplink != nil {
            uplink?.advance(to: now) { Self.isSilent(at: $0, from: start, period) }
            let (received, sent) = (uplink?.received ?? 0, uplink?.sent ?? 0)
            all.received += received
            all.sent += sent
            all.receivedBytes? += received * UInt64(Uplink.acknowledgement)
            all.sentBytes? += sent * UInt64(Uplink.packet)
        }
        return all
    }

    private static func pass(
        _ perSecond: Double, _ next: inout Nanoseconds, _ random: inout SplitMix64, until now: Nanoseconds, _ body: (Nanoseconds) -> Void
    ) {
        guard perSecond > 0 else { return }
        let gap = Duration.seconds(1 / perSecond)
        while next <= now {
            body(next)
            next += random.time(mean: gap)
        }
    }

    mutating func roundTrip(to target: Int, at now: Nanoseconds) -> Nanoseconds? {
        while nextStep < world.steps.count, world.steps[nextStep].at.nanoseconds <= now {
            latency = world.steps[nextStep].latency.nanoseconds
            nextStep += 1
        }
        var roundTrip = latency + Nanoseconds(packets.exponential() * jitter)
        if target > 0, uplink != nil {
            let (start, period) = (silentFrom, period)
            guard let wait = uplink?.wait(at: now, { Self.isSilent(at: $0, from: start, period) }) else { return nil }
            roundTrip += wait
        }
        let isLost = packets.uniform() < world.loss
        let isInBurst = isLostInBurst(at: now)
        if isLost || isInBurst || now >= deadFrom[target] { return nil }
        // Neither leaves while it is silent, nor comes back.
        if target > 0, isSilent(at: now) || isSilent(at: now + roundTrip) { return nil }
        return isAllowed(target, at: now) ? roundTrip : nil
    }

    private func isSilent(at now: Nanoseconds) -> Bool { Self.isSilent(at: now, from: silentFrom, period) }

    private static func isSilent(at now: Nanoseconds, from start: Nanoseconds, _ period: Nanoseconds?) -> Bool {
        guard now >= start else { return false }
        return period.map { (now - start) % $0 >= $0 / 2 } ?? true
    }

    private mutating func isLostInBurst(at now: Nanoseconds) -> Bool {
        guard let bursts = world.bursts else { return false }
        while changesAt <= now {
            isBad.toggle()
            changesAt += weather.time(mean: isBad ? bursts.meanBad : bursts.meanGood)
        }
        return isBad && packets.uniform() < bursts.lossInBad
    }

    private mutating func isAllowed(_ target: Int, at now: Nanoseconds) -> Bool {
        guard let limit = world.rateLimit, limit.target == nil || limit.target == target, now >= limit.from.nanoseconds else { return true }
        tokens[target] = min(limit.burst, tokens[target] + Double(now - tokensAt[target]) / 1e9 * limit.perSecond)
        tokensAt[target] = now
        guard tokens[target] >= 1 else { return false }
        tokens[target] -= 1
        return true
    }
}

extension SplitMix64 {
    fileprivate mutating func time(mean: Duration) -> Nanoseconds { Nanoseconds(exponential() * Double(mean.nanoseconds)) + 1 }
}
