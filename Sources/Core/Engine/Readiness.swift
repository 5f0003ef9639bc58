package import Model

/// Whether a WAN that stands by is good for more than a ping: now and then a name is looked up by it, and a page fetched.
///
/// It is no part of the WAN's health, and moves no traffic: whoever wants that has services among the targets. A proof that fails is repeated
/// twice before it is believed. While the WAN is down nothing is asked: it isn't ready, and everybody knows.
package struct Readiness: Equatable, Sendable {
    /// Failures in a row that are believed.
    static let attempts = 3
    static let retry: Duration = .seconds(5)
    /// After the WAN has become up, or the daemon has started: routes, rules and NAT come first.
    static let settling: Duration = .seconds(5)
    /// What couldn't be sent proves nothing, and is tried again.
    static let void: Duration = .seconds(30)
    /// While it isn't ready it is asked so often at least, within the budget: whoever mends it wants to know.
    static let longestWait: Duration = .seconds(300)

    enum Standing: Equatable {
        /// It can carry nothing, or isn't to be proven.
        case down
        /// It carries the traffic, or has just become suspect: this isn't the time.
        case busy
        case standby
    }

    struct Asked: Equatable {
        var id: ProbeID
        var question: Question
        var timeout: Duration
    }

    enum News: Equatable { case ready, unready(Unreadiness) }

    package private(set) var provenAt: Instant?
    /// Why it isn't ready; believed.
    package private(set) var problem: Unreadiness?
    private var dueAt: Instant?
    private var open: [Asked] = []
    private var openUntil: Instant?
    /// What this proof has still to ask.
    private var left: [Question] = []
    private var complaint: Unreadiness?
    private var isVoid = false
    private var failures = 0
    private var isKnownToFail = false
    private var sequence: UInt64 = 0

    /// Whether what was asked was answered. nil: nobody knows.
    var proof: Bool? {
        if case .failed = problem { return false }
        return provenAt.map { _ in true }
    }

    /// When `advance` has something to do.
    var deadline: Instant? { open.isEmpty ? dueAt : openUntil }

    /// - Parameter obstacle: what keeps clients from this WAN on the box itself: then nobody needs to be asked.
    mutating func advance(
        _ standing: Standing, _ wan: WANSettings, obstacle: @autoclosure () -> Unreadiness?, at now: Instant, _ news: inout News?
    ) -> [Asked] {
        guard standing == .standby, let interval = wan.probe.readinessInterval else {
            abandon()
            if standing != .busy || wan.probe.readinessInterval == nil { (provenAt, problem) = (nil, nil) }
            return []
        }
        if let openUntil, openUntil <= now {
            for asked in open { complain(.failed(asked.question, nil, within: asked.timeout)) }
            open = []
        }
        if openUntil != nil, open.isEmpty { news = conclude(interval, at: now) }
        let due = dueAt ?? max(now + Self.settling, provenAt.map { $0 + interval } ?? now)
        dueAt = due
        guard open.isEmpty, due <= now else { return [] }
        if left.isEmpty { left = wan.probe.readiness.questions }
        if let obstacle = obstacle() {
            complain(obstacle)
            news = conclude(interval, at: now)
            return []
        }
        open = left.map { question in
            sequence += 1
            return Asked(
                id: ProbeID(of: .proof(wan: wan.number), sequence: sequence), question: question,
                timeout: wan.probe.timeout(of: Target(question)))
        }
        openUntil = open.map(\.timeout).max().map { now + $0 }
        return open
    }

    /// Another configuration: there may be other questions, and another interval.
    mutating func configure() { abandon() }

    /// False: an answer that nobody waits for any more.
    mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome) -> Bool {
        guard let index = open.firstIndex(where: { $0.id == id }) else { return false }
        let asked = open.remove(at: index)
        switch outcome {
        case .answered: left.removeAll { $0 == asked.question }
        case .wrong(let answer): complain(.failed(asked.question, answer, within: asked.timeout))
        case .tooLong: break
        case .notSent: isVoid = true
        }
        return true
    }

    /// The first is enough to know what to look at.
    private mutating func complain(_ problem: Unreadiness) { complaint = complaint ?? problem }

    private mutating func abandon() {
        (open, openUntil, left, dueAt) = ([], nil, [], nil)
        (complaint, isVoid, failures) = (nil, false, 0)
    }

    private mutating func conclude(_ interval: Duration, at now: Instant) -> News? {
        let (complaint, isVoid) = (complaint, isVoid)
        (self.complaint, self.isVoid, openUntil) = (nil, false, nil)
        guard let complaint else {
            dueAt = now + (isVoid ? Self.void : interval)
            guard !isVoid else { return nil }
            provenAt = now
            problem = nil
            failures = 0
            defer { isKnownToFail = false }
            return isKnownToFail ? .ready : nil
        }
        failures += 1
        guard failures >= Self.attempts else {
            dueAt = now + Self.retry
            return nil
        }
        problem = complaint
        (left, failures) = ([], 0)
        dueAt = now + min(interval, Self.longestWait)
        defer { isKnownToFail = true }
        return isKnownToFail ? nil : .unready(complaint)
    }
}
