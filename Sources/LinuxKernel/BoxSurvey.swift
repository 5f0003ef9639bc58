internal import Glibc
package import Model
internal import Plan
internal import Subprocess

/// What others on this box have that gets into our way: looked at once, and told; never changed.
package enum BoxSurvey {
    /// Sentences; none if all is well. What can't be looked at is left out: a program that isn't there has made no rules.
    package static func warnings(for settings: Settings) async -> [String] {
        let path = FirewallChild.searched(nil, nil)
        func output(_ program: String, _ arguments: [String] = []) async -> String {
            guard let found = try? await FirewallChild.locate(program, in: path, "") else { return "" }
            return (try? await FirewallChild.run(found, arguments, limit: .seconds(5))) ?? ""
        }
        var iptables: [String] = []
        // Both variants, whichever of them is ours. The legacy one prints the tables that there are, and makes none.
        for variant in ["-nft", "-legacy", ""] {
            for program in ["iptables", "ip6tables"] { iptables.append(await output("\(program)\(variant)-save")) }
        }
        let nftables = await output("nft", ["-y", "list", "ruleset"])
        let kind: String? = settings.firewall == .iptables ? (try? await IPTables.find(settings.iptables))?.kind : nil
        let rules = await output("ip", ["rule"]) + output("ip", ["-6", "rule"])
        return MarkUse.conflicts(
            MarkUse.all(iptables: iptables, nftables: nftables, rules: rules), mask: settings.markMask, wans: settings.wans.count)
            + FixedAddresses.warnings(iptables: iptables, nftables: nftables, wans: settings.wans)
            + EarlierNAT.warnings(kind: kind, legacy: iptables[2...3], nftables: nftables)
            + ForwardingPolicy.warnings(iptables: iptables, nftables: nftables, settings: settings)
    }
}
