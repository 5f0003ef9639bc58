package import Model

/// The network state that we want: always all of it, never a delta. `Desired()` wants nothing of ours: that is what teardown plans for.
package struct Desired: Equatable, Sendable {
    /// In the main table and in the WANs' own.
    package var routes: [Route]
    package var rules: [Rule]
    package var settings: [InterfaceName: [DeviceSetting: Int]]
    /// Somebody else's default route by one of these interfaces with a metric up to this one would beat ours, and is moved behind.
    package var wanInterfaces: Set<InterfaceName>
    package var highestMetric: UInt32

    package init(
        routes: [Route] = [], rules: [Rule] = [], settings: [InterfaceName: [DeviceSetting: Int]] = [:],
        wanInterfaces: Set<InterfaceName> = [], highestMetric: UInt32 = 0
    ) {
        self.routes = routes
        self.rules = rules
        self.settings = settings
        self.wanInterfaces = wanInterfaces
        self.highestMetric = highestMetric
    }

    /// One WAN, as far as its routes are concerned.
    package struct WAN: Equatable, Sendable {
        package var settings: WANSettings
        /// What the kernel says of its interface; nil while it is absent.
        package var interface: Interface?
        package var gateway: IPv4Address?
        package var isUsable: Bool

        package init(settings: WANSettings, interface: Interface?, gateway: IPv4Address?, isUsable: Bool) {
            self.settings = settings
            self.interface = interface
            self.gateway = gateway
            self.isUsable = isUsable
        }
    }

    /// - Parameters:
    ///   - wans: every WAN of the configuration.
    ///   - selected: the WAN that carries new sessions; those with lower metrics step back behind it, usable or not.
    package init(lan: [InterfaceName], wans: [WAN], selected: WANName?, markMask: MarkMask = .standard) {
        self.init(
            wanInterfaces: Set(wans.map(\.settings.interface)), highestMetric: wans.map(\.settings.metric).max() ?? 0)
        let selectedMetric = wans.first { $0.settings.name == selected }?.settings.metric ?? 0
        for interface in lan { settings[interface] = [.forwarding: 1] }
        for wan in wans {
            let number = wan.settings.number
            settings[wan.settings.interface] = [.forwarding: 1, .reversePathFilter: 2, .ignoreRoutesWithLinkDown: 1]
            // The kernel takes no route by an interface that is down, and none without a gateway where one is needed.
            // Without an address it would take one, but what leaves by it would carry another WAN's.
            guard let interface = wan.interface, interface.isUp, !interface.addresses.isEmpty,
                wan.gateway != nil || interface.isPointToPoint
            else { continue }
            let isOnLink = wan.gateway.map { gateway in !interface.addresses.contains { $0.contains(gateway) } } ?? false
            let isFirst = wan.settings.name == selected || wan.isUsable && wan.settings.metric > selectedMetric
            var route = Route(
                gateway: wan.gateway, interface: wan.settings.interface,
                metric: isFirst ? wan.settings.metric : Territory.demotion + wan.settings.metric, isOnLink: isOnLink)
            routes.append(route)
            route.table = Territory.table(ofWAN: number)
            route.metric = 0
            routes.append(route)
            // Without the rule, what is marked for a WAN that can't be used follows the main table to one that can.
            if wan.isUsable || wan.settings.name == selected {
                rules.append(
                    Rule(
                        priority: Territory.rulePriority(ofWAN: number), mark: markMask.mark(ofWAN: number), mask: markMask.bits,
                        table: Territory.table(ofWAN: number)))
            }
        }
    }
}
