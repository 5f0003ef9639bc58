/// As much of `uplinkctl clients --json` as the lab needs.
package struct DaemonClient: Decodable, Sendable {
    package struct Share: Decodable, Sendable {
        package var wan: String?
        package var sessions: Int
        package var answered: Int
        package var bytes: Int?
    }

    package var name: String?
    package var mac: String?
    package var addresses: [String]
    package var neighbour: String
    package var shares: [Share]
}

/// As much of `uplinkctl report --format json` as the lab needs.
package struct DaemonReport: Decodable, Sendable {
    package struct Client: Decodable, Sendable {
        package var name: String?
        package var mac: String?
        package var addresses: [String]
        package var outcome: String
        package var sessionsBefore: Int
        package var sessionsAfter: Int
        package var firstReplyMs: Double?
    }

    package var id: String
    package var kind: String
    package var drill: String?
    package var reason: DaemonSentence
    package var decided: String
    package var clientsBefore: Int
    package var sessionsBefore: Int
    package var backedUp: Int
    package var staying: Int
    package var idle: Int
    package var gone: Int
    package var broken: Int
    package var fastestMs: Double?
    package var medianMs: Double?
    package var slowestMs: Double?
    package var finished: Bool
    package var notes: [DaemonSentence]
    package var clients: [Client]
}

extension Daemon {
    package func clients() async throws -> [DaemonClient] {
        struct Answer: Decodable { var clients: [DaemonClient] }
        return try JSON.decode(Answer.self, from: try await control(["clients", "--json"])).clients
    }

    /// All that there are, oldest first; the last may not be finished.
    package func reports() async throws -> [DaemonReport] {
        struct Answer: Decodable { var reports: [DaemonReport] }
        return try JSON.decode(Answer.self, from: try await control(["report", "--list", "--format", "json"])).reports
    }
}
