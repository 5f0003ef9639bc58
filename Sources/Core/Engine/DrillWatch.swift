/// What whoever waits for a drill waits for, and the verdict: a drill has passed when the reports of its switches say that nobody was lost.
package struct DrillWatch: Equatable, Sendable {
    private var awaited: Set<String> = []
    private var hasReports = false
    private var hasClients = false
    private var isAnybodyBroken = false
    /// nil: the drill itself isn't over.
    package private(set) var outcome: DrillOutcome?

    package init() {}

    /// One of its switches has been made, and will have this report.
    package mutating func expect(report id: String) {
        awaited.insert(id)
        hasReports = true
    }

    /// Whether the report was one of its own.
    package mutating func finished(report id: String, backedUp: Int, broken: Int) -> Bool {
        guard awaited.remove(id) != nil else { return false }
        if broken > 0 { isAnybodyBroken = true }
        if backedUp > 0 { hasClients = true }
        return true
    }

    package mutating func end(_ outcome: DrillOutcome) { self.outcome = outcome }

    /// There is nothing left to wait for. Whoever has stopped a drill doesn't want to know whom it reached.
    package var isComplete: Bool { outcome == .stopped || outcome != nil && awaited.isEmpty }

    package enum Verdict: Equatable, Sendable {
        case clientsLost
        /// So it isn't known.
        case reportsMissing
        case clientsBackedUp
        case nobodyToMove

        /// It failed over and back all the same.
        package var outcome: DrillOutcome {
            switch self {
            case .clientsLost, .reportsMissing: .notBackedUp
            case .clientsBackedUp, .nobodyToMove: .passed
            }
        }
    }

    /// What is to be added to the outcome. nil: it speaks for itself.
    package var verdict: Verdict? {
        guard outcome == .passed else { return nil }
        if isAnybodyBroken { return .clientsLost }
        if !awaited.isEmpty { return .reportsMissing }
        guard hasReports else { return nil }
        return hasClients ? .clientsBackedUp : .nobodyToMove
    }
}
