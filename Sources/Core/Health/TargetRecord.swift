package import Model

/// What is known of one target by one WAN.
package struct TargetRecord: Equatable, Sendable {
    /// After so many losses in a row, while the WAN was proven alive otherwise, a target is *mute*: it doesn't answer anybody, so its
    /// silence says nothing of the WAN. One answer ends that. A service that failed so often is taken to be dead.
    static let failuresThatCount = 3
    /// So many lost probes are remembered, so that an answer that comes late is known for what it is.
    static let lateKept = 32

    /// What its answers are evidence for.
    enum Role: Equatable, Sendable {
        /// That the gateway is there.
        case local
        /// That the WAN leads to the Internet.
        case reach
        /// That it is good for something.
        case service
    }

    package let target: Target
    let role: Role
    /// What its WAN's settings say of it.
    private(set) var interval: Duration
    private(set) var timeout: Duration
    private var minimumRTO: Duration
    /// What is asked now. nil: a gateway that isn't known, or isn't needed.
    package internal(set) var question: Question?
    package internal(set) var roundTrip = RoundTrip()
    package internal(set) var window = Window()
    /// Why the last probe couldn't be sent, if it couldn't.
    package internal(set) var sendError: String?
    /// What was wrong with the last answer, if it was wrong.
    package private(set) var wrong: WrongAnswer?
    package internal(set) var lastAnswerAt: Instant?
    /// When the probe was sent that was answered, of all answered the one sent last.
    private(set) var lastAnsweredSentAt: Instant?
    private(set) var failuresInARow = 0
    /// When it is asked next.
    var dueAt: Instant
    /// Which of how many that share the interval.
    var place = 0
    var peers = 1
    private var open: [Pending] = []
    private var late: [Pending] = []

    private struct Pending: Equatable {
        var id: ProbeID
        /// Its number in the window. nil: it isn't measured by.
        var sample: Int?
        var sentAt: Instant
        var deadline: Instant
    }

    init(_ target: Target, _ settings: ProbeSettings, dueAt: Instant) {
        self.target = target
        interval = settings.interval(of: target)
        timeout = settings.timeout(of: target)
        minimumRTO = settings.minimumRTO
        self.dueAt = dueAt
        role = target.question.isLocal ? .local : target.question.isService ? .service : .reach
    }

    mutating func configure(_ settings: ProbeSettings) {
        interval = settings.interval(of: target)
        timeout = settings.timeout(of: target)
        minimumRTO = settings.minimumRTO
    }

    /// It answers nobody, so its silence says nothing.
    package var isMute: Bool { role != .service && hasFailed }
    var hasFailed: Bool { failuresInARow >= Self.failuresThatCount }

    /// The outcome of the last probe that has one.
    package var hasAnsweredLast: Bool? {
        if failuresInARow > 0 { false } else { lastAnswerAt.map { _ in true } }
    }

    func hasAnswered(since moment: Instant) -> Bool { lastAnswerAt.map { $0 >= moment } ?? false }

    /// The next moment at which a reply will be late.
    var deadline: Instant? {
        var earliest: Instant?
        for index in open.indices { earliest = earlier(earliest, open[index].deadline) }
        return earliest
    }

    /// Its answer would still be taken.
    func isWaiting(for id: ProbeID) -> Bool { open.contains { $0.id == id } || late.contains { $0.id == id } }

    /// How long the next reply may take.
    var patience: Duration {
        // A resolver that has to ask others, a server that is busy: their times vary too much to learn from.
        if role == .service { return timeout }
        return roundTrip.patience(atLeast: minimumRTO, atMost: timeout) ?? timeout
    }

    /// - Parameter isMeasured: false for the questions after a suspicion: they are asked when it looks bad, so they would make it look worse.
    mutating func sent(_ id: ProbeID, at now: Instant, isMeasured: Bool) {
        open.append(Pending(id: id, sample: isMeasured ? window.sent(at: now) : nil, sentAt: now, deadline: now + patience))
        sendError = nil
    }

    /// False: not a probe of this target, or one forgotten long ago.
    mutating func answered(_ id: ProbeID, after time: Duration, at now: Instant) -> Bool {
        guard let probe = take(id) else { return false }
        roundTrip.add(time)
        record(probe, .answered(UInt32(clamping: time.nanoseconds / 1000)))
        failuresInARow = 0
        wrong = nil
        lastAnswerAt = now
        lastAnsweredSentAt = max(lastAnsweredSentAt ?? probe.sentAt, probe.sentAt)
        return true
    }

    /// When the probe was sent; nil: not a probe of this target, or one that has been judged.
    mutating func answeredWrongly(_ id: ProbeID, _ answer: WrongAnswer) -> Instant? {
        guard let index = open.lastIndex(where: { $0.id == id }) else { return nil }
        let probe = open.remove(at: index)
        record(probe, .lost)
        failuresInARow += 1
        wrong = answer
        return probe.sentAt
    }

    mutating func notSent(_ id: ProbeID, error: String) -> Bool {
        guard let probe = take(id) else { return false }
        record(probe, .void)
        sendError = error
        return true
    }

    /// Counts the replies that are late by now; returns when the newest of those probes was sent, unless the target was mute already.
    mutating func expire(at now: Instant) -> Instant? {
        guard let deadline, deadline <= now else { return nil }
        var newest: Instant?
        for probe in open where probe.deadline <= now {
            record(probe, .lost)
            if !isMute { newest = probe.sentAt }
            failuresInARow += 1
            wrong = nil
            late.append(probe)
        }
        open.removeAll { $0.deadline <= now }
        if late.count > Self.lateKept { late.removeFirst(late.count - Self.lateKept) }
        return newest
    }

    /// Another gateway, or another modem: what is under way says nothing any more.
    mutating func forgetPending() {
        for probe in open { record(probe, .void) }
        open = []
        late = []
    }

    mutating func forgetFailures() {
        failuresInARow = 0
        wrong = nil
    }

    private mutating func record(_ probe: Pending, _ result: Window.Result) {
        if let sample = probe.sample { window.set(sample, result) }
    }

    private mutating func take(_ id: ProbeID) -> Pending? {
        if let index = open.lastIndex(where: { $0.id == id }) { return open.remove(at: index) }
        guard let index = late.lastIndex(where: { $0.id == id }) else { return nil }
        return late.remove(at: index)
    }
}
