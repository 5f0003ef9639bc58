package import Model
package import Plan
internal import Survey

/// What `iptables-save -t TABLE` prints, as far as it is ours.
package enum IPTablesSave {
    /// Throws if the text ends inside the table: half a reading would have rules put in twice.
    package static func parse(_ text: String, _ table: String) throws(FirewallError) -> FirewallContents {
        var contents: FirewallContents = [:]
        var isInside = false
        for line in ListedLine.all(in: text, .iptables) {
            if line.text.hasPrefix("#") {
                // iptables-nft says so, and exits with 0, where a rule was made with `nft` that it has no words for.
                if line.text.contains("incompatible") {
                    throw FirewallError(
                        "the \(table) table holds rules that iptables can't read: they were made with nft; take them out of it (`nft list ruleset`), "
                            + "or set `firewall: nftables`")
                }
            } else if line.text.hasPrefix("*") {
                isInside = line.text.dropFirst() == table
            } else if line.text == "COMMIT" {
                isInside = false
            } else if isInside {
                read(line, into: &contents)
            }
        }
        guard !isInside else { throw FirewallError("iptables-save stopped in the middle of the \(table) table") }
        for hook in hooks {
            if contents[hook]?.last?.isEmpty == true { contents[hook]?.removeLast() }
            if contents[hook]?.isEmpty == true { contents[hook] = nil }
        }
        return contents
    }

    private static let hooks: Set = ["PREROUTING", "FORWARD", "OUTPUT", "POSTROUTING"]

    private static func read(_ line: ListedLine, into contents: inout FirewallContents) {
        if line.text.hasPrefix(":") {
            // `:UPLINKD_NAT - [0:0]`
            let name = String(line.words[0].dropFirst())
            if Territory.chains.contains(name), contents[name] == nil { contents[name] = [] }
            return
        }
        // `iptables-save -c` puts the counters first: `[12:3456] -A …`.
        let words = line.text.hasPrefix("[") ? line.words.dropFirst() : line.words[...]
        guard words.count >= 2, words.first == "-A" else { return }
        let chain = String(words[words.startIndex + 1])
        let rule = words.dropFirst(2)
        let body = rule.first.map { String(line.text[$0.startIndex...]) } ?? ""
        if Territory.chains.contains(chain) {
            contents[chain, default: []].append(body)
        } else if hooks.contains(chain) {
            let isOurs = isJump(Array(rule))
            // Any number of others' rules is one empty text.
            if isOurs || contents[chain]?.last?.isEmpty != true { contents[chain, default: []].append(isOurs ? body : "") }
        }
    }

    /// A jump to one of our chains in a form of ours. On another condition, or with a comment, it is somebody else's, and isn't enough.
    private static func isJump(_ words: [Substring]) -> Bool {
        guard let last = words.last, Territory.chains.contains(String(last)) else { return false }
        return words.count == 2 && words[0] == "-j" || words.count == 5 && words[0] == "!" && words[1] == "-i" && words[3] == "-j"
            || words.count == 6 && words[0] == "-m" && words[1] == "conntrack" && words[2] == "--ctstate" && words[4] == "-j"
            || words.count == 9 && words[..<5].elementsEqual(["-p", "tcp", "-m", "tcp", "--tcp-flags"]) && words[7] == "-j"
    }
}
