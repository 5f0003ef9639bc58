package import Model

/// What others on this box have that can get into our way.
package struct BoxRules {
    /// By turns of IPv4 and of IPv6.
    let iptables: [BoxListing]
    let nftables: BoxListing
    let isLegacyNAT: Bool
    /// The words of each routing rule.
    let routing: [[Substring]]

    var iptablesRules: [BoxRule] { iptables.flatMap(\.rules) }

    /// - Parameters:
    ///   - iptables: what `iptables-save` and `ip6tables-save` print, IPv4 and IPv6 by turns.
    ///   - legacy: the same of the legacy variant.
    ///   - nftables: what `nft -y list ruleset` prints.
    ///   - routing: what `ip rule` and `ip -6 rule` print.
    package init(iptables: [String] = [], legacy: [String] = [], nftables: String = "", routing: String = "") {
        let old = legacy.map(BoxListing.init(iptables:))
        isLegacyNAT = old.contains { $0.rules.contains { $0.table == "nat" } }
        self.iptables = iptables.map(BoxListing.init(iptables:)) + old
        self.nftables = BoxListing(nftables: nftables)
        self.routing = routing.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" } }
    }

    /// Sentences without their ends, each with what to do.
    /// - Parameter kind: of our iptables, `nft` or `legacy`; nil for nftables.
    package func warnings(for settings: Settings, kind: String?) -> [String] {
        markConflicts(settings.markMask, wans: settings.wans.count) + fixedAddresses(settings.wans) + (kind.map(earlierNAT) ?? [])
            + untracked(settings) + closedForwarding(settings)
    }
}

/// `eth0`, or all that begin alike: `usb+` of iptables, `usb*` of nftables.
func matches(_ pattern: Substring, _ interface: String) -> Bool {
    pattern.last == "+" || pattern.last == "*" ? interface.hasPrefix(pattern.dropLast()) : pattern == interface
}
