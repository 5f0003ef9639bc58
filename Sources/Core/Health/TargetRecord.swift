package import Model

/// What is known of one target by one WAN.
package struct TargetRecord: Equatable, Sendable {
    /// After so many losses in a row a target has failed. Of a service that says that it is dead.
    static let failuresThatCount = 3
    /// After so many it is mute where no other WAN could tell: no loss by chance has them.
    static let failuresThatSilence = 20
    /// Lost probes are remembered for so long, so that an answer that comes late is known for what it is: a queue of 1000 packets in front of
    /// 1 Mbit/s holds it back for 12 s.
    static let lateKept: Duration = .seconds(30)
    static let mostLate = 512
    /// So long a reply may take while it is known to wait in a queue.
    static let longestQueue: Duration = .seconds(15)

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
    /// Its place among those of its WAN.
    private(set) var number: Int
    let role: Role
    /// What its WAN's settings say of it.
    private(set) var interval: Duration
    private(set) var timeout: Duration
    private var minimumRTO: Duration
    /// What is asked now. nil: a gateway that isn't known, or isn't needed.
    package internal(set) var question: Question?
    package internal(set) var roundTrip = RoundTrip()
    /// Of the answer that came in last.
    private(set) var latestRoundTrip: Duration?
    package internal(set) var window = Window()
    /// Why the last probe couldn't be sent, if it couldn't.
    package internal(set) var sendError: String?
    /// What was wrong with the last answer, if it was wrong.
    package private(set) var wrong: WrongAnswer?
    package internal(set) var lastAnswerAt: Instant?
    /// When the probe was sent that was answered, of all answered the one sent last.
    private(set) var lastAnsweredSentAt: Instant?
    private(set) var failuresInARow = 0
    /// Whether it has ceased to answer by the other WANs, too. nil: they haven't been asked, or there is none.
    var isSilentElsewhere: Bool?
    /// The others have been asked since it ceased.
    var isAskedElsewhere = false
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

    init(_ target: Target, number: Int, _ settings: ProbeSettings, dueAt: Instant) {
        self.target = target
        self.number = number
        interval = settings.interval(of: target)
        timeout = settings.timeout(of: target)
        minimumRTO = settings.minimumRTO
        self.dueAt = dueAt
        role = target.question.isLocal ? .local : target.question.isService ? .service : .reach
    }

    mutating func configure(_ settings: ProbeSettings, number: Int) {
        self.number = number
        interval = settings.interval(of: target)
        timeout = settings.timeout(of: target)
        minimumRTO = settings.minimumRTO
    }

    /// It answers nobody, so its silence says nothing of the WAN: not from the beginning, or by no other WAN either. One answer ends that. A target that
    /// has answered here and does so by another WAN is never mute: its silence is evidence.
    package var isMute: Bool {
        guard role != .service, hasFailed else { return false }
        return switch isSilentElsewhere {
        case _ where !hasEverAnswered: true
        case let isSilent?: isSilent
        case nil: failuresInARow >= Self.failuresThatSilence
        }
    }
    var hasFailed: Bool { failuresInARow >= Self.failuresThatCount }
    package var hasEverAnswered: Bool { roundTrip.smoothed != nil }
    /// It has answered here, and doesn't any more.
    var hasCeased: Bool { role == .reach && hasFailed && hasEverAnswered }

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
    var patience: Duration { patience(isQueueing: false) }

    /// - Parameter isQueueing: a queue has filled up on the way: the limit is what was seen lately, not `timeout`.
    func patience(isQueueing: Bool) -> Duration {
        // A resolver that has to ask others, a server that is busy: their times vary too much to learn from.
        if role == .service { return timeout }
        return roundTrip.patience(atLeast: minimumRTO, atMost: isQueueing ? max(timeout, Self.longestQueue) : timeout) ?? timeout
    }

    /// - Parameter isMeasured: false for the questions after a suspicion: they are asked when it looks bad, so they would make it look worse.
    mutating func sent(_ id: ProbeID, at now: Instant, isMeasured: Bool, isQueueing: Bool) {
        open.append(
            Pending(
                id: id, sample: isMeasured ? window.sent(at: now) : nil, sentAt: now, deadline: now + patience(isQueueing: isQueueing)))
        sendError = nil
    }

    /// When the oldest probe was sent that nothing has come after: neither its answer nor that of a later one.
    var unansweredSince: Instant? {
        var earliest: Instant?
        for probe in open where isAfterAnswered(probe) { earliest = earlier(earliest, probe.sentAt) }
        for probe in late where isAfterAnswered(probe) { earliest = earlier(earliest, probe.sentAt) }
        return earliest
    }

    private func isAfterAnswered(_ probe: Pending) -> Bool { lastAnsweredSentAt.map { probe.sentAt > $0 } ?? true }

    /// When the probe was sent; nil: not one of this target, or one forgotten long ago.
    mutating func answered(_ id: ProbeID, after time: Duration, at now: Instant) -> Instant? {
        guard let probe = take(id) else { return nil }
        roundTrip.add(time)
        latestRoundTrip = time
        record(probe, .answered(UInt32(clamping: time.nanoseconds / 1000)))
        failuresInARow = 0
        isSilentElsewhere = nil
        isAskedElsewhere = false
        wrong = nil
        lastAnswerAt = now
        lastAnsweredSentAt = max(lastAnsweredSentAt ?? probe.sentAt, probe.sentAt)
        return probe.sentAt
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

    /// Counts the replies that are late by now; returns when the newest of those probes was sent, unless the target had failed already.
    /// - Parameter isExcused: others answer, so once it has failed that is known.
    mutating func expire(at now: Instant, isExcused: Bool) -> Instant? {
        guard let deadline, deadline <= now else { return nil }
        var newest: Instant?
        for probe in open where probe.deadline <= now {
            record(probe, .lost)
            if !hasFailed || !isExcused { newest = probe.sentAt }
            failuresInARow += 1
            wrong = nil
            late.append(probe)
        }
        open.removeAll { $0.deadline <= now }
        late.removeFirst(max(late.count - Self.mostLate, late.prefix { now - $0.sentAt > Self.lateKept }.count, 0))
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
