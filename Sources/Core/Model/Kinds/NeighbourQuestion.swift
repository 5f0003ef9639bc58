/// The gateway's link-layer address: ARP (RFC 826) or neighbour discovery (RFC 4861). Answered even by a gateway that ignores pings.
struct NeighbourQuestion: ProbeKind {
    var family: IPFamily

    var description: String { family == .v4 ? "arp gateway" : "nd gateway" }
    var isLocal: Bool { true }
    // It stays on the wire between the box and the modem.
    var bytes: Int { 0 }
    /// Neighbour discovery finds the gateway of IPv6 by itself.
    var isOfGateway: Bool { family == .v4 }
    func asking(gateway: IPAddress) -> Question? { gateway.family == .v4 ? .neighbour(.v4) : nil }
}
