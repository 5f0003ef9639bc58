/// Whose probe it is: a request goes out with it, and the outcome comes back with it. Nobody has to search for whom an answer is.
///
/// Recordings have the number, so its bits are for ever. Nobody else knows them.
package struct ProbeID: Hashable, Sendable {
    package enum Owner: Hashable, Sendable {
        /// A target, by its place among those of its WAN. - Parameter wan: `WANSettings.number`.
        case target(place: Int, wan: Int)
        /// The proof that a WAN is ready.
        case proof(wan: Int)
        /// A question about what clients' new sessions make one suspect.
        case inquiry(wan: Int)
        /// Somebody who asks by hand. The engine doesn't hear of it.
        case caller
    }

    private static let caller: UInt64 = 1 << 63
    private static let proof: UInt64 = 1 << 62
    private static let inquiry: UInt64 = 1 << 61

    package let number: UInt64

    package init(number: UInt64) { self.number = number }

    /// - Parameter sequence: how many the one who numbers them has sent. There is room for a thousand a second in all the time that anything runs.
    package init(of owner: Owner, sequence: UInt64) {
        number =
            switch owner {
            case .target(let place, let wan): sequence << 16 | UInt64(place & 0xff) << 8 | UInt64(wan & 0xff)
            case .proof(let wan): Self.proof | sequence << 16 | UInt64(wan & 0xff)
            case .inquiry(let wan): Self.inquiry | sequence << 16 | UInt64(wan & 0xff)
            case .caller: Self.caller | sequence
            }
    }

    /// `WANSettings.number` of the WAN that it asks by. nil: a caller knows.
    package var wan: Int? {
        switch owner {
        case .target(_, let wan), .proof(let wan), .inquiry(let wan): wan
        case .caller: nil
        }
    }

    package var owner: Owner {
        if number & Self.caller != 0 { return .caller }
        let wan = Int(number & 0xff)
        if number & Self.proof != 0 { return .proof(wan: wan) }
        return number & Self.inquiry != 0 ? .inquiry(wan: wan) : .target(place: Int(number >> 8 & 0xff), wan: wan)
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
