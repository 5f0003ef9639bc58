import Model

/// Sockets of the box's own programs that stay on a WAN whose `drain` is over: they are bound to its address, and deleting their sessions can't change
/// that. All that can be done is to say so.
struct Holdouts: Equatable, Sendable {
    /// What is left is being moved until then.
    static let settling: Duration = .seconds(2)
    /// From one look to the next: a list of the box's sockets and, if any of them has the address, one of sessions.
    static let interval: Duration = .seconds(60)

    /// As of the last look.
    private(set) var sockets: [OwnSocket] = []
    private(set) var deadline: Instant?

    /// - Parameter isOver: the WAN works, carries no new sessions, and those that it had should have left it by now.
    /// - Returns: whether to look now.
    mutating func advance(isOver: Bool, at now: Instant) -> Bool {
        guard isOver else {
            (sockets, deadline) = ([], nil)
            return false
        }
        let due = deadline ?? now + Self.settling
        deadline = due > now ? due : now + Self.interval
        return due <= now
    }

    /// - Returns: whether that is news.
    mutating func take(_ found: [OwnSocket]) -> Bool {
        // Of a look from before it carried again.
        guard deadline != nil else { return false }
        defer { sockets = found }
        return sockets.isEmpty && !found.isEmpty
    }
}

extension Engine {
    mutating func lookForHoldouts(at now: Instant) -> [Effect] {
        holdoutsDueAt = nil
        var effects: [Effect] = []
        for wan in settings.wans {
            var record = holdouts[wan.name] ?? Holdouts()
            if record.advance(isOver: sessions.isDrained(wan.name), at: now), let scope = sessionScope(of: wan.name) {
                effects.append(.lookAtSockets(scope))
            }
            holdouts[wan.name] = record
            holdoutsDueAt = earlier(holdoutsDueAt, record.deadline)
        }
        return effects
    }

    mutating func takeHoldouts(_ found: [OwnSocket], of wan: WANName) -> Happening? {
        holdouts[wan]?.take(found) ?? false ? .socketsHold(wan, found) : nil
    }

    var holdoutProblems: [StatusProblem] {
        settings.wans.compactMap { wan in
            guard let sockets = holdouts[wan.name]?.sockets, !sockets.isEmpty else { return nil }
            return .socketsHold(wan.name, sockets)
        }
    }
}
