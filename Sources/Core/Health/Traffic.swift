package import Model

/// What an interface's packet counters tell of a WAN, without a single probe.
///
/// Clients that keep sending while nothing at all comes back are a reason to ask; packets that keep coming in are a reason to wait a little
/// longer for an answer. Neither is ever a verdict: a counter doesn't say where a packet came from.
package struct Traffic: Equatable, Sendable {
    /// Standing still for so long is a reason to ask. Two readings' worth, less what timers are late.
    static let shortest: Duration = .milliseconds(90)
    static let busyInterval: Duration = .milliseconds(50)
    /// While hardly anything is sent, there is nothing to be found out.
    static let idleInterval: Duration = .milliseconds(200)
    /// So many packets sent since the last one came in. One or two are lost for other reasons.
    static let least: UInt64 = 3
    /// Replies flow if at least so many came in within a second: what a modem chatters by itself is less.
    static let flowing: UInt64 = 20

    package private(set) var last: LinkCounters?
    /// When something was sent that nothing has come in after.
    private var unansweredSince: Instant?
    private var unanswered: UInt64 = 0
    /// It has been told that nothing comes in, and nothing has since.
    private(set) var isStandingStill = false
    /// The longest time lately that the clients' traffic went without anything coming in, and yet nothing was wrong.
    private var longestGap: Duration = .zero
    private var second: Reading?
    private var rate = LinkCounters(received: 0, sent: 0)
    private var receivedAt: Instant?
    private var readAt: Instant?
    package private(set) var interval = Self.idleInterval

    private struct Reading: Equatable {
        var at: Instant
        var counters: LinkCounters
    }

    package init() {}

    /// True: ask whether the WAN is alive.
    /// - Parameters:
    ///   - own: how many of the packets since the last reading were our own probes, and answers to them. They are no clients' traffic: the
    ///     gateway's answers would hide that nothing else comes in.
    ///   - roundTrip: what a reply takes at the moment.
    mutating func add(_ counters: LinkCounters, own: LinkCounters, roundTrip: Duration?, at now: Instant) -> Bool {
        guard let last, counters.received >= last.received, counters.sent >= last.sent else {
            // The first reading, or another interface of the same name.
            self = Traffic()
            self.last = counters
            readAt = now
            second = Reading(at: now, counters: counters)
            return false
        }
        let isClose = readAt.map { now - $0 < Self.idleInterval / 2 } ?? false
        readAt = now
        self.last = counters
        measureRate(counters, at: now)
        let received = others(counters.received - last.received, own.received)
        let sent = others(counters.sent - last.sent, own.sent)
        if sent >= 2 {
            interval = Self.busyInterval
        } else if rate.sent < 10 {
            interval = Self.idleInterval
        }
        if received > 0 {
            receivedAt = now
            // Forgets in some 13 s at a reading every 50 ms.
            longestGap = longestGap * 255 / 256
            // Between rare readings nobody knows how long a gap was.
            if let unansweredSince, isClose { longestGap = max(longestGap, now - unansweredSince) }
            unansweredSince = sent > 0 ? now : nil
            unanswered = 0
            isStandingStill = false
            return false
        }
        guard sent > 0 || unanswered > 0 else {
            // Nothing is asked, so nothing is owed.
            unansweredSince = nil
            return false
        }
        let since = unansweredSince ?? now
        unansweredSince = since
        unanswered += sent
        // 1.8 readings: a steady stream has a gap of one.
        let limit = max(Self.shortest, longestGap * 9 / 5, (roundTrip ?? .zero) * 2)
        guard !isStandingStill, unanswered >= Self.least, now - since >= limit else { return false }
        isStandingStill = true
        return true
    }

    private func others(_ all: UInt64, _ own: UInt64) -> UInt64 { all > own ? all - own : 0 }

    private mutating func measureRate(_ counters: LinkCounters, at now: Instant) {
        guard let second, now - second.at >= .seconds(1) else { return }
        rate = LinkCounters(
            received: counters.received - second.counters.received, sent: counters.sent - second.counters.sent)
        self.second = Reading(at: now, counters: counters)
    }

    /// Real replies come in: so many, and in such a proportion to what is sent, that they can't be chatter.
    package func isFlowing(at now: Instant) -> Bool {
        guard let receivedAt, now - receivedAt <= .milliseconds(250) else { return false }
        return rate.received >= Self.flowing && rate.received * 8 >= rate.sent
    }
}
