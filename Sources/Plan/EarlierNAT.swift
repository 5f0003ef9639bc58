import Model

/// NAT of others that the kernel asks before iptables' of the kind that we use: once it has given a session its address, nobody else is asked, and the
/// session stays unmarked. Among hooks of the same priority the youngest comes first.
package enum EarlierNAT {
    /// - Parameters:
    ///   - kind: of our iptables, `nft` or `legacy`; nil for nftables, whose chains come before all others.
    ///   - legacy: what `iptables-legacy-save` and its IPv6 sister print.
    ///   - nftables: what `nft -y list ruleset` prints.
    package static func warnings(kind: String?, legacy: ArraySlice<String>, nftables: String) -> [String] {
        guard let kind else { return [] }
        var tables: [String] = []
        var table = ""
        for line in nftables.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == ";" }
            if words.first == "table" { table = words.dropLast().joined(separator: " ") }
            // `type nat hook postrouting priority 100; policy accept;`
            guard words.count >= 6, words[0] == "type", words[1] == "nat", let priority = Int(words[5]),
                priority <= (words[3] == "prerouting" ? -100 : 100), words[3].hasSuffix("routing"),
                table != "table inet \(Territory.nftTable)",
                kind == "legacy" || table != "table ip nat" && table != "table ip6 nat", !tables.contains(table)
            else { continue }
            tables.append(table)
        }
        if kind == "nft", legacy.contains(where: hasNAT) { tables.append("the nat table of iptables-legacy") }
        guard !tables.isEmpty else { return [] }
        return [
            "\(tables.joined(separator: ", ")) may give sessions their addresses before iptables can mark them: such sessions don't stay with their WAN at "
                + "a failback, and a port forward made there is answered by the selected WAN only; set `firewall: nftables`, which comes before all others"
        ]
    }

    private static func hasNAT(_ text: String) -> Bool {
        var isNAT = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("*") { isNAT = line == "*nat" }
            if isNAT, line.hasPrefix("-A "), !line.contains("UPLINKD_") { return true }
        }
        return false
    }
}
