package import Model

/// What an interface's packet counters tell of a WAN, without a single probe.
///
/// Clients that keep sending while nothing at all comes back are a reason to ask; a line that moves as much in both directions as a moment ago is
/// a reason to wait longer for an answer. Neither is ever a verdict: a counter doesn't say where a packet came from. The gateway answers a client's
/// pings however dead the Internet behind it is.
package struct Traffic: Equatable, Sendable {
    /// Standing still for so long is a reason to ask. Two readings' worth, less what timers are late.
    static let shortest: Duration = .milliseconds(90)
    static let busyInterval: Duration = .milliseconds(50)
    /// While hardly anything is sent, there is nothing to be found out.
    static let idleInterval: Duration = .milliseconds(200)
    /// Nobody is woken for a reading alone before it is so late: that costs more than the reading.
    static let idleSlack: Duration = .milliseconds(150)
    /// So many packets sent since the last one came in. One or two are lost for other reasons.
    static let least: UInt64 = 3

    package private(set) var last: LinkCounters?
    /// When something was sent that nothing has come in after: at the reading that saw the last come in, or the first go out.
    private(set) var unansweredSince: Instant?
    private var unanswered: UInt64 = 0
    /// It has been told that nothing comes in, and nothing has since.
    private(set) var isStandingStill = false
    /// The longest time lately that the clients' traffic went without anything coming in, and yet nothing was wrong.
    private var longestGap: Duration = .zero
    var flow = Flow()
    private(set) var readAt: Instant?
    package private(set) var interval = Self.idleInterval

    package init() {}

    /// How much later than due the next reading may be. The first is what the next is compared with, and can't wait.
    var slack: Duration { last != nil && interval == Self.idleInterval ? Self.idleSlack : .zero }

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
            flow.add(LinkCounters(received: 0, sent: 0), at: now)
            return false
        }
        let isClose = readAt.map { now - $0 < Self.idleInterval / 2 } ?? false
        readAt = now
        self.last = counters
        let others = counters.since(last, without: own)
        flow.add(others, at: now)
        if others.sent >= 2 || flow.isFlowing(at: now) {
            interval = Self.busyInterval
        } else if flow.isQuiet(at: now) {
            interval = Self.idleInterval
        }
        if others.received > 0 {
            // Forgets in some 13 s at a reading every 50 ms.
            longestGap = longestGap * 255 / 256
            // Between rare readings nobody knows how long a gap was.
            if let unansweredSince, isClose { longestGap = max(longestGap, now - unansweredSince) }
            unansweredSince = others.sent > 0 ? now : nil
            unanswered = 0
            isStandingStill = false
            return false
        }
        guard others.sent > 0 || unanswered > 0 else {
            // Nothing is asked, so nothing is owed.
            unansweredSince = nil
            return false
        }
        let since = unansweredSince ?? now
        unansweredSince = since
        unanswered = unanswered.addingReportingOverflow(others.sent).partialValue
        // A dense stream has no gap of a round trip, however full the queue is that it goes through: only what begins has to wait for one.
        let wait = flow.isDense(at: now) ? .zero : (roundTrip ?? .zero) * 2
        // 1.8 readings: a steady stream has a gap of one.
        let limit = max(Self.shortest, longestGap * 9 / 5, wait)
        guard !isStandingStill, unanswered >= Self.least, now - since >= limit else { return false }
        isStandingStill = true
        return true
    }

    func isCarrying(at now: Instant) -> Bool { !isStandingStill && flow.isCarrying(at: now) }
}

extension LinkCounters {
    /// What has been counted since `before`, less what was our own. Never traps: these figures are a driver's.
    fileprivate func since(_ before: LinkCounters, without own: LinkCounters) -> LinkCounters {
        func difference(_ now: UInt64?, _ then: UInt64?) -> UInt64? {
            guard let now, let then else { return nil }
            return now > then ? now - then : 0
        }
        func others(_ all: UInt64, _ own: UInt64) -> UInt64 { all > own ? all - own : 0 }
        return LinkCounters(
            received: others(difference(received, before.received) ?? 0, own.received),
            sent: others(difference(sent, before.sent) ?? 0, own.sent),
            receivedBytes: difference(receivedBytes, before.receivedBytes), sentBytes: difference(sentBytes, before.sentBytes))
    }
}
