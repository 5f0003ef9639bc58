/// A configuration that has passed every check.
package struct Settings: Equatable, Sendable {
    /// As they are called now.
    package var lan: [InterfaceName]
    /// As the file has them: an alternative name, perhaps.
    package var lanGiven: [InterfaceName]
    /// In the order of their metrics, the first choice first.
    package var wans: [WANSettings]
    /// After a switch the traffic stays where it is for so long at least, unless that WAN can't carry it. 0 s…1 h.
    package var minimumStay: Duration
    package var firewall: FirewallBackend
    package var iptables: IPTablesVariant
    package var markMask: MarkMask
    package var reports: Reporting
    package var tellsClients: Telling
    package var fastPath: FastPathUse
    /// Where a DHCP server keeps its leases. nil: where the LAN's own has them, or else dnsmasq, if it has any.
    package var leases: String?
    /// nil: the LAN is somebody else's.
    package var lanService: LANService?
    /// In what people are told things whose own locale doesn't say.
    package var language: Language

    package static let defaultMinimumStay: Duration = .seconds(30)

    package init(
        lan: [InterfaceName], wans: [WANSettings], minimumStay: Duration = Self.defaultMinimumStay, firewall: FirewallBackend = .iptables,
        iptables: IPTablesVariant = .auto, markMask: MarkMask = .standard, reports: Reporting = .on, tellsClients: Telling = .on,
        fastPath: FastPathUse = .off, leases: String? = nil, lanService: LANService? = nil, language: Language = .english
    ) {
        self.lan = lan
        lanGiven = lan
        self.wans = wans.sorted { $0.metric < $1.metric }
        self.minimumStay = minimumStay
        self.firewall = firewall
        self.iptables = iptables
        self.markMask = markMask
        self.reports = reports
        self.tellsClients = tellsClients
        self.fastPath = fastPath
        self.leases = leases
        self.lanService = lanService
        self.language = language
    }

    package subscript(wan: WANName) -> WANSettings? { wans.first { $0.name == wan } }
    package var interfaces: Set<InterfaceName> { Set(lan + wans.map(\.interface)) }
}

package struct WANSettings: Equatable, Sendable {
    package var name: WANName
    /// As it is called now. Where none fits, the name that it had before, or one that no interface has.
    package var interface: InterfaceName
    /// What the file has for it: a name, or what it is known by. With the latter `given` is a name that no interface has.
    package var given: InterfaceName
    package var match: InterfaceMatch?
    /// Somebody may pull it out: then it is gone, and not just missing.
    package var isRemovable: Bool
    /// `Territory.metrics`; unique among the WANs.
    package var metric: UInt32
    /// nil: learned from the default route that somebody else (a DHCP client) made.
    package var gateway: IPv4Address?
    /// It costs by the byte: probed every `ProbeSettings.meteredInterval` while it stands by.
    package var isMetered: Bool
    /// From 1 on: its mark, table and rule follow from it. The configuration counts in the order of the file; where an earlier run has been, `Slots` has the
    /// last word.
    package var number: Int
    package var ipv6: IPv6Handling
    package var drain: Drain
    package var mss: SegmentClamp
    /// What is configured for all WANs, overridden by what is for this one.
    package var probe: ProbeSettings

    package init(
        name: WANName, interface: InterfaceName, match: InterfaceMatch? = nil, metric: UInt32, gateway: IPv4Address? = nil,
        isMetered: Bool = false, number: Int,
        ipv6: IPv6Handling = .masquerade, drain: Drain? = nil, mss: SegmentClamp = .auto, probe: ProbeSettings? = nil
    ) {
        self.name = name
        self.interface = interface
        given = interface
        self.match = match
        isRemovable = match != nil
        self.metric = metric
        self.gateway = gateway
        self.isMetered = isMetered
        self.number = number
        self.ipv6 = ipv6
        self.drain = drain ?? Drain(limit: isMetered ? Drain.meteredLimit : nil)
        self.mss = mss
        self.probe = probe ?? ProbeSettings(readiness: ReadinessSettings(interval: .some(ReadinessSettings.interval(isMetered: isMetered))))
    }
}

extension WANSettings {
    /// The file says the same of both.
    package func isMeant(as other: WANSettings) -> Bool { match == other.match && (match != nil || given == other.given) }

    /// Its interface in the words of the file: a name, or what it is known by.
    package var meaning: String { match.map { "{\($0)}" } ?? given.description }

    /// nil: it has none, and never had.
    package var knownInterface: InterfaceName? { match != nil && interface == given ? nil : interface }
}

/// Which iptables to call. `auto`: the one that `iptables-restore` is on this box.
package enum IPTablesVariant: String, CaseIterable, Sendable, Codable { case auto, nft, legacy }

/// Who keeps masquerade and marks: iptables, with chains of ours in its tables, or nftables, with a table of our own.

/// Whether each switch gets a report of whom it reached.
package enum Reporting: String, CaseIterable, Sendable, Codable { case on, off }

/// Whether clients whose TCP sessions are moved to another WAN are told so, also those that only receive.
package enum Telling: String, CaseIterable, Sendable, Codable { case on, off }

/// Whether established sessions go past the rules, by a flowtable of nftables.
package enum FastPathUse: String, CaseIterable, Sendable, Codable { case on, off }

/// `masquerade`: we keep IPv6 by this WAN as we keep IPv4, and clients leave by its address whatever theirs is. `off`: IPv6 by this WAN is
/// somebody else's business.
package enum IPv6Handling: String, CaseIterable, Sendable, Codable { case masquerade, off }

/// What is done with the segment size that the two ends of a TCP session by a WAN agree on.
package enum SegmentClamp: Hashable, Sendable, CustomStringConvertible {
    case off
    /// No longer than what fits into the packets that pass.
    case auto
    case atMost(Int)

    /// 536 is what everybody takes (RFC 9293, section 3.7.1); 8960 fits into a packet of 9000.
    package static let sizes = 536...8960

    package var description: String {
        switch self {
        case .off: "off"
        case .auto: "auto"
        case .atMost(let size): "\(size)"
        }
    }
}
