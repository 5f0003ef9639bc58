extension ProbeResult {
    /// A string on the wire, as with events: a later daemon may know more.
    package struct Outcome: RawRepresentable, Codable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let answered = Outcome(rawValue: "answered")
        /// Nothing came in time.
        package static let lost = Outcome(rawValue: "lost")
        /// Somebody answered, and not what a working WAN would let through.
        package static let wrong = Outcome(rawValue: "wrong")
        /// A local error, which says nothing about the WAN.
        package static let notSent = Outcome(rawValue: "not-sent")
    }
}
