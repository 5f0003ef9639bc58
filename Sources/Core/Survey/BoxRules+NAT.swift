package import Model

extension BoxRules {
    /// Rules that give sessions by one of our WANs an address that is written down: SNAT and NETMAP. Such a session keeps it whatever becomes of
    /// its WAN, where masquerade lets go of a session as soon as it leaves by another interface.
    package func fixedAddresses(_ wans: [WANSettings]) -> [String] {
        var told: Set<String> = []
        // `snat to ip saddr` leaves the address as it is: that is how an exception is made.
        let fixed =
            iptablesRules.filter { rule in
                rule.table == "nat" && rule.chain != "PREROUTING" && rule.chain != "OUTPUT"
                    && (rule.value(of: "-j") == "SNAT" || rule.value(of: "-j") == "NETMAP")
            }
            + nftables.rules.filter {
                $0.words.contains("snat") && !$0.words.contains("xt") && $0.words.last != "saddr" && !isOfIPTables($0)
            }
        return fixed.compactMap { rule in
            // One variant of iptables may be read under two names.
            guard told.insert(rule.text).inserted else { return nil }
            // `-o eth0`, `! -o eth0`, `oifname != "eth0"`
            let place = ["-o", "oifname", "oif"].lazy.compactMap { rule.words.firstIndex(of: $0) }.first
            let isUnequal = place.flatMap { rule.words[safe: $0 + 1] } == "!="
            let isInverted = isUnequal || place.flatMap { rule.words[safe: $0 - 1] } == "!"
            let name = place.flatMap { rule.words[safe: $0 + (isUnequal ? 2 : 1)] }?.unquoted
            let caught = wans.filter { wan in name.map { matches($0, wan.interface.description) != isInverted } ?? true }.map(
                \.name.description)
            guard !caught.isEmpty else { return nil }
            return
                "a rule of somebody's gives sessions by \(caught.joined(separator: ", ")) a fixed address, with which they can't move to another WAN: "
                + "take it out, since uplinkd masquerades by itself, or limit it to what has to have that address: \(rule.text)"
        }
    }

    /// What conntrack is told to leave alone has no session, and is not without one either: neither NAT nor our refusal sees it.
    package func untracked(_ settings: Settings) -> [String] {
        var told: Set<String> = []
        let rules =
            iptablesRules.filter {
                $0.table == "raw" && $0.chain != "OUTPUT" && ($0.words.contains("--notrack") || $0.value(of: "-j") == "NOTRACK")
            }
            + nftables.rules.filter { $0.words.contains("notrack") && !$0.hook.contains("output") && !isOfIPTables($0) }
        return rules.compactMap { rule in
            guard told.insert(rule.text).inserted else { return nil }
            let place = ["-i", "iifname", "iif"].lazy.compactMap { rule.words.firstIndex(of: $0) }.first
            if let place, rule.words[safe: place - 1] != "!", let name = rule.words[safe: place + 1]?.unquoted, name != "!=", name != "{",
                !settings.lan.contains(where: { matches(name, $0.description) })
            {
                return nil
            }
            return
                "a rule of somebody's takes packets out of connection tracking, and what of them goes from the LAN to a WAN leaves with its source on the "
                + "LAN, so nobody can answer it: take it out, or limit it to what stays in the house: \(rule.text)"
        }
    }

    /// NAT that the kernel asks before iptables' of the kind that we use: once it has given a session its address, nobody else is asked, and the
    /// session stays unmarked. Among hooks of the same priority the youngest comes first; our table of nftables comes before all others.
    package func earlierNAT(_ kind: String) -> [String] {
        var tables: [String] = []
        for rule in nftables.rules where rule.hook.count >= 6 && rule.hook[1] == "nat" && (kind == "legacy" || !isOfIPTables(rule)) {
            let last = rule.hook[3] == "prerouting" ? -100 : rule.hook[3] == "postrouting" ? 100 : Int.min
            let table = "table \(rule.table)"
            if let priority = Int(rule.hook[5]), priority <= last, !tables.contains(table) { tables.append(table) }
        }
        if kind == "nft", isLegacyNAT { tables.append("the nat table of iptables-legacy") }
        guard !tables.isEmpty else { return [] }
        return [
            "\(tables.joined(separator: ", ")) may give sessions their addresses before iptables can mark them: such sessions don't stay with their WAN "
                + "at a failback, and a port forward made there is answered by the selected WAN only; set `firewall: nftables`, which comes before all others"
        ]
    }

    /// A table that iptables-nft made: read in its own words, by `iptables-save`.
    func isOfIPTables(_ rule: BoxRule) -> Bool {
        let words = rule.table.split(separator: " ")
        return words.count == 2 && (words[0] == "ip" || words[0] == "ip6")
            && ["filter", "nat", "mangle", "raw", "security"].contains(words[1])
    }
}
