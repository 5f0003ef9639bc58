/// What a computer of the office does all day.
package enum Role: String, Sendable, CaseIterable {
    /// Two calls, one by IPv4 and one by IPv6: UDP, and never silent.
    case call
    /// One TCP connection, made anew at once when it breaks.
    case chat
    /// A new TCP connection five times a second.
    case browser
    /// Only receives: a TCP connection in which nothing but the server talks.
    case listener
    /// Had something to say until just before the switch (`Office.lastWords`), and nothing since.
    case quiet
    /// Has a session in which no packet has come for long.
    case silent
    /// Is there and has no session.
    case present
    /// A listener that is carried out of the house (`Office.leave`).
    case leaving
    /// A call to somebody whom smartfren doesn't let through.
    case blocked

    /// So many of each; 60 in all.
    package static let office: [Role] = roles([
        (.quiet, 5), (.call, 14), (.chat, 10), (.browser, 14), (.listener, 6), (.silent, 3), (.present, 3), (.leaving, 3), (.blocked, 2),
    ])

    package static func roles(_ counts: [(role: Role, count: Int)]) -> [Role] {
        counts.flatMap { [Role](repeating: $0.role, count: $0.count) }
    }

    /// How the sessions count that it has while nothing happens. nil: it always has others.
    package var sessions: Int? {
        switch self {
        case .call: 2
        case .chat, .listener, .silent, .leaving, .blocked: 1
        case .present: 0
        case .browser, .quiet: nil
        }
    }

    /// What a failover from telkom to smartfren is for it, in the words of `uplinkctl report`. nil: it isn't counted, since it had no session in
    /// which a packet had moved in the last minute.
    package var failover: String? {
        switch self {
        case .call, .chat, .browser: "backed-up"
        case .listener, .quiet: "idle"
        case .leaving: "gone"
        case .blocked: "broken"
        case .silent, .present: nil
        }
    }

    /// The same of the failback after it. The listeners' sessions ended at the failover, and they never began others.
    package var failback: String? {
        switch self {
        case .call, .chat: "staying"
        case .browser: "backed-up"
        case .quiet: "idle"
        case .listener, .silent, .present, .leaving, .blocked: nil
        }
    }
}
