/// How the kernel would lead a client's packet for nowhere in particular: with every rule and table considered, whoever made them.
package struct ClientWay: Equatable, Sendable, Codable {
    /// Where it comes in.
    package var lan: InterfaceName
    package var family: IPFamily
    /// Where it leaves. nil: it is refused.
    package var interface: InterfaceName?
    /// The table that says so. nil: it isn't known.
    package var table: UInt32?
    /// The priority of the first rule that leads to that table, or refuses. nil: it isn't known.
    package var rule: UInt32?

    package init(lan: InterfaceName, family: IPFamily, interface: InterfaceName? = nil, table: UInt32? = nil, rule: UInt32? = nil) {
        self.lan = lan
        self.family = family
        self.interface = interface
        self.table = table
        self.rule = rule
    }
}

extension Interface {
    /// An address that a client behind this interface may have: of its network, and not its own. nil: it has no network with room for one.
    package func client(_ family: IPFamily) -> IPAddress? {
        switch family {
        case .v4:
            for prefix in addresses where prefix.length <= 30 {
                let first = prefix.address.bits & (~0 << (32 - UInt32(prefix.length)))
                for offset: UInt32 in 1...2 where first + offset != prefix.address.bits {
                    return .v4(IPv4Address(bits: first + offset))
                }
            }
        case .v6:
            // Link-local addresses lead nowhere.
            for prefix in addresses6 where prefix.length <= 126 && !prefix.address.isLinkLocal {
                return .v6(IPv6Address(high: prefix.address.high, low: prefix.address.low ^ 2))
            }
        }
        return nil
    }
}
