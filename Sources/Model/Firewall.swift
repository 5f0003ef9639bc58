/// What the nat table should hold of ours: one masquerade rule for each of these interfaces, in UPLINKD_NAT, and one jump there.
package struct FirewallDesired: Equatable, Sendable, Codable {
    package var masquerade: [InterfaceName]

    package init(masquerade: [InterfaceName]) { self.masquerade = masquerade }
}

/// What the nat table holds of ours now.
package struct FirewallObserved: Equatable, Sendable, Codable {
    /// The rules of UPLINKD_NAT in the form of `iptables -S`, less `-A UPLINKD_NAT `: `-o eth0 -j MASQUERADE`. nil: no such chain.
    package var rules: [String]?
    /// How often POSTROUTING jumps to it. Anything but 1 is wrong.
    package var jumps: Int

    package init(rules: [String]?, jumps: Int) {
        self.rules = rules
        self.jumps = jumps
    }
}
