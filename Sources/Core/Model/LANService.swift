/// What the LAN is given by this box: an address to reach it by, addresses and names for the clients. `uplinkd-lan` sees to it; the daemon doesn't.
package struct LANService: Equatable, Sendable {
    /// Where all of it is served: a bridge if there are ports, else the interface itself.
    package var interface: InterfaceName
    /// This box's own, with the length of the network's prefix.
    package var address: IPv4Prefix
    package var ports: [InterfaceName]
    /// What clients get. nil: somebody else gives them addresses.
    package var pool: AddressRange?
    package var leaseTime: Duration
    /// What the clients' names end with.
    package var domain: String
    package var hosts: [LANHost]
    /// Who is asked for the Internet's names. nil: each WAN's own resolvers.
    package var upstream: [IPAddress]?
    package var names: [LANName]

    /// Where the leases of its clients are.
    package static let leaseFile = "/var/lib/uplinkd-dnsmasq/leases"
    package static let standardLeaseTime: Duration = .seconds(12 * 3600)
    /// For home networks (RFC 8375); nobody's `local`, which belongs to multicast DNS (RFC 6762).
    package static let standardDomain = "home.arpa"

    package init(
        interface: InterfaceName, address: IPv4Prefix, ports: [InterfaceName] = [], pool: AddressRange? = nil,
        leaseTime: Duration = Self.standardLeaseTime, domain: String = Self.standardDomain, hosts: [LANHost] = [],
        upstream: [IPAddress]? = nil, names: [LANName] = []
    ) {
        self.interface = interface
        self.address = address
        self.ports = ports
        self.pool = pool
        self.leaseTime = leaseTime
        self.domain = domain
        self.hosts = hosts
        self.upstream = upstream
        self.names = names
    }
}

/// A computer that always gets the same address, or a name of its own, or both.
package struct LANHost: Hashable, Sendable {
    /// Lower case, with colons.
    package var mac: String
    package var name: String?
    package var address: IPv4Address?

    package init(mac: String, name: String?, address: IPv4Address?) {
        self.mac = mac
        self.name = name
        self.address = address
    }
}

/// A name that this box answers for.
package struct LANName: Hashable, Sendable {
    package var name: String
    package var address: IPAddress

    package init(name: String, address: IPAddress) {
        self.name = name
        self.address = address
    }
}

/// Addresses side by side: `192.0.2.100-192.0.2.249`.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    package let first: IPv4Address
    package let last: IPv4Address

    package init?(_ first: IPv4Address, _ last: IPv4Address) {
        guard first <= last else { return nil }
        self.first = first
        self.last = last
    }

    package init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { IPv4Address(String($0)) }
        guard ends.count == 2, let first = ends[0], let last = ends[1] else { return nil }
        self.init(first, last)
    }

    package var description: String { "\(first)-\(last)" }
    package func contains(_ address: IPv4Address) -> Bool { first <= address && address <= last }
}

extension IPv4Prefix {
    /// What a host of this network can have: neither the first address nor the last. nil: there is none (RFC 3021 is for routers).
    package var hosts: AddressRange? {
        guard length < 31 else { return nil }
        return AddressRange(IPv4Address(bits: network.bits + 1), IPv4Address(bits: broadcast.bits - 1))
    }

    private var mask: UInt32 { length == 0 ? 0 : ~0 << (32 - UInt32(length)) }
    package var network: IPv4Address { IPv4Address(bits: address.bits & mask) }
    package var broadcast: IPv4Address { IPv4Address(bits: address.bits | ~mask) }
    package var netmask: IPv4Address { IPv4Address(bits: mask) }

    package func overlaps(_ other: IPv4Prefix) -> Bool { length <= other.length ? contains(other.address) : other.contains(address) }

    /// What clients get unless told otherwise: up to 150 addresses on the larger side of our own. For 10.0.0.1/24 that is 100 to 249, which leaves the
    /// low numbers and some at the end for what has a fixed one.
    package var standardPool: AddressRange? {
        guard let hosts, hosts.contains(address) else { return nil }
        let (below, above) = (address.bits - hosts.first.bits, hosts.last.bits - address.bits)
        guard max(below, above) > 0 else { return nil }
        let side = above >= below ? address.bits + 1...hosts.last.bits : hosts.first.bits...address.bits - 1
        let last = side.count >= 200 ? side.upperBound - 5 : side.upperBound
        let first = max(side.lowerBound, last - min(last, 149))
        return AddressRange(IPv4Address(bits: first), IPv4Address(bits: last))
    }
}
