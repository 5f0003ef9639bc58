internal import Glibc
package import Model
import Plan
internal import Subprocess
internal import Survey

/// What others on this box have that gets into our way: looked at once, and told; never changed.
package enum BoxSurvey {
    /// Sentences; none if all is well. What can't be looked at is left out: a program that isn't there has made no rules.
    package static func warnings(for settings: Settings) async -> [String] {
        let path = FirewallChild.searched(nil, nil)
        func output(_ program: String, _ arguments: [String] = []) async -> String {
            guard let found = try? await FirewallChild.locate(program, in: path, "") else { return "" }
            return (try? await FirewallChild.run(found, arguments, limit: .seconds(5))) ?? ""
        }
        // Both variants, whichever of them is ours. The legacy one prints the tables that there are, and makes none.
        let iptables = [await output("iptables-nft-save"), await output("ip6tables-nft-save")]
        let legacy = [await output("iptables-legacy-save"), await output("ip6tables-legacy-save")]
        // A box that has but one variant may call it by neither name.
        let other = iptables[0].isEmpty && legacy[0].isEmpty ? [await output("iptables-save"), await output("ip6tables-save")] : []
        let nftables = await output("nft", ["-y", "list", "ruleset"])
        let routing = await output("ip", ["rule"]) + output("ip", ["-6", "rule"])
        return BoxRules(iptables: iptables + other, legacy: legacy, nftables: nftables, routing: routing).warnings(
            for: settings, kind: await Firewalls.variant(of: FirewallChoice(settings))) + leaseWarning(settings.leases)
    }

    private static func leaseWarning(_ path: String?) -> [String] {
        guard let path, access(path, R_OK) != 0 else { return [] }
        return ["the lease file \(path) can't be read (\(String(cString: strerror(errno)))), so clients have no names"]
    }
}
