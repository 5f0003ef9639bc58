package import Model

/// What other programs do with the marks of packets and sessions.
///
/// A whole mark that is compared, or set, belongs to somebody who wants none of our packets: WireGuard's 0xca6c never equals one of ours, and a
/// packet of the box's own that carries a mark isn't touched by us. So only bits count that somebody picks out with a mask, whole marks that
/// consist of our bits alone, and whole marks that are put on forwarded packets.
extension BoxRules {
    private struct Use {
        /// Who, as far as names and numbers tell, and where: `Tailscale (chain ts-forward)`.
        var user: String
        var bits: UInt32
        /// They aren't picked out: the whole mark is compared or replaced.
        var isWhole = false
    }

    /// A sentence for each user of our bits.
    package func markConflicts(_ mask: MarkMask, wans: Int) -> [String] {
        var uses: [Use] = []
        for rule in iptablesRules { read(rule, &uses) }
        for rule in nftables.rules where !isOfIPTables(rule) { readNFTables(rule, &uses) }
        for words in routing { readRouting(words, &uses) }

        var users: [Use] = []
        for use in uses where use.bits & mask.bits != 0 {
            // A whole mark that is compared equals none of ours unless it has our bits alone.
            if use.isWhole && use.bits != .max && use.bits & ~mask.bits != 0 { continue }
            if let index = users.firstIndex(where: { $0.user == use.user }) { users[index].bits |= use.bits } else { users.append(use) }
        }
        guard !users.isEmpty else { return [] }
        // Bits that somebody replaces with the whole mark are nowhere safe from him, so he doesn't limit the choice.
        let taken = uses.reduce(UInt32(0)) { $1.isWhole ? $0 : $0 | $1.bits }
        let advice =
            free(besides: taken, width: mask.bits.nonzeroBitCount, wans: wans).map {
                "set `mark-mask: \(hexadecimal($0))`, which nobody here uses"
            }
            ?? "there aren't enough bits left that nobody uses: one of the two has to go without"
        return users.map { use in
            use.bits == .max
                ? "\(use.user) replaces whole marks, ours (\(hexadecimal(mask.bits))) with them, so sessions may change their WAN: let it set its own "
                    + "bits only"
                : "\(use.user) uses the mark bits \(hexadecimal(use.bits)), and ours are \(hexadecimal(mask.bits)), so each takes the other's marks for "
                    + "its own: \(advice)"
        }
    }

    /// As many bits in a row as there are now, or as few as the WANs need.
    private func free(besides taken: UInt32, width: Int, wans: Int) -> UInt32? {
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

    private func read(_ rule: BoxRule, _ uses: inout [Use]) {
        // wg-quick's save and restore the mark of WireGuard's own packets.
        guard !rule.words.contains(where: { $0.unquoted.hasPrefix("wg-quick(8)") }) else { return }
        for index in rule.words.indices.dropLast() {
            guard let (mark, mask) = Self.mark(rule.words[index + 1]) else { continue }
            switch rule.words[index] {
            case "--mark": compared(mark, mask, user(rule.chain, "chain"), &uses)
            case "--set-xmark": changed(mark | mask, user(rule.chain, "chain"), isOwn: rule.chain == "OUTPUT", &uses)
            case "--nfmask", "--ctmask": changed(mark, user(rule.chain, "chain"), isOwn: rule.chain == "OUTPUT", &uses)
            default: break
            }
        }
    }

    private func compared(_ mark: UInt32, _ mask: UInt32, _ user: String, _ uses: inout [Use]) {
        uses.append(Use(user: user, bits: mask == .max ? mark : mask, isWhole: mask == .max))
    }

    /// A whole mark on the box's own packets is their maker's business.
    private func changed(_ bits: UInt32, _ user: String, isOwn: Bool, _ uses: inout [Use]) {
        if bits != .max || !isOwn { uses.append(Use(user: user, bits: bits, isWhole: bits == .max)) }
    }

    /// `meta mark set meta mark & KEPT | SET`, `ct mark & MASK == VALUE`, `meta mark != VALUE`.
    private func readNFTables(_ rule: BoxRule, _ uses: inout [Use]) {
        guard !rule.table.hasPrefix("ip wg-quick-"), !rule.table.hasPrefix("ip6 wg-quick-") else { return }
        let words = rule.words
        let user = user(String(rule.table.split(separator: " ").last ?? ""), "table")
        for index in words.indices where words[index] == "mark" && index > 0 && (words[index - 1] == "meta" || words[index - 1] == "ct") {
            // What a mark is set to is read with what is set.
            if index > 1, words[index - 2] == "set" { continue }
            let rest = Array(words[(index + 1)...].prefix(7))
            let operand = { (sign: Substring) in
                rest.firstIndex(of: sign).flatMap { rest[safe: $0 + 1] }.flatMap { Self.mark($0)?.value }
            }
            if rest.first == "set" {
                // With anything else than itself the whole mark is new.
                let isSame = rest[safe: 1] == words[index - 1] && rest[safe: 2] == "mark"
                let bits = isSame ? ~(operand("&") ?? .max) | (operand("|") ?? 0) | (operand("^") ?? 0) : .max
                changed(bits, user, isOwn: rule.hook.contains("output"), &uses)
            } else if rest.first == "&" {
                if let mask = operand("&") { uses.append(Use(user: user, bits: mask)) }
            } else if let value = operand("!=") ?? operand("==") ?? rest.first.flatMap({ Self.mark($0)?.value }) {
                compared(value, .max, user, &uses)
            }
        }
    }

    /// `5210: from all fwmark 0x80000/0xff0000 lookup main`
    private func readRouting(_ words: [Substring], _ uses: inout [Use]) {
        guard let (mark, mask) = words.firstIndex(of: "fwmark").flatMap({ words[safe: $0 + 1] }).flatMap(Self.mark) else { return }
        let proto = words.firstIndex(of: "proto").flatMap { words[safe: $0 + 1] }
        guard proto != Territory.routeProtocolName[...], proto != "\(Territory.routeProtocol)" else { return }
        let priority = words[0].dropLast()
        let name =
            switch UInt32(priority) ?? 0 {
            case 5200...5299: "Tailscale (routing rule \(priority))"
            case 1001...3999: "mwan3 or somebody with its numbers (routing rule \(priority))"
            default: "the routing rule \(priority)"
            }
        compared(mark, mask, name, &uses)
    }

    private func user(_ chain: String, _ kind: String) -> String {
        let known = [
            ("ts-", "Tailscale"), ("KUBE-", "kube-proxy"), ("kube-proxy", "kube-proxy"), ("mwan3", "mwan3"), ("cali", "Calico"),
            ("CILIUM", "Cilium"),
            ("DOCKER", "Docker"), ("LIBVIRT", "libvirt"), ("libvirt", "libvirt"), ("firewalld", "firewalld"), ("ufw", "ufw"),
        ]
        return known.first { chain.hasPrefix($0.0) }.map { "\($0.1) (\(kind) \(chain))" } ?? "a rule in \(kind) \(chain)"
    }

    /// `0x1/0xf`, `0x1`, `1`.
    private static func mark(_ text: Substring) -> (value: UInt32, mask: UInt32)? {
        let parts = text.split(separator: "/")
        guard let value = parts.first.flatMap(number) else { return nil }
        return (value, parts.count > 1 ? number(parts[1]) ?? .max : .max)
    }

    private static func number(_ text: Substring) -> UInt32? { text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text) }
}
