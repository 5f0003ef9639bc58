package import Model

/// Packet filters of others that drop what the LAN's computers send out. Routes, NAT and probes are all right then and the box itself gets out, so who
/// looks at uplinkd alone sees nothing wrong.
extension BoxRules {
    package func closedForwarding(_ settings: Settings) -> [String] {
        guard let lan = settings.lan.first?.description else { return [] }
        var found: [String] = []
        func look(_ filter: ForwardFilter, _ who: String, isIPv6: Bool = false, _ advice: ([String]) -> String) {
            let wans = settings.wans.filter {
                (!isIPv6 || $0.ipv6 == .masquerade) && filter.drops(from: lan, to: $0.interface.description)
            }
            guard !wans.isEmpty else { return }
            let names = wans.map(\.interface.description)
            let sentence =
                "\(who) drops what comes in by \(lan) and goes out by \(names.joined(separator: ", ")), so computers in the LAN don't get out though "
                + "routes and NAT are right; allow it: \(advice(names))"
            // One variant of iptables is read under two names.
            if !found.contains(sentence) { found.append(sentence) }
        }
        for (index, listing) in iptables.enumerated() {
            let isIPv6 = index % 2 == 1
            let program = isIPv6 ? "ip6tables" : "iptables"
            look(ForwardFilter(listing, table: "filter", base: "FORWARD"), "the chain FORWARD of \(program)", isIPv6: isIPv6) { names in
                let isUFW = listing.chains.contains { $0.name.hasPrefix("ufw-") }
                let insert = "\(program) -I \(listing.chains.contains { $0.name == "DOCKER-USER" } ? "DOCKER-USER" : "FORWARD")"
                return names.map { wan in
                    isUFW
                        ? "ufw route allow in on \(lan) out on \(wan)"
                        : "\(insert) -i \(lan) -o \(wan) -j ACCEPT && "
                            + "\(insert) -i \(wan) -o \(lan) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
                }.joined(separator: " && ")
            }
        }
        for (table, base) in forwardChains {
            let isFirewalld = table == "inet firewalld"
            look(ForwardFilter(nftables, table: table, base: base), isFirewalld ? "firewalld" : "the table \(table) of nftables") { names in
                isFirewalld
                    ? "put \(lan) into one zone, \(names.joined(separator: ", ")) into another, and set a policy from the one to the other with the target "
                        + "ACCEPT (docs/coexistence.md has the commands)"
                    : names.map { "nft insert rule \(table) \(base) iifname \(lan) oifname \($0) accept" }.joined(separator: " && ")
            }
        }
        return found
    }

    /// The chain of each table of nftables that the kernel asks about forwarded packets, but for iptables' own.
    private var forwardChains: [(table: String, base: String)] {
        var found: [(table: String, base: String)] = []
        for chain in nftables.chains
        where chain.hook.contains("forward") && chain.hook.contains("filter") && chain.table != "ip filter" && chain.table != "ip6 filter" {
            found.removeAll { $0.table == chain.table }
            found.append((chain.table, chain.name))
        }
        return found
    }
}

/// The chains of one table, and whether a new packet gets through them. Rules that don't hold for every packet from that LAN are left
/// out; one that accepts may ask for the source: it's the LAN's, we take it.
private struct ForwardFilter {
    private let chains: [Substring: [[Substring]]]
    /// That the kernel calls.
    private let base: Substring
    private let isDropping: Bool

    init(_ listing: BoxListing, table: String, base: String) {
        chains = Dictionary(grouping: listing.rules.filter { $0.table == table }) { Substring($0.chain) }.mapValues { $0.map(\.words) }
        self.base = Substring(base)
        let policy = listing.chains.last { $0.table == table && $0.name == base }?.policy
        isDropping = policy == "DROP" || policy == "drop"
    }

    func drops(from lan: String, to wan: String) -> Bool {
        var walk = Walk(chains: chains, lan: lan, wan: wan)
        return walk.verdict(base) ?? isDropping
    }

    /// From one LAN to one WAN.
    private struct Walk {
        let chains: [Substring: [[Substring]]]
        let lan: String
        let wan: String
        /// What each chain says; of one that is being walked nothing, so that a text in which chains call each other in a circle has an end. The
        /// kernel takes none, and many that call many.
        private var known: [Substring: Bool?] = [:]

        init(chains: [Substring: [[Substring]]], lan: String, wan: String) {
            self.chains = chains
            self.lan = lan
            self.wan = wan
        }

        /// True: the packet is dropped. nil: the chain comes to its end.
        mutating func verdict(_ chain: Substring) -> Bool? {
            if let known = known[chain] { return known }
            known[chain] = .some(nil)
            let verdict = walk(chain)
            known[chain] = .some(verdict)
            return verdict
        }

        private mutating func walk(_ chain: Substring) -> Bool? {
            for rule in chains[chain] ?? [] {
                guard let target = target(of: rule) else { continue }
                switch target {
                case "accept", "ACCEPT": return false
                case "drop", "DROP", "reject", "REJECT": return true
                case "return", "RETURN": return nil
                default:
                    if let verdict = verdict(target) { return verdict }
                    if rule.contains("goto") || rule.contains("-g") { return nil }
                }
            }
            return nil
        }

        /// What becomes of every packet by this rule; nil: of some only, or nothing.
        private func target(of rule: [Substring]) -> Substring? {
            var isSome = false
            var index = 0
            func next() -> Substring {
                index += 1
                return rule[safe: index] ?? ""
            }
            /// One, or those in braces.
            func values() -> [Substring] {
                var value = next()
                guard value == "{" else { return [value] }
                var values: [Substring] = []
                while value != "}", index < rule.count {
                    value = next()
                    values.append(value)
                }
                return values
            }
            while index < rule.count {
                let word = rule[index]
                switch word {
                case "-i", "iifname", "-o", "oifname":
                    var isNegated = rule[safe: index - 1] == "!"
                    if rule[safe: index + 1] == "!=" {
                        isNegated = true
                        index += 1
                    }
                    let interface = word == "-i" || word == "iifname" ? lan : wan
                    if values().contains(where: { matches($0.unquoted, interface) }) == isNegated { return nil }
                case "-j", "-g", "jump", "goto":
                    let target = next()
                    return isSome && target != "ACCEPT" ? nil : target
                case "accept": return word
                case "drop", "reject", "return": return isSome ? nil : word
                case "-s", "saddr":
                    isSome = true
                    _ = next()
                // The chain that it stands in, of iptables.
                case "-A", "-m", "packets", "bytes", "--comment": _ = next()
                case "--ctstate", "state":
                    guard values().contains(where: { $0.contains("new") || $0.contains("NEW") }) else { return nil }
                    isSome = true
                case "!", "counter", "ct", "ip", "ip6": break
                default: return nil
                }
                index += 1
            }
            return nil
        }
    }
}
