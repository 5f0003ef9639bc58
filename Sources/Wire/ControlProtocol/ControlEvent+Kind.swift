extension ControlEvent {
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
}
