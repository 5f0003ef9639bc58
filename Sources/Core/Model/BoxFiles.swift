/// What files of this box say that concerns the WANs, and that the kernel doesn't know. Others write them, and may write anything.
package struct BoxFiles: Equatable, Sendable, Codable {
    /// Of DHCP clients, by the interface that they are for; the last word comes last.
    package var leases: [InterfaceName: [GatewayLease]]
    /// Whom programs on the box ask for names.
    package var resolvers: [IPAddress]

    package init(leases: [InterfaceName: [GatewayLease]] = [:], resolvers: [IPAddress] = []) {
        self.leases = leases
        self.resolvers = resolvers
    }
}

/// An address that a DHCP server has given, and what it has named with it: the router, and whom to ask for names.
package struct GatewayLease: Equatable, Sendable, Codable {
    package var address: IPv4Address
    package var gateway: IPv4Address
    package var resolvers: [IPv4Address]

    package init(address: IPv4Address, gateway: IPv4Address, resolvers: [IPv4Address] = []) {
        self.address = address
        self.gateway = gateway
        self.resolvers = resolvers
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        address = try container.decode(IPv4Address.self, forKey: .address)
        gateway = try container.decode(IPv4Address.self, forKey: .gateway)
        // Recordings of earlier versions have none.
        resolvers = try container.decodeIfPresent([IPv4Address].self, forKey: .resolvers) ?? []
    }
}
