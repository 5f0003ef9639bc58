/// What has become of clients' new sessions by one WAN, since it was last told of.
///
/// An answer is whatever came back first: a reset is one, too.
package struct NewSessions: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable, CodingKey {
        /// TCP to port 443, and to any other.
        case web, tcp
        /// UDP to port 53.
        case dns

        /// What it is called when nobody answers any more.
        package var fault: Fault { self == .dns ? .dnsDead : .tcpDead }
    }

    package struct Count: Hashable, Sendable {
        package var answered: Int
        package var unanswered: Int

        package init(answered: Int = 0, unanswered: Int = 0) {
            self.answered = answered
            self.unanswered = unanswered
        }
    }

    private var counts: [Kind: Count] = [:]

    package init() {}

    package subscript(kind: Kind) -> Count {
        get { counts[kind] ?? Count() }
        set { counts[kind] = newValue == Count() ? nil : newValue }
    }

    package var isEmpty: Bool { counts.isEmpty }
}

/// In recordings `{"web": [12, 0]}`: those with an answer and those without.
extension NewSessions: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        for kind in container.allKeys {
            let pair = try container.decode([Int].self, forKey: kind)
            guard pair.count == 2, pair[0] >= 0, pair[1] >= 0 else {
                throw DecodingError.dataCorruptedError(
                    forKey: kind, in: container, debugDescription: "those with an answer and those without")
            }
            self[kind] = Count(answered: pair[0], unanswered: pair[1])
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        for (kind, count) in counts { try container.encode([count.answered, count.unanswered], forKey: kind) }
    }
}

/// Whose sessions they are: those that carry this mark and leave with one of these addresses.
package struct SessionScope: Hashable, Sendable {
    package var wan: WANName
    package var mark: UInt32
    package var mask: UInt32
    /// Of the WAN's interface. What comes in by it, unasked, isn't of clients.
    package var addresses: Set<IPAddress>

    package init(wan: WANName, mark: UInt32, mask: UInt32, addresses: Set<IPAddress>) {
        self.wan = wan
        self.mark = mark
        self.mask = mask
        self.addresses = addresses
    }
}
