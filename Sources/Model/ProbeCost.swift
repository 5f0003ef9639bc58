/// What probing costs: IP bytes, both ways together. Layer 2 is not in it; providers count IP.
extension Question {
    /// One probe that is answered. Of `exec` nobody knows: 0.
    package var bytes: Int {
        switch self {
        // Header, ICMP header, cookie: 20 + 8 + 4, or 40 + 8 + 4.
        case .echo(let place): 2 * (place.family == .v6 ? 52 : 32)
        // It stays on the wire between the box and the modem.
        case .neighbour: 0
        // SYN, SYN-ACK, ACK and RST, with the options that Linux sends: 40 + 40 + 32 + 20 bytes of TCP.
        case .connect(let address, _): 4 * address.family.headerLength + 132
        // Twice the question, and one answer record of an address.
        case .dns(let question): 2 * (question.server.family.headerLength + 8 + 12 + question.name.utf8.count + 2 + 4) + 28
        // Handshake (3), request, response, acknowledgement, FINs (4), and some 300 bytes of response.
        case .http(let question): 10 * 52 + 90 + question.host.utf8.count + question.path.utf8.count + 300
        case .exec: 0
        }
    }
}

extension ProbeSettings {
    package static let month: Duration = .seconds(30 * 86_400)

    /// How many times slower a metered WAN is probed that stands by.
    package var restingFactor: Double { max(1, meteredInterval.inSeconds / interval.inSeconds) }

    /// How many times slower than configured it has to be probed for the budget.
    package func budgetFactor(isResting: Bool) -> Double {
        guard let budget else { return 1 }
        return max(1, bytesPerMonth(factor: isResting ? restingFactor : 1) / Double(max(budget, 1)))
    }

    /// All that slows this WAN's probes down.
    package func factor(isResting: Bool) -> Double { (isResting ? restingFactor : 1) * budgetFactor(isResting: isResting) }

    /// The cost of a month of 30 days in which nothing happens.
    package func bytesPerMonth(isResting: Bool) -> Double { bytesPerMonth(factor: factor(isResting: isResting)) }

    private func bytesPerMonth(factor: Double) -> Double {
        targets.reduce(0) { sum, target in
            sum + Double(target.question.bytes) * Self.month.inSeconds / (interval(of: target).inSeconds * factor)
        }
    }
}

extension Question.Place {
    /// The WAN's gateway is an IPv4 one.
    var family: IPFamily { if case .address(let address) = self { address.family } else { .v4 } }
}

extension IPFamily {
    var headerLength: Int { self == .v4 ? 20 : 40 }
}
