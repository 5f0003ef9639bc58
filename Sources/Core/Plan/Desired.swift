package import Model

/// The network state that we want: always all of it, never a delta. `Desired()` wants nothing of ours: that is what teardown plans for.
package struct Desired: Equatable, Sendable {
    /// In the main table and in the WANs' own.
    package var routes: [Route]
    package var rules: [Rule]
    package var settings: [InterfaceName: [DeviceSetting: Int]]
    /// Somebody else's default route by one of these interfaces with a metric up to this one would beat ours, and is moved behind.
    package var wanInterfaces: Set<InterfaceName>
    /// The same for IPv6: WANs where it is ours.
    package var wanInterfaces6: Set<InterfaceName>
    package var highestMetric: UInt32

    package init(
        routes: [Route] = [], rules: [Rule] = [], settings: [InterfaceName: [DeviceSetting: Int]] = [:],
        wanInterfaces: Set<InterfaceName> = [], wanInterfaces6: Set<InterfaceName> = [], highestMetric: UInt32 = 0
    ) {
        self.routes = routes
        self.rules = rules
        self.settings = settings
        self.wanInterfaces = wanInterfaces
        self.wanInterfaces6 = wanInterfaces6
        self.highestMetric = highestMetric
    }

    /// One WAN, as far as its routes are concerned.
    package struct WAN: Equatable, Sendable {
        package var settings: WANSettings
        /// What the kernel says of its interface; nil while it is absent.
        package var interface: Interface?
        package var gateway: IPv4Address?
        package var gateway6: IPv6Address?
        /// How the routes that were learned send.
        package var manners: [IPFamily: RouteManner]
        package var isUsable: Bool
        /// Sessions that left by it stay on it while another one is selected.
        package var keepsSessions: Bool
        /// The same of IPv6.
        package var isUsable6: Bool
        package var keepsSessions6: Bool

        /// - Parameter ipv6: nil: as the rest.
        package init(
            settings: WANSettings, interface: Interface?, gateway: IPv4Address?, gateway6: IPv6Address? = nil,
            manners: [IPFamily: RouteManner] = [:], isUsable: Bool, keepsSessions: Bool, ipv6: (isUsable: Bool, keepsSessions: Bool)? = nil
        ) {
            self.settings = settings
            self.interface = interface
            self.gateway = gateway
            self.gateway6 = gateway6
            self.manners = manners
            self.isUsable = isUsable
            self.keepsSessions = keepsSessions
            isUsable6 = ipv6?.isUsable ?? isUsable
            keepsSessions6 = ipv6?.keepsSessions ?? keepsSessions
        }

        /// Its default route of this family, less metric and table; nil where there can't be one.
        ///
        /// The kernel takes no route by an interface that is down, and none without a gateway where one is needed. Without an address it would
        /// take one, but what leaves by it would carry another WAN's; a link-local one gets nobody beyond the link.
        func route(_ family: IPFamily) -> Route? {
            guard let interface, interface.isUp else { return nil }
            let gateway: IPAddress?
            var isOnLink = false
            switch family {
            case .v4:
                guard !interface.addresses.isEmpty else { return nil }
                gateway = self.gateway.map(IPAddress.v4)
                if let address = self.gateway { isOnLink = !interface.addresses.contains { $0.contains(address) } }
            case .v6:
                guard settings.ipv6 == .masquerade, interface.reachesBeyondLink6 else { return nil }
                gateway = gateway6.map(IPAddress.v6)
                if let address = gateway6 {
                    isOnLink = !address.isLinkLocal && !interface.addresses6.contains { $0.contains(address) }
                }
            }
            guard gateway != nil || interface.isPointToPoint else { return nil }
            let manner = manners[family] ?? RouteManner()
            return Route(
                family: family, gateway: gateway, interface: settings.interface, metric: settings.metric, source: manner.source,
                isOnLink: isOnLink, metrics: manner.metrics)
        }
    }

    /// - Parameters:
    ///   - wans: every WAN of the configuration.
    ///   - selected: the WAN that carries new sessions; those with lower metrics step back behind it, usable or not.
    package init(lan: [InterfaceName], wans: [WAN], selected: WANName?, markMask: MarkMask = .standard) {
        self.init(lan: lan, wans: wans, markMask: markMask) { _ in selected }
    }

    /// - Parameter selected: the same, of each family.
    package init(lan: [InterfaceName], wans: [WAN], markMask: MarkMask = .standard, selected: (IPFamily) -> WANName?) {
        self.init(
            wanInterfaces: Set(wans.map(\.settings.interface)),
            wanInterfaces6: Set(wans.filter { $0.settings.ipv6 == .masquerade }.map(\.settings.interface)),
            highestMetric: wans.map(\.settings.metric).max() ?? 0)
        for interface in lan { settings[interface] = [.forwarding: 1] }
        for wan in wans {
            settings[wan.settings.interface] = [.forwarding: 1, .reversePathFilter: 2, .ignoreRoutesWithLinkDown: 1]
        }
        for family in IPFamily.allCases { add(family, wans, selected(family), markMask) }
    }

    private mutating func add(_ family: IPFamily, _ wans: [WAN], _ selected: WANName?, _ markMask: MarkMask) {
        let selectedMetric = wans.first { $0.settings.name == selected }?.settings.metric ?? 0
        var marked: [Rule] = []
        for wan in wans {
            guard var route = wan.route(family) else { continue }
            let table = Territory.table(ofWAN: wan.settings.number)
            let isSelected = wan.settings.name == selected
            let (isUsable, keepsSessions) = family == .v4 ? (wan.isUsable, wan.keepsSessions) : (wan.isUsable6, wan.keepsSessions6)
            let isFirst = isSelected || isUsable && wan.settings.metric > selectedMetric
            if !isFirst { route.metric += Territory.demotion }
            routes.append(route)
            route.table = table
            route.metric = Route.metricOfNone(family)
            routes.append(route)
            // Without the rule, what is marked for a WAN that can't be used follows the main table to one that can.
            if keepsSessions || isSelected {
                marked.append(
                    Rule(
                        family: family, priority: Territory.rulePriority(ofWAN: wan.settings.number),
                        mark: markMask.mark(ofWAN: wan.settings.number), mask: markMask.bits, table: table))
            }
        }
        if !marked.isEmpty { rules += [.beforeMarks(family, mask: markMask.bits)] + marked }
    }
}
