import Model

/// Keeps us from fighting for ever with another manager of the same kernel state.
///
/// Putting right what somebody else changed is a repair. A dozen in ten seconds is a fight: then we hold back, and say so. What *we* want
/// to change (a switch) is no repair and never waits, unless the kernel refused the very same thing a moment ago.
struct RepairLimiter: Equatable, Sendable {
    static let most = 12
    static let window: Duration = .seconds(10)
    static let firstDelay: Duration = .seconds(1)
    static let longestDelay: Duration = .seconds(30)

    private var repairs: [Instant] = []
    private var delay: Duration = .zero
    private(set) var heldUntil: Instant?

    /// True if it may be done now; otherwise `heldUntil` says when.
    mutating func allows(isRepair: Bool, at now: Instant) -> Bool {
        guard isRepair else {
            heldUntil = nil
            return true
        }
        if let heldUntil, now < heldUntil { return false }
        heldUntil = nil
        repairs.removeAll { now - $0 > Self.window }
        if repairs.isEmpty { delay = .zero }
        if repairs.count >= Self.most {
            hold(at: now)
            return false
        }
        repairs.append(now)
        return true
    }

    /// To be called when there is nothing to repair: a hold that has passed is over, or the engine would be woken for it for ever.
    mutating func rest(at now: Instant) {
        if let heldUntil, heldUntil <= now { self.heldUntil = nil }
    }

    /// The kernel refused: not again at once.
    mutating func refused(at now: Instant) {
        repairs.append(now)
        hold(at: now)
    }

    private mutating func hold(at now: Instant) {
        delay = min(max(delay * 2, Self.firstDelay), Self.longestDelay)
        heldUntil = now + delay
        repairs.removeAll()
        // One is kept so that the delay grows if it goes on.
        repairs.append(now + delay)
    }
}
