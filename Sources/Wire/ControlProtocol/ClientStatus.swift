/// One host on the LAN: `type Client`. Addresses with one MAC are one client.
package struct ClientStatus: Codable, Equatable, Sendable {
    /// By the DHCP server's lease file. nil: it has none there.
    package var name: String?
    /// nil: it isn't in the neighbour table, as behind another router.
    package var mac: String?
    package var addresses: [String]
    package var interface: String?
    /// reachable, stale, failed, permanent or unknown: the best of its addresses.
    package var neighbour: String
    /// By which WAN how many of its sessions go; those without any are left out.
    package var shares: [ClientShare]

    package init(name: String?, mac: String?, addresses: [String], interface: String?, neighbour: String, shares: [ClientShare]) {
        self.name = name
        self.mac = mac
        self.addresses = addresses
        self.interface = interface
        self.neighbour = neighbour
        self.shares = shares
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case name, mac, addresses, interface, neighbour, shares }
}

/// What one WAN carries of a client: `type ClientShare`.
package struct ClientShare: Codable, Equatable, Sendable {
    /// nil: sessions that leave by no WAN of ours, or that nothing tells of.
    package var wan: String?
    package var sessions: Int
    /// Those among them in which the far side has answered.
    package var answered: Int
    /// Both ways, of the sessions that there are now. nil: the kernel doesn't count (nf_conntrack_acct).
    package var bytes: Int?

    package init(wan: String?, sessions: Int, answered: Int, bytes: Int?) {
        self.wan = wan
        self.sessions = sessions
        self.answered = answered
        self.bytes = bytes
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case wan, sessions, answered, bytes }
}
