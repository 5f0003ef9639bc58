/// A default route (0.0.0.0/0): the only kind that we read, make or delete.
///
/// Its text is what `ip route` prints, less what has its usual value: `default via 192.0.2.1 dev eth0 proto dhcp metric 100`.
package struct Route: Hashable, Sendable, TextCodable {
    /// nil on a point-to-point interface: `default dev ppp0 scope link`.
    package var gateway: IPv4Address?
    package var interface: InterfaceName
    package var routeProtocol: UInt8
    package var metric: UInt32
    package var table: UInt32
    /// The source address that packets by this route get, where the route says so (DHCP clients do).
    package var source: IPv4Address?
    /// The gateway counts as reachable though no address of the interface is in its network.
    package var isOnLink: Bool

    /// RT_TABLE_MAIN.
    package static let mainTable: UInt32 = 254

    package init(
        gateway: IPv4Address?, interface: InterfaceName, routeProtocol: UInt8 = Territory.routeProtocol, metric: UInt32,
        table: UInt32 = Route.mainTable, source: IPv4Address? = nil, isOnLink: Bool = false
    ) {
        self.gateway = gateway
        self.interface = interface
        self.routeProtocol = routeProtocol
        self.metric = metric
        self.table = table
        self.source = source
        self.isOnLink = isOnLink
    }

    package var isOurs: Bool { routeProtocol == Territory.routeProtocol }

    package init?(_ text: String) {
        var words = text.split(separator: " ").map(String.init)[...]
        guard words.popFirst() == "default" else { return nil }
        var gateway: IPv4Address?
        var source: IPv4Address?
        var interface: InterfaceName?
        var routeProtocol: UInt8 = 3
        var metric: UInt32 = 0
        var table = Route.mainTable
        var isOnLink = false
        while let word = words.popFirst() {
            if word == "onlink" {
                isOnLink = true
                continue
            }
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "via":
                guard let address = IPv4Address(value) else { return nil }
                gateway = address
            case "src":
                guard let address = IPv4Address(value) else { return nil }
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
            default: return nil
            }
        }
        guard let interface else { return nil }
        self.init(
            gateway: gateway, interface: interface, routeProtocol: routeProtocol, metric: metric, table: table, source: source,
            isOnLink: isOnLink)
    }

    package var description: String {
        var words = ["default"]
        if let gateway { words += ["via", "\(gateway)"] }
        words += ["dev", "\(interface)"]
        if table != Route.mainTable { words += ["table", "\(table)"] }
        words += ["proto", RouteProtocolName.name(routeProtocol)]
        if gateway == nil { words += ["scope", "link"] }
        if let source { words += ["src", "\(source)"] }
        if metric != 0 { words += ["metric", "\(metric)"] }
        if isOnLink { words += ["onlink"] }
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
