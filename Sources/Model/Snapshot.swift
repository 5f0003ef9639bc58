/// What the kernel said at one moment of everything that concerns us.
package struct Snapshot: Equatable, Sendable, Codable {
    /// The interfaces that the configuration names, as far as they exist.
    package var interfaces: [Interface]
    /// The default routes of the main table by those interfaces, whoever made them; and ours in every table by any interface.
    package var routes: [Route]
    /// The rules that carry our protocol number.
    package var rules: [Rule]
    /// By which interface the kernel sends a packet that is for nowhere in particular, whoever's route that is. nil: it has no way out.
    /// It need not be one of ours: a VPN's default route may come before all of them.
    package var wayOut: InterfaceName?

    package init(interfaces: [Interface] = [], routes: [Route] = [], rules: [Rule] = [], wayOut: InterfaceName? = nil) {
        self.interfaces = interfaces
        self.routes = routes
        self.rules = rules
        self.wayOut = wayOut
    }

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
    package var settings: [DeviceSetting: Int]

    package init(
        name: InterfaceName, index: UInt32, isUp: Bool, hasCarrier: Bool, isPointToPoint: Bool = false, addresses: [IPv4Prefix],
        settings: [DeviceSetting: Int] = [:]
    ) {
        self.name = name
        self.index = index
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.isPointToPoint = isPointToPoint
        self.addresses = addresses
        self.settings = settings
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
