package import Model
package import Plan

/// What `iptables-save -t nat` prints, as far as it is ours.
package enum IPTablesSave {
    /// Throws if the text ends inside the table: half a reading would have rules put in twice.
    package static func parse(_ text: String) throws(FirewallError) -> FirewallObserved {
        var observed = FirewallObserved(rules: nil, jumps: 0)
        var isInNAT = false
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("#") {
                // iptables-nft says so, and exits with 0, where a rule was made with `nft` that it has no words for.
                if line.contains("incompatible") {
                    throw FirewallError(
                        "the nat table holds rules that iptables can't read: they were made with nft; take them out of `table ip nat`")
                }
            } else if line.hasPrefix("*") {
                isInNAT = line == "*nat"
            } else if line == "COMMIT" {
                isInNAT = false
            } else if isInNAT {
                read(line, into: &observed)
            }
        }
        guard !isInNAT else { throw FirewallError("iptables-save stopped in the middle of the nat table") }
        return observed
    }

    private static func read(_ line: Substring, into observed: inout FirewallObserved) {
        if line.hasPrefix(":") {
            // `:UPLINKD_NAT - [0:0]`
            if line.dropFirst().prefix(while: { $0 != " " }) == Territory.natChain { observed.rules = observed.rules ?? [] }
            return
        }
        var rule = line
        // `iptables-save -c` puts the counters first: `[12:3456] -A …`.
        if rule.hasPrefix("["), let end = rule.firstIndex(of: " ") { rule = rule[rule.index(after: end)...] }
        let words = rule.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "-A" else { return }
        let body = words.count == 3 ? words[2] : ""
        if words[1] == Territory.natChain {
            observed.rules = (observed.rules ?? []) + [String(body)]
        } else if words[1] == "POSTROUTING", body == "-j \(Territory.natChain)" {
            // A jump on a condition or with a comment is somebody else's, and isn't enough.
            observed.jumps += 1
        }
    }
}
