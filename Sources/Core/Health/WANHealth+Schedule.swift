package import Model

/// When who is asked.
extension WANHealth {
    /// Of one target beyond the gateway, in seconds, while clients have much traffic.
    private static let shortestInterval = 0.25
    /// Probes of all WANs go out on a common grid of time, so that with many targets the daemon is woken for many of them at once.
    static let grid: Int64 = 5_000_000
    /// A service that failed is asked again so soon, until it has failed often enough to count.
    private static let secondOpinion: Duration = .seconds(1)

    /// How many times slower than configured the one that carries is asked, or how many times faster.
    ///
    /// Its clients' packets tell of most faults, and the sooner the more of them there are. Not of one in which packets still come in: while a download
    /// goes on and requests die, or somebody talks to the gateway alone. So those beyond the gateway are asked all the while, and the oftener the less
    /// that is beside the traffic.
    package func paceOfCarrier(at now: Instant) -> Double {
        let probe = wan.probe
        let usual = probe.factor(isResting: false)
        guard state == .up, let flow = traffic?.flow else { return usual }
        if wan.isMetered {
            guard flow.isFlowing(at: now), !flow.isWeighty(at: now) else { return usual }
            // A word of one of them every second.
            let peers = Double(counting.count)
            return max(usual, min(peers / probe.interval.inSeconds, probe.factor(isResting: true)))
        }
        guard probe.budget == nil, flow.isBusy(at: now) else { return usual }
        return min(usual, max(usual / 4, Self.shortestInterval / probe.interval.inSeconds))
    }

    /// How many times slower than configured the targets are asked from now on.
    package mutating func pace(_ factor: Double, at now: Instant) {
        guard factor != self.factor else { return }
        self.factor = factor
        spreadOut(after: now)
        refreshDeadline()
    }

    /// Every target at the next occasion: the selected WAN is suspect, and this one may have to take over.
    package mutating func askAtOnce(at now: Instant) {
        for index in targets.indices where targets[index].role != .service { targets[index].dueAt = now }
        refreshDeadline()
    }

    package mutating func askServicesAtOnce(at now: Instant) {
        for index in targets.indices where targets[index].role == .service { targets[index].dueAt = now }
        refreshDeadline()
    }

    mutating func askAgainSoon(_ index: Int, at now: Instant) {
        guard targets[index].role == .service, !targets[index].hasFailed else { return }
        targets[index].dueAt = min(targets[index].dueAt, now + Self.secondOpinion)
    }

    /// Somebody reads the interface's counters, or no longer.
    package mutating func watchTraffic(_ isWatched: Bool, at now: Instant) {
        guard isWatched != (traffic != nil) else { return }
        traffic = isWatched ? Traffic() : nil
        own = LinkCounters(received: 0, sent: 0)
        countersDueAt = isWatched ? now : nil
        refreshDeadline()
    }

    mutating func readCounters(at now: Instant, _ outbox: inout Outbox) {
        guard let due = countersDueAt, due <= now else { return }
        outbox.read(wan.name)
        countersDueAt = now + (traffic?.interval ?? Traffic.idleInterval)
    }

    mutating func sendDue(at now: Instant, _ index: UInt32, _ outbox: inout Outbox) {
        let isDown: Bool
        switch liveness.phase {
        case .suspect(let burst) where burst.isQuiet: isDown = false
        case .unknown, .suspect, .recovering(_, _, .some), nil: return
        case .down: isDown = true
        case .up, .recovering(_, _, nil): isDown = false
        }
        for target in targets.indices where targets[target].dueAt <= now {
            // A WAN that leads nowhere has no services; to ask them would only cost.
            if !isDown || targets[target].role != .service || counting.contains(target) { _ = send(target, at: now, index, &outbox) }
            targets[target].dueAt = nextTurn(of: target, after: now)
        }
    }

    mutating func send(_ target: Int, at now: Instant, _ index: UInt32, _ outbox: inout Outbox, isMeasured: Bool = true) -> Bool {
        guard let question = targets[target].question else { return false }
        let id = outbox.ask(
            question, for: .target(place: targets[target].number, wan: wan.number), of: wan, interfaceIndex: index, gateway: gateway,
            timeout: targets[target].timeout)
        targets[target].sent(id, at: now, isMeasured: isMeasured, isQueueing: isQueueing(at: now))
        own.sent &+= 1
        return true
    }

    var nextDue: Instant? {
        var next: Instant?
        for index in targets.indices { next = earlier(next, targets[index].dueAt) }
        return next
    }

    mutating func spreadOut(after now: Instant) {
        for index in targets.indices { targets[index].dueAt = nextTurn(of: index, after: now) }
    }

    /// The turns of the targets of one role are spread evenly over the interval and don't drift: turn k of target i of n is at
    /// epoch + (k + i/n) × interval. Those that count are spread by themselves: the longest time without a word of them is what a fault
    /// waits for at worst. The others go between them.
    private func nextTurn(of index: Int, after now: Instant) -> Instant {
        // Faster than configured only for those that tell of the Internet.
        let factor = targets[index].role == .reach ? factor : max(factor, 1)
        let interval = max(Int64(Double(targets[index].interval.nanoseconds) * factor), 1)
        let share = interval / Int64(max(targets[index].peers, 1))
        let offset = Int64(targets[index].place) * share + (targets[index].role == .reach ? 0 : share / 2)
        let elapsed = (now - epoch).nanoseconds - offset
        let turns = elapsed < 0 ? 0 : elapsed / interval + 1
        let turn = epoch + .nanoseconds(offset + turns * interval)
        let beyond = turn.sinceStart.nanoseconds % Self.grid
        return beyond == 0 ? turn : turn + .nanoseconds(Self.grid - beyond)
    }
}
