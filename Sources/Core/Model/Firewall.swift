/// A table of the packet filter that holds something of ours. The order is that in which they are seen to: a client without NAT is offline.
package enum FirewallPlace: String, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable, Comparable {
    /// Of iptables.
    case nat, mangle
    /// The same of ip6tables.
    case nat6, mangle6
    /// `table inet uplinkd` of nftables, for both families.
    case inet

    package var isIPv6: Bool { self == .nat6 || self == .mangle6 }
    package var holdsNAT: Bool { self != .mangle && self != .mangle6 }
    /// As iptables calls it.
    package var table: String { self == .mangle || self == .mangle6 ? "mangle" : "nat" }

    /// The command that shows it.
    package var look: String {
        switch self {
        case .nat, .mangle: "iptables-save -t \(table)"
        case .nat6, .mangle6: "ip6tables-save -t \(table)"
        case .inet: "nft list table inet \(Territory.nftTable)"
        }
    }

    package static func < (a: Self, b: Self) -> Bool { allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0 }
}

/// What a place holds of ours: chains by their names, each with its rules.
///
/// Of iptables: our chains in the form of `iptables -S` less `-A CHAIN `, and of the kernel's own chains those that jump to one of ours, with the
/// jumps, and an empty text for whatever of others stands before, between and after them. Of nftables: every chain of our table, with
/// its hook and the comments of its rules.
package typealias FirewallContents = [String: [String]]

/// All that we want of the firewall.
package struct FirewallDesired: Equatable, Sendable {
    package struct WAN: Equatable, Sendable {
        package var interface: InterfaceName
        package var mark: UInt32
        /// IPv6 by this WAN is ours as well.
        package var hasIPv6: Bool

        package init(interface: InterfaceName, mark: UInt32, hasIPv6: Bool) {
            self.interface = interface
            self.mark = mark
            self.hasIPv6 = hasIPv6
        }
    }

    /// The fault of a drill, as far as rules play it.
    package struct Drill: Equatable, Sendable {
        package var wan: WAN
        package var fault: DrillFault
        /// When the rules are in force, in seconds of Unix time.
        package var window: ClosedRange<Int64>

        package init(wan: WAN, fault: DrillFault, window: ClosedRange<Int64>) {
            self.wan = wan
            self.fault = fault
            self.window = window
        }
    }

    package var backend: FirewallBackend
    /// The first choice first.
    package var wans: [WAN]
    /// The bits of packets' and sessions' marks that are ours.
    package var mask: UInt32
    package var drill: Drill?

    package init(backend: FirewallBackend, wans: [WAN], mask: UInt32, drill: Drill? = nil) {
        self.backend = backend
        self.wans = wans
        self.mask = mask
        self.drill = drill
    }

    /// - Parameter drill: one that plays its fault now.
    package init(_ settings: Settings, drill order: DrillOrder? = nil) {
        let wans = settings.wans.map {
            WAN(interface: $0.interface, mark: settings.markMask.mark(ofWAN: $0.number), hasIPv6: $0.ipv6 == .masquerade)
        }
        self.init(backend: settings.firewall, wans: wans, mask: settings.markMask.bits)
        if let order, order.fault.needsRules, let index = settings.wans.firstIndex(where: { $0.name == order.wan }) {
            drill = Drill(wan: wans[index], fault: order.fault, window: order.window)
        }
    }

    package var withoutDrill: FirewallDesired { FirewallDesired(backend: backend, wans: wans, mask: mask) }

    /// The drill as far as this place plays it: as what is masqueraded is, too, IPv6 that is somebody else's stays so.
    package func drill(in place: FirewallPlace) -> Drill? {
        guard let drill, places.contains(place) else { return nil }
        switch place {
        case .mangle, .inet: return drill
        case .mangle6: return drill.wan.hasIPv6 ? drill : nil
        case .nat, .nat6: return nil
        }
    }

    /// Where to look: also where nothing is wanted, because an earlier configuration may have wanted something there.
    package var places: [FirewallPlace] { Self.places(of: backend) }
    package static func places(of backend: FirewallBackend) -> [FirewallPlace] {
        backend == .nftables ? [.inet] : [.nat, .mangle, .nat6, .mangle6]
    }

    /// Those whose packets this place sees.
    package func wans(in place: FirewallPlace) -> [WAN] { place.isIPv6 ? wans.filter(\.hasIPv6) : wans }
    package func isWanted(in place: FirewallPlace) -> Bool { places.contains(place) && !wans(in: place).isEmpty }
}
