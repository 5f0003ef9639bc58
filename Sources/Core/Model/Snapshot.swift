/// What the kernel said at one moment of everything that concerns us.
package struct Snapshot: Equatable, Sendable, Codable {
    /// The interfaces that the configuration names, as far as they exist.
    package var interfaces: [Interface]
    /// The default routes of the main table by those interfaces, whoever made them; and ours in every table by any interface. Of both
    /// families.
    package var routes: [Route]
    /// The rules that carry our protocol number.
    package var rules: [Rule]
    /// By which interface the kernel sends a packet that is for nowhere in particular, whoever's route that is. nil: it has no way out.
    /// It need not be one of ours: a VPN's default route may come before all of them.
    package var wayOut: InterfaceName?
    /// The same for IPv6.
    package var wayOut6: InterfaceName?
    /// The ways of clients, for each LAN interface and each family in which it has addresses.
    package var clientWays: [ClientWay] {
        get { ways ?? [] }
        set { ways = newValue.isEmpty ? nil : newValue }
    }

    /// Where there are none, nothing is written: older recordings have none.
    private var ways: [ClientWay]?

    private enum CodingKeys: String, CodingKey {
        case interfaces, routes, rules, wayOut, wayOut6
        case ways = "clientWays"
    }

    package init(
        interfaces: [Interface] = [], routes: [Route] = [], rules: [Rule] = [], wayOut: InterfaceName? = nil,
        wayOut6: InterfaceName? = nil, clientWays: [ClientWay] = []
    ) {
        self.interfaces = interfaces
        self.routes = routes
        self.rules = rules
        self.wayOut = wayOut
        self.wayOut6 = wayOut6
        self.clientWays = clientWays
    }

    package func wayOut(_ family: IPFamily) -> InterfaceName? { family == .v4 ? wayOut : wayOut6 }

    package func interface(_ name: InterfaceName) -> Interface? { interfaces.first { $0.name == name } }
}

/// One network interface as the kernel describes it.
package struct Interface: Equatable, Sendable, Codable {
    package var name: InterfaceName
    /// The kernel's number for it. A USB modem that was replugged has another one under the same name.
    package var index: UInt32
    /// IFF_UP: an administrator's wish.
    package var isUp: Bool
    /// IFF_LOWER_UP: the cable, or whatever stands for it.
    package var hasCarrier: Bool
    /// IFF_POINTOPOINT or IFF_NOARP without a broadcast domain: it needs no gateway.
    package var isPointToPoint: Bool
    package var addresses: [IPv4Prefix]
    /// Those that packets can be sent from: not one that is still being checked for a double (RFC 4862, section 5.4) or has one. Deprecated ones
    /// are among them: sessions live on them, and new ones take them where there is no other.
    package var addresses6: [IPv6Prefix] {
        get { some6 ?? [] }
        set { some6 = newValue.isEmpty ? nil : newValue }
    }
    package var settings: [DeviceSetting: Int]
    /// `net.ipv6.conf.IF.forwarding`. nil: the interface has no IPv6.
    package var forwards6: Bool?
    /// The longest packet that it takes, in bytes; by IPv6 it may be less, as a router advertisement says. nil: recordings from before that was asked for.
    package var mtu: Int?
    package var mtu6: Int?
    /// `net.ipv6.conf.IF.accept_ra`: 0 router advertisements are ignored, 1 unless it forwards, 2 never.
    package var acceptsRA: Int?

    /// Where there are none, nothing is written: recordings from before IPv6 can be read, and those without it stay small.
    private var some6: [IPv6Prefix]?

    private enum CodingKeys: String, CodingKey {
        case name, index, isUp, hasCarrier, isPointToPoint, addresses, settings, forwards6, acceptsRA, mtu, mtu6
        case some6 = "addresses6"
    }

    package init(
        name: InterfaceName, index: UInt32, isUp: Bool, hasCarrier: Bool, isPointToPoint: Bool = false, addresses: [IPv4Prefix],
        addresses6: [IPv6Prefix] = [], settings: [DeviceSetting: Int] = [:], forwards6: Bool? = nil, acceptsRA: Int? = nil,
        mtu: Int? = nil, mtu6: Int? = nil
    ) {
        self.name = name
        self.index = index
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.isPointToPoint = isPointToPoint
        self.addresses = addresses
        self.settings = settings
        self.forwards6 = forwards6
        self.acceptsRA = acceptsRA
        self.mtu = mtu
        self.mtu6 = mtu6
        self.addresses6 = addresses6
    }

    /// It has an IPv6 address that means something beyond the link.
    package var reachesBeyondLink6: Bool { addresses6.contains { !$0.address.isLinkLocal } }

    /// Masquerade gives what leaves here by that gateway this source.
    ///
    /// For IPv4 it takes the first address in the gateway's network, or else the first one (`inet_select_addr` in net/ipv4/devinet.c). For IPv6 that depends
    /// on the destination, so it is certain only where there is no choice.
    package func masquerades(as source: IPAddress, toward gateway: IPv4Address?) -> Bool {
        switch source {
        case .v4(let source):
            let near = addresses.first { prefix in gateway.map { prefix.contains($0) } ?? false }
            return (near ?? addresses.first)?.address == source
        case .v6(let source):
            return addresses6.lazy.map(\.address).filter { !$0.isLinkLocal }.elementsEqual([source])
        }
    }
}

/// The settings of one interface that we change: `net.ipv4.conf.IF.…`, see Documentation/networking/ip-sysctl.rst in the kernel.
package enum DeviceSetting: String, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable, Comparable {
    /// Packets that arrive here may be sent on.
    case forwarding
    /// 0 no check of the source address, 1 strict, 2 loose.
    case reversePathFilter = "rp_filter"
    /// Routes by this interface step aside while it has no carrier.
    case ignoreRoutesWithLinkDown = "ignore_routes_with_linkdown"

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
