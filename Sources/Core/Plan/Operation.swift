package import Model

/// One change to the kernel's routing. Its text is the command that does the same.
package enum Operation: Hashable, Sendable, CustomStringConvertible {
    /// Adds in front of any route of the same metric: when a gateway changes, the new route works before the old one goes.
    case addRoute(Route)
    /// Adds behind them: where the order to delete the old route would fit the new one, too.
    case appendRoute(Route)
    case deleteRoute(Route)
    case addRule(Rule)
    case deleteRule(Rule)
    case set(DeviceSetting, of: InterfaceName, to: Int)

    package var description: String {
        switch self {
        case .addRoute(let route): "ip route prepend \(route)"
        case .appendRoute(let route): "ip route append \(route)"
        case .deleteRoute(let route): "ip route del \(route)"
        case .addRule(let rule): "\(rule.command) add \(rule.arguments)"
        case .deleteRule(let rule): "\(rule.command) del \(rule.arguments)"
        case .set(let setting, let interface, let value): "sysctl -w net.ipv4.conf.\(interface).\(setting.rawValue)=\(value)"
        }
    }
}

extension Rule {
    fileprivate var command: String { family == .v4 ? "ip rule" : "ip -6 rule" }
}
