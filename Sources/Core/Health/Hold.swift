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

    private struct Record: Equatable {
        var doublings = 0
        var trustedAt: Instant?
        var failedAt: Instant?
    }

    private var record = Record()
    /// As it was before the last failure, until that is past question.
    private var before: Record?

    func duration(from base: Duration) -> Duration {
        var duration = base
        for _ in 0..<record.doublings where duration < Self.longest { duration = min(duration * 2, Self.longest) }
        return duration
    }

    mutating func failed(at now: Instant) {
        before = record
        if let failedAt = record.failedAt, now - failedAt > Self.quiet { record.doublings = 0 }
        // 13 doublings take even 100 ms to 10 minutes.
        if record.failedAt != nil, let trustedAt = record.trustedAt, now - trustedAt < Self.relapse {
            record.doublings = min(record.doublings + 1, 13)
        }
        record.failedAt = now
        record.trustedAt = nil
    }

    mutating func trusted(at now: Instant) {
        record.trustedAt = now
        before = nil
    }

    /// The last failure was none: an answer was only late.
    mutating func forgive() {
        guard let before else { return }
        record = before
        self.before = nil
    }
}
