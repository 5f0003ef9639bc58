/// The text of a configuration file for the daemon.
package struct DaemonConfiguration: Sendable {
    package var text: String

    package init(text: String) { self.text = text }

    /// telkom first, smartfren next, the default targets replaced by those of the lab. `hold` is short, and no minimum stay, so that a failback
    /// needn't be waited for; nil leaves the defaults. `thresholds`: the lines of that mapping, in braces.
    package static func office(
        hold: String? = "2s", metered: Bool = false, iptables: IPTables? = nil, thresholds: String? = nil
    ) -> DaemonConfiguration {
        DaemonConfiguration(
            text: """
                lan:
                  interfaces: [br0]
                wans:
                  telkom:
                    interface: eth0
                    metric: 1
                  smartfren:
                    interface: usb0
                    metric: 2
                    metered: \(metered)
                probe:
                  targets: [gateway, \(Addresses.targets.joined(separator: ", "))]
                  interval: 1s
                \(hold.map { "  hold: \($0)\n" } ?? "")\(thresholds.map { "  thresholds: {\($0)}\n" } ?? "")\(hold == nil ? "" : "min-stay: 0s\n")\(iptables.map { "iptables: \($0.rawValue)\n" } ?? "")
                """)
    }
}
