/// What came of a probe that somebody asked for: `type ProbeResult`.
package struct ProbeResult: Codable, Equatable, Sendable {
    package var target: String
    /// icmp, arp, nd, tcp, dns, http or exec.
    package var kind: String
    package var outcome: Outcome
    /// Of an answer.
    package var roundTripMilliseconds: Double?
    /// What it means.
    package var sentence: String

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

    package init(target: String, kind: String, outcome: Outcome, roundTripMilliseconds: Double?, sentence: String) {
        self.target = target
        self.kind = kind
        self.outcome = outcome
        self.roundTripMilliseconds = roundTripMilliseconds
        self.sentence = sentence
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case target, kind, outcome, sentence
        case roundTripMilliseconds = "round_trip_ms"
    }
}
