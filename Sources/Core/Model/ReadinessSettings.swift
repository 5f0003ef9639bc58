/// How a WAN that stands by is proven to be good for more than a ping, before it is needed: a name is looked up by it, and a page fetched.
package struct ReadinessSettings: Equatable, Sendable {
    /// From one proof to the next. nil: it is never proven. 10 s…24 h.
    package var interval: Duration?
    /// nil: no name is looked up.
    package var dns: DNSQuestion?
    /// nil: no page is fetched.
    package var http: HTTPQuestion?

    /// If nothing else is said.
    package static func interval(isMetered: Bool) -> Duration { isMetered ? .seconds(3600) : .seconds(600) }
    package static let resolver = IPAddress.v4(IPv4Address(bits: 0x0101_0101))
    package static let off = ReadinessSettings(interval: nil)

    package init(
        interval: Duration? = Self.interval(isMetered: false),
        dns: DNSQuestion? = DNSQuestion(server: .address(Self.resolver), name: "example.com"),
        // Made for this: it has no body, and the phones on the LAN ask for it all day.
        http: HTTPQuestion? = HTTPQuestion(
            host: "connectivitycheck.gstatic.com", path: "/generate_204", status: 204, resolver: Self.resolver)
    ) {
        self.interval = interval
        self.dns = dns
        self.http = http
    }

    package var questions: [Question] {
        guard interval != nil else { return [] }
        return (dns.map { [.dns($0)] } ?? []) + (http.map { [.http($0)] } ?? [])
    }

    /// What shows whether the box's own resolver answers.
    package func question(toResolver address: IPAddress) -> Question {
        .dns(DNSQuestion(server: .address(address), name: dns?.name ?? "example.com"))
    }

    /// What one proof costs if all is well, with the question to the box's own resolver. The host of the page is looked up each time: providers of such pages let nobody keep the address
    /// for longer than some minutes.
    var bytes: Int {
        guard !questions.isEmpty else { return 0 }
        var sum = questions.reduce(question(toResolver: Self.resolver).bytes) { $0 + $1.bytes }
        if let http, IPAddress(http.host) == nil {
            sum += Question.dns(DNSQuestion(server: .address(http.resolver), name: http.host)).bytes
        }
        return sum
    }
}

extension ProbeSettings {
    /// Of a budget, proofs may take a quarter, with the search for what passes: the rest finds the faults that move the traffic.
    private static let shareOfBudget = 0.2
    private static let shareOfSizes = 0.05

    /// From one proof to the next, within the budget. nil: there are none.
    package var readinessInterval: Duration? {
        guard let interval = readiness.interval, !readiness.questions.isEmpty else { return nil }
        guard let budget else { return interval }
        let affordable = Double(readiness.bytes) * Self.month.inSeconds / (Double(max(budget, 1)) * Self.shareOfBudget)
        return max(interval, .seconds(Int64(affordable.rounded(.up))))
    }

    /// While it stands by; one that carries the traffic is proven by that.
    package var readinessBytesPerMonth: Double {
        readinessInterval.map { Double(readiness.bytes) * Self.month.inSeconds / $0.inSeconds } ?? 0
    }

    /// What a budget has to have beside `bytes` for the targets, so that proofs have their part of it.
    func withProofs(_ bytes: Double) -> Double {
        let interval = readiness.questions.isEmpty ? nil : readiness.interval
        let proofs = interval.map { Double(readiness.bytes) * Self.month.inSeconds / $0.inSeconds } ?? 0
        let sizes = Double(sizeBytes) * Self.month.inSeconds / Self.sizeInterval.inSeconds
        // Each of them gets what it wants, or its share of the whole.
        return min(
            bytes + proofs + sizes, (bytes + sizes) / (1 - Self.shareOfBudget), (bytes + proofs) / (1 - Self.shareOfSizes),
            bytes / (1 - Self.shareOfBudget - Self.shareOfSizes))
    }

    // MARK: the size that passes

    /// How often a long packet is sent by a WAN; by a metered one while it carries, and while it stands by.
    private static let sizeInterval: Duration = .seconds(600)
    private static let meteredSizeInterval: Duration = .seconds(3600)
    private static let restingSizeInterval: Duration = .seconds(6 * 3600)

    /// Who can be asked by long packets.
    package func longTargets(_ family: IPFamily) -> [IPAddress] {
        targets.compactMap { target in
            guard case .echo(.address(let address)) = target.question, address.family == family else { return nil }
            return address
        }
    }

    /// There and back, by each family that there is somebody to ask by.
    private var sizeBytes: Int { IPFamily.allCases.count { !longTargets($0).isEmpty } * 2 * 1500 }

    private func affordable(_ interval: Duration) -> Duration {
        guard let budget else { return interval }
        let affordable = Double(sizeBytes) * Self.month.inSeconds / (Double(max(budget, 1)) * Self.shareOfSizes)
        return max(interval, .seconds(Int64(affordable.rounded(.up))))
    }

    /// As long as nothing is amiss.
    package func sizeBytesPerMonth(isResting: Bool) -> Double {
        Double(sizeBytes) * Self.month.inSeconds / affordable(isResting ? Self.restingSizeInterval : Self.sizeInterval).inSeconds
    }

    fileprivate func sizeInterval(isMetered: Bool, standsBy: Bool) -> Duration {
        affordable(isMetered ? standsBy ? Self.restingSizeInterval : Self.meteredSizeInterval : Self.sizeInterval)
    }
}

extension WANSettings {
    /// From one long packet to the next, within the budget.
    package func sizeInterval(standsBy: Bool) -> Duration { probe.sizeInterval(isMetered: isMetered, standsBy: standsBy) }
}
