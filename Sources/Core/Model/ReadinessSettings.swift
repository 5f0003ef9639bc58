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

    /// What one proof costs if all is well. The host of the page is looked up each time: providers of such pages let nobody keep the address
    /// for longer than some minutes.
    var bytes: Int {
        var sum = questions.reduce(0) { $0 + $1.bytes }
        if let http, interval != nil, IPAddress(http.host) == nil {
            sum += Question.dns(DNSQuestion(server: .address(http.resolver), name: http.host)).bytes
        }
        return sum
    }
}

extension ProbeSettings {
    /// Of a budget, proofs may take a quarter: the rest finds the faults that move the traffic.
    private static let shareOfBudget = 0.25

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
    func withReadiness(_ bytes: Double) -> Double {
        guard let interval = readiness.interval, !readiness.questions.isEmpty else { return bytes }
        let wanted = Double(readiness.bytes) * Self.month.inSeconds / interval.inSeconds
        return min(bytes + wanted, bytes / (1 - Self.shareOfBudget))
    }
}
