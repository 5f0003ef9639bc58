import Model

/// A rule of the packet filter, of whoever made it, in the words that `iptables-save` or `nft -y list ruleset` prints.
struct BoxRule {
    /// `nat`; of nftables `inet qos`.
    var table: String
    var chain: String
    /// Of nftables: `type nat hook postrouting priority 100`; empty for a chain that only others call.
    var hook: [Substring] = []
    /// Of iptables with `-A` and the chain in front.
    var words: [Substring]
    /// The whole of it in one line.
    var text: String

    init(table: String, chain: String, hook: [Substring] = [], _ line: ListedLine) {
        self.table = table
        self.chain = chain
        self.hook = hook
        words = line.words
        text = String(line.text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// What stands after this word.
    func value(of word: Substring) -> Substring? { words.firstIndex(of: word).flatMap { words[safe: $0 + 1] } }
}

extension Array {
    /// nil where there is none: what somebody else wrote may end anywhere.
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// A chain as far as it is said before its rules.
struct BoxChain {
    var table: String
    var name: String
    var hook: [Substring] = []
    /// What becomes of a packet that no rule decides about: `DROP`, of nftables `drop`.
    var policy: Substring?
}

/// What one program prints of the packet filter. Ours is left out.
struct BoxListing {
    private(set) var chains: [BoxChain] = []
    private(set) var rules: [BoxRule] = []

    /// `iptables-save` and the like.
    init(iptables text: String) {
        var table = ""
        for line in ListedLine.all(in: text, .iptables) {
            switch line.words[0].utf8.first {
            case UInt8(ascii: "*"): table = String(line.words[0].dropFirst())
            // `:FORWARD DROP [3:180]`
            case UInt8(ascii: ":"):
                chains.append(BoxChain(table: table, name: String(line.words[0].dropFirst()), policy: line.words[safe: 1]))
            default:
                guard line.words[0] == "-A", let chain = line.words[safe: 1].map(String.init), let last = line.words.last else { break }
                // The jumps to ours as well: no condition of theirs says anything of others.
                guard !Territory.chains.contains(chain), !Territory.chains.contains(String(last)) else { break }
                rules.append(BoxRule(table: table, chain: chain, line))
            }
        }
    }

    /// `nft -y list ruleset`. What iptables-nft made is here as well, as tables of `ip` and `ip6`.
    init(nftables text: String) {
        var table = ""
        // Sets and the like stand in a table, too.
        var isInChain = false
        for line in ListedLine.all(in: text, .nftables) {
            switch line.words[0] {
            case "}": isInChain = false
            case "table": table = line.words[1...].prefix(2).joined(separator: " ")
            case _ where [Territory.nftTable, Territory.nftFastTable].contains { table == "inet \($0)" }: break
            case "chain" where !isInChain:
                isInChain = true
                chains.append(BoxChain(table: table, name: line.words[safe: 1].map(String.init) ?? ""))
            case _ where !isInChain || chains.isEmpty: break
            case "type":
                chains[chains.count - 1].hook = line.words
                chains[chains.count - 1].policy = line.words.firstIndex(of: "policy").flatMap { line.words[safe: $0 + 1] }
            default:
                let chain = chains[chains.count - 1]
                rules.append(BoxRule(table: table, chain: chain.name, hook: chain.hook, line))
            }
        }
    }
}
