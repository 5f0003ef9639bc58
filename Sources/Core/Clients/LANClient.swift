package import Model

/// One host on the LAN, with all its addresses.
package struct LANClient: Equatable, Sendable {
    package var name: String?
    package var mac: String?
    /// The lowest first, IPv4 before IPv6.
    package var addresses: [IPAddress]
    package var interface: InterfaceName?
    /// The best of its addresses. nil: none is in the neighbour table.
    package var neighbour: Neighbour.State?

    package init(
        name: String? = nil, mac: String? = nil, addresses: [IPAddress], interface: InterfaceName? = nil, neighbour: Neighbour.State? = nil
    ) {
        self.name = name
        self.mac = mac
        self.addresses = addresses
        self.interface = interface
        self.neighbour = neighbour
    }
}

/// Who is on the LAN, by the neighbour table and the leases.
package struct LANTable: Equatable, Sendable {
    package var neighbours: [IPAddress: Neighbour] = [:]
    package var leases: [IPAddress: Lease] = [:]

    package init(_ neighbours: [Neighbour] = [], leases: [IPAddress: Lease] = [:]) {
        for neighbour in neighbours where neighbour.mac != nil || self.neighbours[neighbour.address] == nil {
            self.neighbours[neighbour.address] = neighbour
        }
        self.leases = leases
    }

    /// The host that has this address has been heard of, and nothing says that it has left.
    package func isPresent(_ address: IPAddress) -> Bool { neighbours[address].map { $0.state != .failed } ?? false }

    /// A failed neighbour has no MAC any more; its lease still has.
    private func mac(of address: IPAddress) -> String? { neighbours[address]?.mac ?? leases[address]?.mac }

    /// - Parameter active: addresses with sessions, whether or not the tables know them.
    package func clients(_ active: some Sequence<IPAddress>) -> [LANClient] {
        var addresses = Set(active)
        for neighbour in neighbours.values where neighbour.state != .failed { addresses.insert(neighbour.address) }
        var byMAC: [String: [IPAddress]] = [:]
        var clients: [LANClient] = []
        for address in addresses {
            if let mac = mac(of: address) { byMAC[mac, default: []].append(address) } else { clients.append(client(nil, [address])) }
        }
        for (mac, addresses) in byMAC { clients.append(client(mac, addresses)) }
        return clients.sorted { $0.addresses[0] < $1.addresses[0] }
    }

    private func client(_ mac: String?, _ found: [IPAddress]) -> LANClient {
        // Every host has a link-local address; it says something only of one that has no other.
        let far = found.filter { !$0.isLinkLocal }
        let addresses = (far.isEmpty ? found : far).sorted(by: <)
        let entries = found.compactMap { neighbours[$0] }
        return LANClient(
            name: addresses.lazy.compactMap { leases[$0]?.name }.first, mac: mac, addresses: addresses,
            interface: entries.map(\.interface).min(), neighbour: entries.map(\.state).min { $0.rank < $1.rank })
    }
}

extension Neighbour.State {
    fileprivate var rank: Int {
        switch self {
        case .reachable: 0
        case .stale: 1
        case .permanent: 2
        case .failed: 3
        }
    }
}

extension IPAddress {
    fileprivate var isLinkLocal: Bool { if case .v6(let address) = self { address.isLinkLocal } else { false } }

    static func < (a: IPAddress, b: IPAddress) -> Bool {
        switch (a, b) {
        case (.v4(let a), .v4(let b)): a < b
        case (.v4, .v6): true
        case (.v6, .v4): false
        case (.v6(let a), .v6(let b)): (a.high, a.low) < (b.high, b.low)
        }
    }
}
