package import Model

/// What is known of one target by one WAN.
package struct TargetRecord: Equatable, Sendable {
    /// After so many losses in a row, while the WAN was proven alive otherwise, a target is *mute*: it doesn't answer anybody, so its
    /// silence says nothing of the WAN. One answer ends that.
    static let losesUntilMute = 3
    /// A reply that comes later than this is no longer matched with its probe.
    static let memory: Duration = .seconds(60)

    package let target: Target
    /// What is asked now. nil: a gateway that isn't known, or isn't needed.
    package internal(set) var question: Question?
    package internal(set) var roundTrip = RoundTrip()
    package internal(set) var window = Window()
    /// Why the last probe couldn't be sent, if it couldn't.
    package internal(set) var sendError: String?
    package internal(set) var lastAnswerAt: Instant?
    /// When the probe was sent that was answered, of all answered the one sent last.
    var lastAnsweredSentAt: Instant?
    var lossesInARow = 0
    private var pending: [Pending] = []

    private struct Pending: Equatable {
        var id: UInt64
        var sentAt: Instant
        var deadline: Instant
        var isLate = false
    }

    init(_ target: Target) { self.target = target }

    package var isMute: Bool { lossesInARow >= Self.losesUntilMute }

    /// The outcome of the last probe that has one.
    package var hasAnsweredLast: Bool? {
        if lossesInARow > 0 { false } else { lastAnswerAt.map { _ in true } }
    }

    /// The next moment at which a reply will be late.
    var deadline: Instant? { pending.lazy.filter { !$0.isLate }.map(\.deadline).min() }

    mutating func sent(_ id: UInt64, at now: Instant, timeout: Duration) {
        pending.append(Pending(id: id, sentAt: now, deadline: now + (roundTrip.patience(atMost: timeout) ?? timeout)))
        window.sent(id, at: now)
        sendError = nil
    }

    /// False: not a probe of this target, or one forgotten long ago.
    mutating func answered(_ id: UInt64, after time: Duration, at now: Instant) -> Bool {
        guard let index = pending.firstIndex(where: { $0.id == id }) else { return false }
        let probe = pending.remove(at: index)
        roundTrip.add(time)
        window.answered(id, after: time)
        lossesInARow = 0
        lastAnswerAt = now
        lastAnsweredSentAt = max(lastAnsweredSentAt ?? probe.sentAt, probe.sentAt)
        return true
    }

    mutating func notSent(_ id: UInt64, error: String) -> Bool {
        guard let index = pending.firstIndex(where: { $0.id == id }) else { return false }
        pending.remove(at: index)
        window.notSent(id)
        sendError = error
        return true
    }

    /// Counts the replies that are late by now; returns when the newest of those probes was sent, unless the target was mute already.
    mutating func expire(at now: Instant) -> Instant? {
        var newest: Instant?
        for index in pending.indices where !pending[index].isLate && pending[index].deadline <= now {
            pending[index].isLate = true
            window.lost(pending[index].id)
            if !isMute { newest = pending[index].sentAt }
            lossesInARow += 1
        }
        pending.removeAll { $0.isLate && now - $0.sentAt > Self.memory }
        return newest
    }

    /// Another gateway, or another modem: what is under way says nothing any more.
    mutating func forgetPending() {
        for probe in pending where !probe.isLate { window.notSent(probe.id) }
        pending = []
    }
}
