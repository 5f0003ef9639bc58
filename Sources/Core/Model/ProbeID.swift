/// Whose probe it is: a request goes out with it, and the outcome comes back with it. Nobody has to search for whom an answer is.
///
/// Recordings have the number, so its bits are for ever. Nobody else knows them.
package struct ProbeID: Hashable, Sendable {
    package enum Owner: Hashable, Sendable {
        /// A target, by its place among those of its WAN. - Parameter wan: `WANSettings.number`.
        case target(place: Int, wan: Int)
        /// The proof that a WAN is ready.
        case proof(wan: Int)
        /// A long one, or a short one beside it, for the size that passes.
        case size(IPFamily, wan: Int)
        /// A question about what clients' new sessions make one suspect.
        case inquiry(wan: Int)
        /// Somebody who asks by hand. The engine doesn't hear of it.
        case caller
    }

    private static let caller: UInt64 = 1 << 63
    private static let proof: UInt64 = 1 << 62
    private static let ofIPv6: UInt64 = 1 << 61
    /// Where the counting begins of those that are for a WAN's IPv6 alone.
    package static let firstOfIPv6 = ofIPv6 >> 16
    private static let size: UInt64 = 1 << 60
    /// Where the counting begins of those proofs that are for the box's own resolver.
    package static let firstOfResolver: UInt64 = 1 << 40
    private static let inquiry: UInt64 = 1 << 59

    package let number: UInt64

    package init(number: UInt64) { self.number = number }

    /// - Parameter sequence: how many the one who numbers them has sent. There is room for a thousand a second in all the time that anything runs.
    package init(of owner: Owner, sequence: UInt64) {
        number =
            switch owner {
            case .target(let place, let wan): sequence << 16 | UInt64(place & 0xff) << 8 | UInt64(wan & 0xff)
            case .proof(let wan): Self.proof | sequence << 16 | UInt64(wan & 0xff)
            case .size(let family, let wan): Self.size | sequence << 16 | (family == .v4 ? 0 : 1) << 8 | UInt64(wan & 0xff)
            case .inquiry(let wan): Self.inquiry | sequence << 16 | UInt64(wan & 0xff)
            case .caller: Self.caller | sequence
            }
    }

    /// It is asked for a WAN's IPv6 alone.
    package var isOfIPv6: Bool { number & (Self.caller | Self.proof | Self.ofIPv6) == Self.ofIPv6 }

    /// `WANSettings.number` of the WAN that it asks by. nil: a caller knows.
    package var wan: Int? {
        switch owner {
        case .target(_, let wan), .proof(let wan), .size(_, let wan), .inquiry(let wan): wan
        case .caller: nil
        }
    }

    package var owner: Owner {
        if number & Self.caller != 0 { return .caller }
        let wan = Int(number & 0xff)
        if number & Self.proof != 0 { return .proof(wan: wan) }
        if number & Self.inquiry != 0 { return .inquiry(wan: wan) }
        let place = Int(number >> 8 & 0xff)
        return number & Self.size != 0 ? .size(place == 0 ? .v4 : .v6, wan: wan) : .target(place: place, wan: wan)
    }
}

extension ProbeID: CustomStringConvertible {
    package var description: String { "\(number)" }
}

extension ProbeID: Codable {
    package init(from decoder: any Decoder) throws { number = try decoder.singleValueContainer().decode(UInt64.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
