package import Model

/// A rule of the packet filter, of whoever made it, in the words that `iptables-save` or `nft -y list ruleset` prints.
struct BoxRule {
    /// `nat`; of nftables `inet qos`.
    var table: String
    var chain: String
    /// Of nftables: `type nat hook postrouting priority 100`; empty for a chain that only others call.
    var hook: [Substring] = []
    var words: [Substring]
    /// What stands after this word.
    func value(of word: Substring) -> Substring? {
        words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }

    /// Ours are left out.
    static func iptables(_ text: String) -> [BoxRule] {
        var table = ""
        return text.split(separator: "\n").compactMap { line in
            if line.first == "*" { table = String(line.dropFirst()) }
            guard line.hasPrefix("-A ") else { return nil }
            let words = split(line)
            let chain = String(words[1])
            // The jumps to ours as well: no condition of theirs says anything of others.
            guard !Territory.chains.contains(chain), !Territory.chains.contains(String(words[words.count - 1])) else { return nil }
            return BoxRule(table: table, chain: chain, words: words)
        }
    }

    /// Those of iptables-nft are here as well, as tables of `ip` and `ip6`.
    static func nftables(_ text: String) -> [BoxRule] {
        var rule = BoxRule(table: "", chain: "", words: [])
        var rules: [BoxRule] = []
        for line in text.split(separator: "\n") {
            let words = split(line)
            switch words.first {
            case nil, "}": break
            case "table": rule.table = words[1...].prefix(2).joined(separator: " ")
            case "chain":
                rule.chain = words.count > 1 ? String(words[1]) : ""
                rule.hook = []
            case "type": rule.hook = words
            default:
                rule.words = words
                if rule.table != "inet \(Territory.nftTable)" { rules.append(rule) }
            }
        }
        return rules
    }

    @inline(never)
    static func split(_ line: Substring) -> [Substring] { line.split { $0 == " " || $0 == "\t" || $0 == ";" } }
}

/// What others on this box have that can get into our way.
package struct BoxRules {
    let iptables: [BoxRule]
    let nftables: [BoxRule]
    let isLegacyNAT: Bool
    let routing: [[Substring]]

    /// - Parameters:
    ///   - iptables: what `iptables-save`, `ip6tables-save` and the like print.
    ///   - legacy: the same of the legacy variant.
    ///   - nftables: what `nft -y list ruleset` prints.
    ///   - routing: what `ip rule` and `ip -6 rule` print.
    package init(iptables: [String] = [], legacy: [String] = [], nftables: String = "", routing: String = "") {
        let old = legacy.flatMap(BoxRule.iptables)
        isLegacyNAT = old.contains { $0.table == "nat" }
        self.iptables = iptables.flatMap(BoxRule.iptables) + old
        self.nftables = BoxRule.nftables(nftables)
        self.routing = routing.split(separator: "\n").map(BoxRule.split)
    }

    /// Sentences without their ends, each with what to do.
    /// - Parameter kind: of our iptables, `nft` or `legacy`; nil for nftables.
    package func warnings(for settings: Settings, kind: String?) -> [String] {
        markConflicts(settings.markMask, wans: settings.wans.count) + fixedAddresses(settings.wans) + (kind.map(earlierNAT) ?? [])
    }
}
