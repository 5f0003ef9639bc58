import Model

/// How much the clients' traffic moved lately, reading by reading.
struct Flow: Equatable, Sendable {
    /// As much as a comparison with "a moment ago" needs.
    private static let span: Duration = .milliseconds(1600)
    /// Replies flow if at least so many came in within a second: what a modem chatters by itself is less.
    private static let flowing = 20.0
    /// Packets a second that come in: from here on three times as many probes are nothing beside them.
    private static let busy = 50.0
    /// Bytes a second in one direction that can fill a queue: 100 kbit/s. Somebody's pings of the gateway, or a call, can't.
    private static let load = 12_000.0
    /// Bytes a second, both ways, of which probes at the full pace are a twentieth.
    private static let weighty = 4000.0

    private static let remembered = 8.0

    private struct Reading: Equatable {
        var at: Instant
        var moved: LinkCounters
    }

    struct Rate: Equatable {
        var received = 0.0
        var sent = 0.0
        /// nil: not known.
        var receivedBytes: Double?
        var sentBytes: Double?
    }

    /// The oldest first. What the first of them says was before what is looked at.
    private var readings: [Reading] = []
    /// The most that moved in a second lately: forgotten in some seconds.
    private(set) var most = Rate()

    mutating func add(_ moved: LinkCounters, at now: Instant) {
        if let last = readings.last {
            let kept = max(0, 1 - (now - last.at).inSeconds / Self.remembered)
            most.received *= kept
            most.sent *= kept
        }
        defer {
            if let rate = lastSecond(at: now) {
                most.received = max(most.received, rate.received)
                most.sent = max(most.sent, rate.sent)
            }
        }
        readings.append(Reading(at: now, moved: moved))
        // The one at which the span begins stays.
        while readings.count > 2, now - readings[1].at >= Self.span { readings.removeFirst() }
    }

    /// What moved in the time before the last reading; nil: it isn't known for so long, or the last reading is an old one.
    ///
    /// In floating point: a counter that jumps makes a wrong figure, and no trap.
    func perSecond(over span: Duration, before skipped: Duration = .zero, at now: Instant) -> Rate? {
        guard let newest = readings.last, now - newest.at <= .milliseconds(250) else { return nil }
        guard let start = readings.lastIndex(where: { newest.at - $0.at >= span + skipped }) else { return nil }
        var rate = Rate(receivedBytes: 0, sentBytes: 0)
        var last = readings[start].at
        for reading in readings[(start + 1)...] where newest.at - reading.at >= skipped {
            rate.received += Double(reading.moved.received)
            rate.sent += Double(reading.moved.sent)
            rate.receivedBytes = reading.moved.receivedBytes.flatMap { bytes in rate.receivedBytes.map { $0 + Double(bytes) } }
            rate.sentBytes = reading.moved.sentBytes.flatMap { bytes in rate.sentBytes.map { $0 + Double(bytes) } }
            last = reading.at
        }
        let seconds = (last - readings[start].at).inSeconds
        guard seconds > 0 else { return nil }
        return Rate(
            received: rate.received / seconds, sent: rate.sent / seconds, receivedBytes: rate.receivedBytes.map { $0 / seconds },
            sentBytes: rate.sentBytes.map { $0 / seconds })
    }

    private func lastSecond(at now: Instant) -> Rate? { perSecond(over: .seconds(1), at: now) }
    private func lately(at now: Instant) -> Rate? { perSecond(over: .milliseconds(200), at: now) }

    /// Real replies come in, still: so many, and in such a proportion to what is sent, that they can't be chatter.
    func isFlowing(at now: Instant) -> Bool {
        guard let rate = lastSecond(at: now), let lately = lately(at: now) else { return false }
        return rate.received >= Self.flowing && rate.received * 8 >= rate.sent && lately.received > 0
    }

    /// Hardly anything is sent.
    func isQuiet(at now: Instant) -> Bool { lastSecond(at: now).map { $0.sent < 10 } ?? true }

    /// So much comes in that more probes cost nothing beside it.
    func isBusy(at now: Instant) -> Bool { lastSecond(at: now).map { $0.received >= Self.busy } ?? false }

    /// So much moves that probes at the full pace are nothing beside it.
    func isWeighty(at now: Instant) -> Bool {
        guard let rate = lastSecond(at: now), let received = rate.receivedBytes, let sent = rate.sentBytes else { return false }
        return received + sent >= Self.weighty
    }

    /// Clients have traffic, or had some a moment ago.
    func isMoving(at now: Instant) -> Bool { lastSecond(at: now).map { $0.received >= Self.flowing } ?? false }

    /// From one packet that comes in to the next, as far as that matters.
    func distance(at now: Instant) -> Duration {
        guard let rate = perSecond(over: .milliseconds(500), before: .milliseconds(500), at: now)?.received, rate > 0 else { return .zero }
        return .milliseconds(5) + .milliseconds(Int64(min(1000 / rate, 20)))
    }

    /// What comes in does so without gaps.
    func isDense(at now: Instant) -> Bool {
        perSecond(over: .seconds(1), before: .milliseconds(200), at: now).map { $0.received >= Self.flowing } ?? false
    }

    /// As much as a moment ago still moves in both directions, and it is enough to fill a queue: a line that carries.
    func isCarrying(at now: Instant) -> Bool {
        guard let before = lastSecond(at: now), before.received >= 3, before.sent >= 3 else { return false }
        if let received = before.receivedBytes, let sent = before.sentBytes {
            guard max(received, sent) >= Self.load else { return false }
        } else if before.received < Self.flowing {
            return false
        }
        // A slow line's acknowledgements are few: six of them tell.
        let span = Duration.milliseconds(Int64(min(max(6000 / min(before.received, before.sent), 250), 1000)))
        guard let lately = perSecond(over: span, at: now) else { return false }
        return lately.received >= most.received * 0.5 && lately.sent >= most.sent * 0.5
    }

    /// What came in has as good as ceased: the acknowledgements that a sender waits for don't arrive any more.
    func hasFallen(at now: Instant) -> Bool {
        guard let before = perSecond(over: .milliseconds(500), before: .milliseconds(300), at: now),
            let lately = perSecond(over: .milliseconds(150), at: now)
        else { return false }
        return before.received >= Self.flowing && lately.received <= before.received * 0.2
    }

    /// Clients have so much traffic, or had it some seconds ago, that it may have filled a queue.
    var isLoaded: Bool { max(most.received, most.sent) >= Self.flowing }
    /// So much came in lately that it tells something when nothing does.
    var isHeard: Bool { most.received >= Self.flowing }

    /// Less than before comes in, by far: what was acknowledged is so no longer.
    func hasCeased(at now: Instant) -> Bool {
        guard isHeard else { return false }
        // A reading that is long past says the same.
        return lately(at: now).map { $0.received <= most.received * 0.2 } ?? true
    }

    /// Much comes in, and so little goes out that nothing of ours can have filled a queue: the answers to our questions don't wait in one.
    func isOneWay(at now: Instant) -> Bool {
        guard let rate = lastSecond(at: now), let sent = rate.sentBytes, let lately = lately(at: now) else { return false }
        return rate.received >= Self.flowing && lately.received >= rate.received * 0.4 && sent < Self.load
    }
}
