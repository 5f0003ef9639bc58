package import Model

/// Rules of others that give sessions by one of our WANs an address that is written down: SNAT and NETMAP. Such a session keeps it whatever becomes of
/// its WAN, where masquerade lets go of a session as soon as it leaves by another interface.
package enum FixedAddresses {
    /// A sentence for each rule, with what to do about it.
    package static func warnings(iptables: [String], nftables: String, wans: [WANSettings]) -> [String] {
        var rules: [(rule: String, interface: Substring?, isInverted: Bool)] = []
        for text in iptables {
            var isNAT = false
            for line in text.split(separator: "\n") {
                if line.hasPrefix("*") { isNAT = line == "*nat" }
                guard isNAT, line.hasPrefix("-A "), !line.hasPrefix("-A PREROUTING "), !line.hasPrefix("-A OUTPUT ") else { continue }
                let words = line.split(separator: " ")
                guard let jump = words.firstIndex(of: "-j"), jump + 1 < words.count, ["SNAT", "NETMAP"].contains(words[jump + 1]) else {
                    continue
                }
                let out = words.firstIndex(of: "-o")
                rules.append((String(line), out.map { words[$0 + 1] }, out.map { words[$0 - 1] == "!" } ?? false))
            }
        }
        var table = ""
        var isPost = false
        for line in nftables.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.first == "table" { table = words.dropLast().joined(separator: " ") }
            // A chain without a hook may be called from one that has.
            if words.first == "chain" { isPost = true }
            if words.first == "type" { isPost = words.contains("postrouting") }
            // `snat to ip saddr` leaves the address as it is: that is how an exception is made.
            guard isPost, words.contains("snat"), !line.contains("to ip saddr"), !line.contains("to ip6 saddr"), words.first != "type",
                table != "table inet \(Territory.nftTable)", !iptables.contains(where: { !$0.isEmpty }) || !isIPTables(table)
            else { continue }
            let out = words.firstIndex(of: "oifname") ?? words.firstIndex(of: "oif")
            let isInverted = out.map { $0 + 1 < words.count && words[$0 + 1] == "!=" } ?? false
            let name = out.flatMap { out in words.indices.contains(out + (isInverted ? 2 : 1)) ? words[out + (isInverted ? 2 : 1)] : nil }
            rules.append(("\(words.joined(separator: " ")) (\(table))", name.map { $0.filter { $0 != "\"" }[...] }, isInverted))
        }
        var told: Set<String> = []
        return rules.compactMap { rule, interface, isInverted in
            // One variant of iptables may be read under two names.
            guard told.insert(rule).inserted else { return nil }
            let caught = wans.filter { wan in interface.map { matches($0, wan.interface) != isInverted } ?? true }
            guard !caught.isEmpty else { return nil }
            return
                "a rule of somebody's gives sessions by \(caught.map(\.name.description).joined(separator: ", ")) a fixed address, with which they can't "
                + "move to another WAN: take it out, since uplinkd masquerades by itself, or limit it to what has to have that address: \(rule)"
        }
    }

    private static func isIPTables(_ table: String) -> Bool { table == "table ip nat" || table == "table ip6 nat" }

    private static func matches(_ pattern: Substring, _ interface: InterfaceName) -> Bool {
        let name = interface.description
        return pattern.last == "+" || pattern.last == "*" ? name.hasPrefix(String(pattern.dropLast())) : name == pattern
    }
}
