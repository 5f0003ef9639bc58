package import Model

/// What other programs do with the marks of packets and sessions, read from what `iptables-save`, `nft list ruleset` and `ip rule` print.
///
/// A whole mark that is compared, or set, belongs to somebody who wants none of our packets: WireGuard's 0xca6c never equals one of ours, and a
/// packet of the box's own that carries a mark isn't touched by us. So only bits count that somebody picks out with a mask, whole marks that
/// consist of our bits alone, and whole marks that are put on forwarded packets.
package struct MarkUse: Equatable, Sendable {
    /// Who, as far as names and numbers tell, and where: `Tailscale (chain ts-forward)`.
    package var user: String
    package var bits: UInt32
    /// They aren't picked out: the whole mark is replaced.
    package var isWhole = false

    /// - Parameters:
    ///   - iptables: what `iptables-save` and the like print.
    ///   - nftables: what `nft list ruleset` prints.
    ///   - rules: what `ip rule` and `ip -6 rule` print.
    package static func all(iptables: [String], nftables: String, rules: String) -> [MarkUse] {
        var uses: [MarkUse] = []
        for text in iptables { readIPTables(text, &uses) }
        readNFTables(nftables, &uses)
        readRules(rules, &uses)
        return uses
    }

    /// A sentence for each user of our bits, with what to do about it.
    package static func conflicts(_ uses: [MarkUse], mask: MarkMask, wans: Int) -> [String] {
        var bits: [(user: String, bits: UInt32)] = []
        for use in uses where use.bits & mask.bits != 0 {
            // A whole mark that is compared equals none of ours unless it has our bits alone.
            if use.isWhole && use.bits != .max && use.bits & ~mask.bits != 0 { continue }
            if let index = bits.firstIndex(where: { $0.user == use.user }) {
                bits[index].bits |= use.bits
            } else {
                bits.append((use.user, use.bits))
            }
        }
        guard !bits.isEmpty else { return [] }
        // Bits that somebody replaces with the whole mark are nowhere safe from him, so he doesn't limit the choice.
        let taken = uses.reduce(UInt32(0)) { $1.isWhole ? $0 : $0 | $1.bits }
        let advice =
            free(besides: taken, width: mask.bits.nonzeroBitCount, wans: wans).map {
                "set `mark-mask: \(hexadecimal($0))`, which nobody here uses"
            }
            ?? "there aren't enough bits left that nobody uses: one of the two has to go without"
        return bits.map { user, bits in
            bits == .max
                ? "\(user) replaces whole marks, ours (\(hexadecimal(mask.bits))) with them, so sessions may change their WAN: let it set its own bits only"
                : "\(user) uses the mark bits \(hexadecimal(bits)), and ours are \(hexadecimal(mask.bits)), so each takes the other's marks for its "
                    + "own: \(advice)"
        }
    }

    /// As many bits in a row as there are now, or as few as the WANs need.
    private static func free(besides taken: UInt32, width: Int, wans: Int) -> UInt32? {
        for width in [width, UInt32.bitWidth - UInt32(wans).leadingZeroBitCount] {
            let run: UInt32 = width >= 32 ? .max : 1 << UInt32(width) - 1
            // From the top: most others are at the bottom. Whole digits first, because they are easier to read.
            for step in [4, 1] {
                for shift in stride(from: 32 - width, through: 0, by: -step) where run << UInt32(shift) & taken == 0 {
                    return run << UInt32(shift)
                }
            }
        }
        return nil
    }

    // MARK: iptables

    private static func readIPTables(_ text: String, _ uses: inout [MarkUse]) {
        for line in text.split(separator: "\n") where line.hasPrefix("-A ") && line.contains("mark") {
            let words = line.split(separator: " ")
            let chain = String(words[1])
            // wg-quick's save and restore the mark of WireGuard's own packets.
            guard !chain.hasPrefix("UPLINKD_"), !line.contains("wg-quick(8)") else { continue }
            let isOwn = chain == "OUTPUT" || chain == "INPUT"
            let user = user(ofChain: chain)
            for (option, value) in zip(words, words.dropFirst()) {
                let parts = value.split(separator: "/")
                guard let mark = parts.first.flatMap({ number($0) }) else { continue }
                let mask = parts.count > 1 ? number(parts[1]) ?? .max : .max
                switch option {
                case "--set-xmark": add(MarkUse(user: user, bits: mask | mark), isSet: true, isOwn: isOwn, &uses)
                case "--mark":
                    add(MarkUse(user: user, bits: mask == .max ? mark : mask), isSet: false, isOwn: isOwn, isWhole: mask == .max, &uses)
                case "--nfmask", "--ctmask": add(MarkUse(user: user, bits: mark), isSet: true, isOwn: isOwn, &uses)
                default: break
                }
            }
        }
    }

    private static func add(_ use: MarkUse, isSet: Bool, isOwn: Bool, isWhole: Bool = false, _ uses: inout [MarkUse]) {
        var use = use
        if isSet {
            use.isWhole = use.bits == .max
            // On the box's own packets that is their maker's business.
            if use.isWhole && isOwn { return }
        } else {
            use.isWhole = isWhole
        }
        uses.append(use)
    }

    // MARK: nftables

    private static func readNFTables(_ text: String, _ uses: inout [MarkUse]) {
        var table = ""
        var isOther = false
        var isOutput = false
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.first == "table", words.count >= 3 {
                table = String(words[2])
                // iptables' own tables are read in its own words.
                isOther = !["ip", "ip6"].contains(words[1]) || !["filter", "nat", "mangle", "raw", "security"].contains(table)
                isOther = isOther && table != Territory.nftTable && !table.hasPrefix("wg-quick-")
            } else if words.first == "type" {
                isOutput = words.contains("output")
            } else if isOther {
                for index in words.indices.dropFirst() where words[index] == "mark" && ["meta", "ct"].contains(words[index - 1]) {
                    // What a mark is set to is read with what is set.
                    if index > 1, words[index - 2] == "set" { continue }
                    readExpression(words[(index + 1)...], of: words[index - 1], user(ofChain: table, kind: "table"), isOutput, &uses)
                }
            }
        }
    }

    /// What follows `meta mark` or `ct mark` in a rule.
    private static func readExpression(
        _ words: ArraySlice<Substring>, of kind: Substring, _ user: String, _ isOwn: Bool, _ uses: inout [MarkUse]
    ) {
        let words = Array(words.prefix(7))
        func value(after sign: String) -> UInt32? {
            words.firstIndex(of: Substring(sign)).flatMap { $0 + 1 < words.count ? number(words[$0 + 1]) : nil }
        }
        switch words.first {
        case "set":
            // `meta mark set meta mark & KEPT | SET`; with anything else than itself the whole mark is new.
            let isSame = words.count > 2 && words[1] == kind && words[2] == "mark"
            let bits = isSame ? ~(value(after: "&") ?? .max) | (value(after: "|") ?? 0) | (value(after: "^") ?? 0) : .max
            add(MarkUse(user: user, bits: bits), isSet: true, isOwn: isOwn, &uses)
        case "&": if let mask = value(after: "&") { uses.append(MarkUse(user: user, bits: mask)) }
        case "!=", "==":
            if words.count > 1, let mark = number(words[1]) {
                add(MarkUse(user: user, bits: mark), isSet: false, isOwn: isOwn, isWhole: true, &uses)
            }
        case let word?:
            if let mark = number(word) { add(MarkUse(user: user, bits: mark), isSet: false, isOwn: isOwn, isWhole: true, &uses) }
        case nil: break
        }
    }

    // MARK: routing rules

    /// `5210:	from all fwmark 0x80000/0xff0000 lookup main`
    private static func readRules(_ text: String, _ uses: inout [MarkUse]) {
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let at = words.firstIndex(of: "fwmark"), at + 1 < words.count else { continue }
            if line.contains(" proto \(Territory.routeProtocolName)") || line.contains(" proto \(Territory.routeProtocol)") { continue }
            let parts = words[at + 1].split(separator: "/")
            guard let mark = parts.first.flatMap({ number($0) }) else { continue }
            let mask = parts.count > 1 ? number(parts[1]) ?? .max : .max
            let priority = String(words[0].dropLast())
            let name =
                switch UInt32(priority) ?? 0 {
                case 5200...5299: "Tailscale (routing rule \(priority))"
                case 1001...3999: "mwan3 or somebody with its numbers (routing rule \(priority))"
                default: "the routing rule \(priority)"
                }
            uses.append(MarkUse(user: name, bits: mask == .max ? mark : mask, isWhole: mask == .max))
        }
    }

    // MARK: names and numbers

    private static func user(ofChain chain: String, kind: String = "chain") -> String {
        let known = [
            ("ts-", "Tailscale"), ("KUBE-", "kube-proxy"), ("kube-proxy", "kube-proxy"), ("mwan3", "mwan3"), ("cali", "Calico"),
            ("CILIUM", "Cilium"),
            ("DOCKER", "Docker"), ("LIBVIRT", "libvirt"), ("libvirt", "libvirt"), ("firewalld", "firewalld"), ("ufw", "ufw"),
        ]
        return known.first { chain.hasPrefix($0.0) }.map { "\($0.1) (\(kind) \(chain))" } ?? "a rule in \(kind) \(chain)"
    }

    private static func number(_ text: Substring) -> UInt32? {
        let text = text.last == "," || text.last == ";" ? text.dropLast() : text
        return text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    }
}
