/// How the router is found by the daemon.
package struct LabOptions: Sendable {
    /// The metrics of the default routes that the "DHCP clients" make.
    package var metrics: DHCPMetrics
    /// rp_filter of the router's interfaces: 0, 1 or 2.
    package var reversePathFilter: Int
    /// How often the providers send router advertisements. nil: none at all; the router's IPv6 addresses and default routes are static then,
    /// and nothing but what is measured arrives by the WANs.
    package var advertisements: Duration?
    /// Another LAN beside the clients', with one computer in it.
    package var hasGuests: Bool
    /// Two routers more behind the Internet's, and a server behind them: a path worth tracing.
    package var hasFarServer: Bool
    package var programs: Programs?
    /// What leaves the router by a WAN has that WAN's address; a lab with the daemon in which anything else did fails at its end. Not where masquerade is
    /// taken from the router on purpose.
    package var isEverythingMasqueraded: Bool
    /// And so has what the box itself sends. Not where a WAN falls silent in one direction only, or comes back: the far ends of sessions that were moved
    /// still send to it then, and the box answers that there are none, by the WAN that is selected.
    package var keepsBoxToItsWANs: Bool

    package init(
        metrics: DHCPMetrics = .apart, reversePathFilter: Int = 1, advertisements: Duration? = .seconds(5), hasGuests: Bool = false,
        hasFarServer: Bool = false, programs: Programs? = nil, isEverythingMasqueraded: Bool = true, keepsBoxToItsWANs: Bool = true
    ) {
        self.metrics = metrics
        self.reversePathFilter = reversePathFilter
        self.advertisements = advertisements
        self.hasGuests = hasGuests
        self.hasFarServer = hasFarServer
        self.programs = programs
        self.isEverythingMasqueraded = isEverythingMasqueraded
        self.keepsBoxToItsWANs = keepsBoxToItsWANs
    }
}

/// `metric` of the routes that DHCP clients make: NetworkManager and networkd give each interface its own, dhclient gives none.
package enum DHCPMetrics: String, Sendable, CaseIterable {
    /// 100 by telkom, 200 by smartfren.
    case apart
    /// 0 for both, one appended after the other.
    case zero

    func metric(_ provider: Provider) -> Int {
        switch self {
        case .zero: 0
        case .apart: provider.interface == Addresses.telkom.interface ? 100 : 200
        }
    }
}
