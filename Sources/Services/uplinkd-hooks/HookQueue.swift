import ControlProtocol

/// What one run of a hook is about.
struct Delivery: Equatable, Sendable {
    var event: ControlEvent
    /// So many events before this one went to nobody, since the last run.
    var dropped: Int
}

/// What waits for one hook, in the order in which it happened. One run at a time.
struct HookQueue: Equatable {
    static let limit = 256

    private(set) var waiting: [ControlEvent] = []
    private(set) var dropped = 0
    private(set) var isRunning = false

    /// When there are too many, one of the least severe goes, the oldest of those; the new one is no better than the others. True: it is the
    /// first to go since the last run.
    mutating func add(_ event: ControlEvent) -> Bool {
        waiting.append(event)
        guard waiting.count > Self.limit else { return false }
        let weights = waiting.map { Self.weight(of: $0.severity) }
        let least = weights.min() ?? 0
        waiting.remove(at: weights.firstIndex(of: least) ?? 0)
        dropped += 1
        return dropped == 1
    }

    /// nil: it runs already, or nothing waits.
    mutating func begin() -> Delivery? {
        guard !isRunning, !waiting.isEmpty else { return nil }
        isRunning = true
        defer { dropped = 0 }
        return Delivery(event: waiting.removeFirst(), dropped: dropped)
    }

    mutating func end() { isRunning = false }

    mutating func clear() { waiting = [] }

    private static func weight(of severity: ControlEvent.Severity) -> Int {
        switch severity {
        case .info: 0
        case .notice: 1
        case .warning: 2
        // Also one that only a later daemon has: nobody knows how bad it is.
        default: 3
        }
    }
}
