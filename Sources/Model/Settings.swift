/// A configuration that has passed every check.
package struct Settings: Equatable, Sendable {
    package var lan: [InterfaceName]
    /// In the order of their metrics, the first choice first.
    package var wans: [WANSettings]
    /// After a switch the traffic stays where it is for so long at least, unless that WAN can't carry it. 0 s…1 h.
    package var minimumStay: Duration
    package var iptables: IPTablesVariant

    package static let defaultMinimumStay: Duration = .seconds(30)

    package init(
        lan: [InterfaceName], wans: [WANSettings], minimumStay: Duration = Self.defaultMinimumStay, iptables: IPTablesVariant = .auto
    ) {
        self.lan = lan
        self.wans = wans.sorted { $0.metric < $1.metric }
        self.minimumStay = minimumStay
        self.iptables = iptables
    }

    package subscript(wan: WANName) -> WANSettings? { wans.first { $0.name == wan } }
    package var interfaces: Set<InterfaceName> { Set(lan + wans.map(\.interface)) }
}

package struct WANSettings: Equatable, Sendable {
    package var name: WANName
    package var interface: InterfaceName
    /// `Territory.metrics`; unique among the WANs.
    package var metric: UInt32
    /// nil: learned from the default route that somebody else (a DHCP client) made.
    package var gateway: IPv4Address?
    /// It costs by the byte: probed every `ProbeSettings.meteredInterval` while it stands by.
    package var isMetered: Bool
    /// 1…15, in the order of the configuration file: its mark, table and rule follow from it.
    package var number: Int
    /// What is configured for all WANs, overridden by what is for this one.
    package var probe: ProbeSettings

    package init(
        name: WANName, interface: InterfaceName, metric: UInt32, gateway: IPv4Address? = nil, isMetered: Bool = false, number: Int,
        probe: ProbeSettings = .init()
    ) {
        self.name = name
        self.interface = interface
        self.metric = metric
        self.gateway = gateway
        self.isMetered = isMetered
        self.number = number
        self.probe = probe
    }
}

/// Which iptables to call. `auto`: the one that `iptables-restore` is on this box.
package enum IPTablesVariant: String, CaseIterable, Sendable, Codable { case auto, nft, legacy }
