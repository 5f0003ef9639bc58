import Model

/// Whether more of clients' new sessions than usual get no answer by a WAN: a reason to ask, and never a verdict.
///
/// A sum as in Page's CUSUM, as a product: each session multiplies the odds that nobody is answered any more by how much likelier its fate would be
/// then than it usually is here, and odds below one are forgotten. So a few sessions in a row are enough where all are answered, and it takes many
/// where most aren't anyway.
struct Unanswered: Equatable, Sendable {
    /// The odds from which on it is worth a question: four in a row, where one in ten usually gets no answer.
    private static let suspicious = 1000.0
    private static let most = 1e6
    /// Of sessions at a dead WAN: one that was under way may still be answered.
    private static let ofDead = 0.95
    /// What is usual where nothing is known yet, and the limits of what it can come to: of one in a hundred and of nearly all nothing could be told.
    private static let usualRange = 0.1...0.9
    /// Of what is usual, a session is so much.
    private static let weight = 0.005
    /// Odds are of what has been lately.
    private static let forgottenAfter: Duration = .seconds(15)
    /// Of a reading with more sessions a sample is taken.
    private static let mostCounted = 100.0
    static let shortestWait: Duration = .seconds(10)
    /// Somebody who scans the Internet for days costs a question in so long.
    static let longestWait: Duration = .seconds(120)
    private static let calm: Duration = .seconds(600)

    private(set) var usual = usualRange.lowerBound
    private var odds = 1.0
    private var readAt: Instant?
    private var wait = shortestWait
    private var askedAt: Instant?

    /// True: it is worth a question.
    mutating func add(_ count: NewSessions.Count, at now: Instant) -> Bool {
        let (answered, unanswered) = (Double(max(count.answered, 0)), Double(max(count.unanswered, 0)))
        let all = answered + unanswered
        guard all > 0 else { return false }
        if let readAt, now - readAt > Self.forgottenAfter { odds = 1 }
        readAt = now
        let expected = min(max(usual, Self.usualRange.lowerBound), Self.usualRange.upperBound)
        let share = min(1, Self.mostCounted / all)
        odds *= power(Self.ofDead / expected, unanswered * share) * power((1 - Self.ofDead) / (1 - expected), answered * share)
        odds = min(max(odds, 1), Self.most)
        let isSuspicious = odds >= Self.suspicious
        // What is suspicious becomes usual only if the question is answered.
        if !isSuspicious { learn(unanswered / all, of: all) }
        return isSuspicious && askedAt.map { now - $0 >= wait } ?? true
    }

    /// It is being asked about; if that comes to nothing, it isn't again for a while.
    mutating func ask(at now: Instant) {
        if let askedAt { wait = now - askedAt > Self.calm ? Self.shortestWait : min(wait * 2, Self.longestWait) }
        askedAt = now
    }

    /// A question has been answered, or nobody else's was: the clients' sessions say nothing of the WAN.
    mutating func isNothing() {
        // As much as forty of them: in a minute or two a scan is what is usual.
        learn(1, of: 40)
        odds = 1
    }

    mutating func forget() { odds = 1 }

    private mutating func learn(_ share: Double, of sessions: Double) { usual += (share - usual) * min(sessions * Self.weight, 0.5) }

    /// By whole sessions.
    private func power(_ base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        for _ in 0..<Int(exponent.rounded()) { result *= base }
        return result
    }
}

/// Questions that one WAN is asked at once, in rounds, until one is answered or it is too late.
struct Asking: Equatable, Sendable {
    static let rounds = 3
    static let between: Duration = .milliseconds(500)
    /// No question waits longer for its answer. A connection's first packet is repeated after a second.
    static let patience: Duration = .milliseconds(1500)

    let questions: [Question]
    private var rounds: Int
    private var roundAt: Instant
    private(set) var roundsSent = 0
    private var open: [ProbeID: Int] = [:]
    private var sent = 0
    /// Those that have been answered, by their places.
    private(set) var answered: Set<Int> = []

    init(_ questions: [Question], rounds: Int = Self.rounds, at now: Instant) {
        self.questions = questions
        self.rounds = rounds
        roundAt = now
    }

    func isOver(at now: Instant) -> Bool { roundsSent == rounds && now >= roundAt }
    /// Nothing could be sent: a fault of the box.
    var isVoid: Bool { sent <= 0 }
    var deadline: Instant { roundAt }

    mutating func advance(to now: Instant, _ send: (Question) -> ProbeID) {
        guard roundsSent < rounds, now >= roundAt else { return }
        roundsSent += 1
        for (place, question) in questions.enumerated() {
            open[send(question)] = place
            sent += 1
        }
        roundAt = now + (roundsSent == rounds ? Self.patience : Self.between)
    }

    /// False: not one of these.
    mutating func take(_ id: ProbeID, _ outcome: ProbeOutcome) -> Bool {
        guard let place = open.removeValue(forKey: id) else { return false }
        switch outcome {
        case .answered: answered.insert(place)
        // A refusal, SERVFAIL, somebody's login page: the way there and back is there.
        case .wrong(let answer): if answer.kind != .unreachable { answered.insert(place) }
        case .tooLong, .notSent: sent -= 1
        }
        return true
    }
}
