import Model

/// How long a WAN that was bad has to be good before it is trusted again: `hold`, doubled for every relapse within 10 minutes, to 10 minutes at
/// most. After an hour without a failure it begins anew.
///
/// Without the doubling a WAN that works for a minute and fails for a minute would take its clients along each time. The longest hold is as
/// long as the time in which a failure is a relapse: so one that is never good for more than 10 minutes doesn't get its clients back.
struct Hold: Equatable, Sendable {
    static let relapse: Duration = .seconds(600)
    static let longest = relapse
    static let quiet: Duration = .seconds(3600)

    private var doublings = 0
    private var trustedAt: Instant?
    private var failedAt: Instant?

    func duration(from base: Duration) -> Duration {
        var duration = base
        for _ in 0..<doublings where duration < Self.longest { duration = min(duration * 2, Self.longest) }
        return duration
    }

    mutating func failed(at now: Instant) {
        if let failedAt, now - failedAt > Self.quiet { doublings = 0 }
        // 13 doublings take even 100 ms to 10 minutes.
        if failedAt != nil, let trustedAt, now - trustedAt < Self.relapse { doublings = min(doublings + 1, 13) }
        failedAt = now
        trustedAt = nil
    }

    mutating func trusted(at now: Instant) { trustedAt = now }
}
