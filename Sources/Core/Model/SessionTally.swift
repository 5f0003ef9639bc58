/// Which of the sessions that have begun got an answer, and which wait for one in vain. Time comes in turns.
///
/// A sample: who opens thousands of sessions counts as one who opens a few, so that a scan neither hides what becomes of everybody else's nor fills
/// the memory.
package struct SessionTally: Sendable {
    /// So many turns an answer may take, beside that in which the session began.
    static let patience = 2
    static let mostOfClient = 8
    static let most = 4096

    private var open: [UInt32: NewSessions.Kind] = [:]
    /// By the turn in which they began, the oldest first.
    private var begun: [[UInt32]] = [[]]
    private var ofClient: [IPAddress: Int] = [:]
    private var result = NewSessions()

    package init() {}

    /// Nobody waits for anything.
    package var isIdle: Bool { open.isEmpty && result.isEmpty }

    package mutating func begin(_ id: UInt32, _ kind: NewSessions.Kind, of client: IPAddress) {
        guard open.count < Self.most, ofClient.count < Self.most, ofClient[client, default: 0] < Self.mostOfClient else { return }
        ofClient[client, default: 0] += 1
        open[id] = kind
        begun[begun.count - 1].append(id)
    }

    package mutating func answer(_ id: UInt32) {
        if let kind = open.removeValue(forKey: id) { result[kind].answered += 1 }
    }

    package mutating func endTurn() -> NewSessions {
        if begun.count > Self.patience {
            for id in begun.removeFirst() {
                if let kind = open.removeValue(forKey: id) { result[kind].unanswered += 1 }
            }
        }
        begun.append([])
        ofClient.removeAll(keepingCapacity: true)
        defer { result = NewSessions() }
        return result
    }

    /// Some of what there was to hear is lost: whose answer that was, nobody knows.
    package mutating func forget() { self = SessionTally() }
}
