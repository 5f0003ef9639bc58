import Model

/// The answers that count, as they come in, however late: whoever waits for the next one knows by them how long that may take.
///
/// A queue that fills up delays each answer a little more than the one before, so they come in farther apart, and yet they come. Behind a line
/// that has died none does. So it isn't the age of an answer that tells, but the time since the last one.
struct Arrivals: Equatable, Sendable {
    private(set) var lastAt: Instant?
    /// Between two that came lately, as far as it wasn't for want of a question.
    private(set) var longestGap: Duration = .zero

    mutating func add(sentAt: Instant, at now: Instant) {
        // Forgets half in 22 answers: in some seven seconds at the usual pace.
        longestGap = longestGap * 31 / 32
        if let lastAt { longestGap = max(longestGap, now - max(lastAt, sentAt)) }
        lastAt = now
    }
}
