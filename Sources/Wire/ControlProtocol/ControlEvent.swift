/// Something that happened and that somebody may want to know: `type Event`. The name leaves `Event` to the engine.
package struct ControlEvent: Codable, Equatable, Sendable {
    /// Rises by at least one from each event to the next, from the daemon's start on.
    package var id: Int
    package var time: String
    package var kind: Kind
    package var severity: Severity
    package var wan: String?
    /// A sentence.
    package var message: String
    package var details: [String: String]

    /// A string on the wire, not an enumeration: a follower has to survive a kind that a later daemon adds.
    package struct Kind: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let health = Kind(rawValue: "health")
        package static let selection = Kind(rawValue: "selection")
        package static let sessions = Kind(rawValue: "sessions")
        package static let report = Kind(rawValue: "report")
        package static let repair = Kind(rawValue: "repair")
        package static let kernel = Kind(rawValue: "kernel")
        package static let firewall = Kind(rawValue: "firewall")
        package static let configuration = Kind(rawValue: "configuration")
        package static let daemon = Kind(rawValue: "daemon")
        package static let readiness = Kind(rawValue: "readiness")
        package static let drill = Kind(rawValue: "drill")
    }

    package struct Severity: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let info = Severity(rawValue: "info")
        package static let notice = Severity(rawValue: "notice")
        package static let warning = Severity(rawValue: "warning")
        package static let error = Severity(rawValue: "error")
    }

    package init(
        id: Int, time: String, kind: Kind, severity: Severity, wan: String?, message: String, details: [String: String] = [:]
    ) {
        self.id = id
        self.time = time
        self.kind = kind
        self.severity = severity
        self.wan = wan
        self.message = message
        self.details = details
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case id, time, kind, severity, wan, message, details }
}
