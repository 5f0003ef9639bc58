/// A default route (0.0.0.0/0 or ::/0): the only kind that we read, make or delete.
///
/// Its text is what `ip route` prints, less what has its usual value: `default via 192.0.2.1 dev eth0 proto dhcp metric 100`. IPv6's begins
/// with `::/0`, which `ip route` takes without being told the family.
package struct Route: Hashable, Sendable, TextCodable {
    /// Stored, since a route without a gateway doesn't show it.
    package let family: IPFamily
    /// nil on a point-to-point interface: `default dev ppp0 scope link`.
    package var gateway: IPAddress?
    package var interface: InterfaceName
    package var routeProtocol: UInt8
    /// IPv6's is never 0: see `metricOfNone`.
    package var metric: UInt32
    package var table: UInt32
    /// The source address that packets by this route get, where the route says so (DHCP clients do).
    package var source: IPAddress?
    /// The gateway counts as reachable though no address of the interface is in its network.
    package var isOnLink: Bool
    /// IPv6 only: how the router wants to be ranked among others of the same metric (RFC 4191). Ours leave it at medium.
    package var preference: Preference
    package var metrics: RouteMetrics

    package enum Preference: UInt8, Comparable, Sendable {
        case medium = 0
        case high = 1
        case low = 3

        /// The better one is the greater.
        package static func < (a: Self, b: Self) -> Bool { a != b && (a == .low || b == .high) }
    }

    /// RT_TABLE_MAIN.
    package static let mainTable: UInt32 = 254

    /// What the kernel makes of no metric. IPv6 has no 0: it becomes IP6_RT_PRIO_USER.
    package static func metricOfNone(_ family: IPFamily) -> UInt32 { family == .v4 ? 0 : 1024 }

    /// - Parameter family: needed without a gateway only.
    package init(
        family: IPFamily? = nil, gateway: IPAddress?, interface: InterfaceName, routeProtocol: UInt8 = Territory.routeProtocol,
        metric: UInt32, table: UInt32 = Route.mainTable, source: IPAddress? = nil, isOnLink: Bool = false,
        preference: Preference = .medium, metrics: RouteMetrics = RouteMetrics()
    ) {
        let family = family ?? gateway?.family ?? .v4
        self.family = family
        self.gateway = gateway
        self.interface = interface
        self.routeProtocol = routeProtocol
        self.metric = metric == 0 ? Self.metricOfNone(family) : metric
        self.table = table
        self.source = source
        self.isOnLink = isOnLink
        self.preference = preference
        self.metrics = metrics
    }

    package var isOurs: Bool { routeProtocol == Territory.routeProtocol }
    package var manner: RouteManner { RouteManner(source: source, metrics: metrics) }

    package init?(_ text: String) {
        var words = text.split(separator: " ").map(String.init)[...]
        let family: IPFamily
        switch words.popFirst() {
        case "default": family = .v4
        case "::/0": family = .v6
        default: return nil
        }
        var gateway: IPAddress?
        var source: IPAddress?
        var interface: InterfaceName?
        var routeProtocol: UInt8 = 3
        var metric: UInt32 = 0
        var table = Route.mainTable
        var isOnLink = false
        var preference = Preference.medium
        var metrics = RouteMetrics()
        while let word = words.popFirst() {
            if word == "onlink" {
                isOnLink = true
                continue
            }
            guard let isMetric = metrics.take(word, from: &words) else { return nil }
            if isMetric { continue }
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "via":
                guard let address = IPAddress(value), address.family == family else { return nil }
                gateway = address
            case "src":
                guard let address = IPAddress(value), address.family == family else { return nil }
                source = address
            case "dev": interface = InterfaceName(value)
            case "proto":
                guard let number = RouteProtocolName.number(value) else { return nil }
                routeProtocol = number
            case "metric":
                guard let number = UInt32(value) else { return nil }
                metric = number
            case "table":
                guard let number = UInt32(value) else { return nil }
                table = number
            case "scope": guard value == "link" else { return nil }
            case "pref":
                switch value {
                case "high": preference = .high
                case "low": preference = .low
                case "medium": break
                default: return nil
                }
            default: return nil
            }
        }
        guard let interface else { return nil }
        self.init(
            family: family, gateway: gateway, interface: interface, routeProtocol: routeProtocol, metric: metric, table: table,
            source: source, isOnLink: isOnLink, preference: preference, metrics: metrics)
    }

    package var description: String {
        var words = [family == .v4 ? "default" : "::/0"]
        if let gateway { words += ["via", "\(gateway)"] }
        words += ["dev", "\(interface)"]
        if table != Route.mainTable { words += ["table", "\(table)"] }
        words += ["proto", RouteProtocolName.name(routeProtocol)]
        if gateway == nil, family == .v4 { words += ["scope", "link"] }
        if let source { words += ["src", "\(source)"] }
        if metric != 0 { words += ["metric", "\(metric)"] }
        if isOnLink { words += ["onlink"] }
        words += metrics.words
        if preference != .medium { words += ["pref", preference == .high ? "high" : "low"] }
        return words.joined(separator: " ")
    }
}

/// The names that `ip route` gives to route protocols (iproute2, etc/iproute2/rt_protos), with ours.
enum RouteProtocolName {
    private static let names: [UInt8: String] = [
        0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 9: "ra", 11: "zebra", 12: "bird", 16: "dhcp",
        Territory.routeProtocol: Territory.routeProtocolName, 186: "bgp",
    ]

    static func name(_ number: UInt8) -> String { names[number] ?? "\(number)" }
    static func number(_ name: String) -> UInt8? { names.first { $0.value == name }?.key ?? UInt8(name) }
}
