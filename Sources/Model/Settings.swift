/// A configuration that has passed every check.
package struct Settings: Equatable, Sendable {
    package var lan: [InterfaceName]
    /// In the order of their metrics, the first choice first.
    package var wans: [WANSettings]
    package var probe: ProbeSettings
    package var iptables: IPTablesVariant

    package init(lan: [InterfaceName], wans: [WANSettings], probe: ProbeSettings = .init(), iptables: IPTablesVariant = .auto) {
        self.lan = lan
        self.wans = wans.sorted { $0.metric < $1.metric }
        self.probe = probe
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

    package init(
        name: WANName, interface: InterfaceName, metric: UInt32, gateway: IPv4Address? = nil, isMetered: Bool = false, number: Int
    ) {
        self.name = name
        self.interface = interface
        self.metric = metric
        self.gateway = gateway
        self.isMetered = isMetered
        self.number = number
    }
}

/// Where a probe goes.
package enum Target: Hashable, Sendable, TextCodable {
    /// The WAN's own gateway, whatever it is at the moment.
    case gateway
    case address(IPv4Address)

    package init?(_ text: String) {
        if text == "gateway" {
            self = .gateway
        } else if let address = IPv4Address(text) {
            self = .address(address)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .gateway: "gateway"
        case .address(let address): "\(address)"
        }
    }
}

/// How WANs are probed. The defaults here are the defaults of the configuration file.
package struct ProbeSettings: Equatable, Sendable {
    package var targets: [Target]
    /// Each target is asked once in this time. 100 ms…1 h.
    package var interval: Duration
    /// The same for a metered WAN that stands by: at 3 targets and 84 bytes each way, 30 s is 1.4 MB a day with all of them and
    /// 0.5 MB with one.
    package var meteredInterval: Duration
    /// The longest that a reply may take; the first ones are given this long, later ones the adaptive time. 100 ms…60 s.
    package var timeout: Duration
    /// How many of the targets beyond the gateway have to answer.
    package var quorum: Int
    /// A WAN that was down has to answer without a loss for so long before it carries sessions again. 0 s…1 h.
    package var hold: Duration

    package init(
        targets: [Target] = [
            .gateway, .address(IPv4Address(bits: 0x0101_0101)), .address(IPv4Address(bits: 0x0808_0808)),
            .address(IPv4Address(bits: 0x0909_0909)),
        ],
        interval: Duration = .seconds(1), meteredInterval: Duration = .seconds(30), timeout: Duration = .seconds(1), quorum: Int = 1,
        hold: Duration = .seconds(10)
    ) {
        self.targets = targets
        self.interval = interval
        self.meteredInterval = meteredInterval
        self.timeout = timeout
        self.quorum = quorum
        self.hold = hold
    }
}

/// Which iptables to call. `auto`: the one that `iptables-restore` is on this box.
package enum IPTablesVariant: String, CaseIterable, Sendable, Codable { case auto, nft, legacy }
