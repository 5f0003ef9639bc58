package import Health
package import Model

/// Since when the selected WAN has been in doubt. A suspicion comes before most switches: from then on there is time for a count of the
/// sessions.
package struct Doubt: Equatable, Sendable {
    package enum Change: Equatable, Sendable { case begun, over }

    private var wan: WANName?
    private var since = Instant.start

    package init() {}

    /// - Returns: nil: this says nothing about it.
    package mutating func note(_ state: HealthState, of wan: WANName, selected: WANName?, at now: Instant) -> Change? {
        guard wan == selected else { return nil }
        switch state {
        case .suspect:
            (self.wan, since) = (wan, now)
            return .begun
        case .up:
            self.wan = nil
            return .over
        case .absent, .noCarrier, .noGateway, .unknown, .impaired, .down, .recovering: return nil
        }
    }

    /// When something was noticed of what made it unfit for sessions. nil: nothing is wrong with it.
    package func firstSign(of health: WANHealth) -> Instant? {
        switch health.state {
        case .up, .unknown: nil
        case .impaired: health.impairments.map(\.since).min()
        case .absent, .noCarrier, .noGateway, .down, .suspect, .recovering: wan == health.wan.name ? since : health.since
        }
    }
}
