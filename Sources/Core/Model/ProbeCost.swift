/// What probing costs: IP bytes, both ways together. Layer 2 is not in it; providers count IP.
extension Question {
    /// One probe that is answered. Of `exec` nobody knows: 0.
    package var bytes: Int {
        switch self {
        // Header, ICMP header, cookie: 20 + 8 + 4, or 40 + 8 + 4.
        case .echo(let place): 2 * (place.family == .v6 ? 52 : 32)
        // It stays on the wire between the box and the modem.
        case .neighbour: 0
        // SYN, SYN-ACK, ACK and RST, with the options that Linux sends (the timestamps even in the RST): 40 + 40 + 32 + 32 bytes of TCP.
        case .connect(let address, _): 4 * address.family.headerLength + 144
        // Twice the question, and one answer record of an address.
        case .dns(let question): 2 * (question.server.family.headerLength + 8 + 12 + question.name.utf8.count + 2 + 4) + 28
        // SYN and SYN-ACK of 40 bytes of TCP; ACK, request, response, both acknowledged, FIN and ACK from either side of 32 each; 65 bytes of
        // request besides host and path, and some 300 of response. The host's address is looked up too rarely to count.
        case .http(let question):
            10 * question.family.headerLength + 2 * 40 + 8 * 32 + 65 + question.host.utf8.count + question.path.utf8.count + 300
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
        let rest = max(1, Double(budget) - readinessBytesPerMonth)
        return max(1, bytesPerMonth(factor: isResting ? restingFactor : 1) / rest)
    }

    /// All that slows this WAN's probes down.
    package func factor(isResting: Bool) -> Double { (isResting ? restingFactor : 1) * budgetFactor(isResting: isResting) }

    /// What its targets cost in a month of 30 days in which nothing happens.
    package func bytesPerMonth(isResting: Bool) -> Double { bytesPerMonth(factor: factor(isResting: isResting)) }

    /// With less, the target that is asked most often would be asked less than once an hour: no longer a watch.
    package var smallestBudget: Int {
        guard let shortest = targets.map({ interval(of: $0) }).min() else { return 0 }
        return Int(withReadiness(bytesPerMonth(factor: max(1, 3600 / shortest.inSeconds))).rounded(.up))
    }

    /// - Parameter factor: how many times slower than configured it is probed.
    package func bytesPerMonth(factor: Double) -> Double {
        targets.reduce(0) { sum, target in
            sum + Double(target.question.bytes) * Self.month.inSeconds / (interval(of: target).inSeconds * factor)
        }
    }
}

extension WANSettings {
    /// Only a metered WAN is probed more rarely while it stands by; and only one that stands by has to be proven.
    package func bytesPerMonth(standsBy: Bool) -> Double {
        probe.bytesPerMonth(isResting: isMetered && standsBy) + (standsBy ? probe.readinessBytesPerMonth : 0)
    }

    /// `669 MB a month`; of a metered WAN `23 MB a month standing by (767 kB a day), 664 MB if it carried all the time`.
    package var cost: String {
        guard isMetered else { return "\(roughSizeText(bytesPerMonth(standsBy: true))) a month" }
        let full = roughSizeText(bytesPerMonth(standsBy: false))
        let resting = bytesPerMonth(standsBy: true)
        return "\(roughSizeText(resting)) a month standing by (\(roughSizeText(resting / 30)) a day), \(full) if it carried all the time"
    }
}

extension Question.Place {
    /// The WAN's gateway is an IPv4 one.
    var family: IPFamily { if case .address(let address) = self { address.family } else { .v4 } }
}

extension HTTPQuestion {
    /// A name is taken for one that has an IPv4 address.
    var family: IPFamily { IPv6Address(host) == nil ? .v4 : .v6 }
}

extension IPFamily {
    var headerLength: Int { self == .v4 ? 20 : 40 }
}
