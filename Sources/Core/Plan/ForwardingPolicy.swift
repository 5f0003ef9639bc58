package import Model

/// Packet filters of others that drop what the LAN's computers send out. Routes, NAT and probes are all right then and the box itself gets out, so who
/// looks at uplinkd alone sees nothing wrong.
package enum ForwardingPolicy {
    /// - Parameters:
    ///   - iptables: what `iptables-save` and its sisters print, IPv4 and IPv6 by turns.
    ///   - nftables: what `nft -y list ruleset` prints.
    package static func warnings(iptables: [String], nftables: String, settings: Settings) -> [String] {
        guard let lan = settings.lan.first?.description else { return [] }
        var found: [String] = []
        func look(_ filter: Filter, _ who: String, isIPv6: Bool = false, _ advice: ([String]) -> String) {
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
        for (index, text) in iptables.enumerated() where !text.isEmpty {
            let program = index % 2 == 1 ? "ip6tables" : "iptables"
            look(Filter(iptables: text), "the chain FORWARD of \(program)", isIPv6: index % 2 == 1) { names in
                let isUFW = text.contains(":ufw-")
                let insert = "\(program) -I \(text.contains(":DOCKER-USER") ? "DOCKER-USER" : "FORWARD")"
                return names.map { wan in
                    isUFW
                        ? "ufw route allow in on \(lan) out on \(wan)"
                        : "\(insert) -i \(lan) -o \(wan) -j ACCEPT && "
                            + "\(insert) -i \(wan) -o \(lan) -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
                }.joined(separator: " && ")
            }
        }
        for (name, filter) in Filter.tables(nftables) {
            let isFirewalld = name == "inet firewalld"
            look(filter, isFirewalld ? "firewalld" : "the table \(name) of nftables") { names in
                isFirewalld
                    ? "put \(lan) into one zone, \(names.joined(separator: ", ")) into another, and set a policy from the one to the other with the target "
                        + "ACCEPT (docs/coexistence.md has the commands)"
                    : names.map { "nft insert rule \(name) \(filter.base) iifname \(lan) oifname \($0) accept" }.joined(separator: " && ")
            }
        }
        return found
    }

    /// The chains of one table, and whether a new packet gets through them. Rules that don't hold for every packet from that LAN are left
    /// out; one that accepts may ask for the source: it's the LAN's, we take it.
    private struct Filter {
        var chains: [Substring: [[Substring]]] = [:]
        /// That the kernel calls.
        var base: Substring = ""
        var isDropping = false

        init() {}

        init(iptables: String) {
            base = "FORWARD"
            var isFilter = false
            for line in iptables.split(separator: "\n") {
                if line.hasPrefix("*") { isFilter = line == "*filter" }
                guard isFilter else { continue }
                if line.hasPrefix(":FORWARD DROP") { isDropping = true }
                let words = line.split(separator: " ")
                if words[0] == "-A" { chains[words[1], default: []].append(Array(words.dropFirst(2))) }
            }
        }

        /// Those with a chain for forwarded packets, but for iptables' own and ours.
        static func tables(_ text: String) -> [(name: String, filter: Filter)] {
            var found: [(name: String, filter: Filter)] = []
            var chain: Substring = ""
            for line in text.split(separator: "\n") {
                let words = line.split { " \t;\"".contains($0) }
                guard let first = words.first else { continue }
                switch first {
                case "table" where words.count > 2: found.append(("\(words[1]) \(words[2])", Filter()))
                case "chain" where words.count > 1: chain = words[1]
                case _ where found.isEmpty: break
                case "type":
                    guard words.contains("forward"), words.contains("filter") else { break }
                    found[found.count - 1].filter.base = chain
                    found[found.count - 1].filter.isDropping = words.last == "drop"
                default: found[found.count - 1].filter.chains[chain, default: []].append(words)
                }
            }
            return found.filter {
                !$0.filter.base.isEmpty && $0.name != "inet \(Territory.nftTable)" && $0.name != "ip filter" && $0.name != "ip6 filter"
            }
        }

        func drops(from lan: String, to wan: String) -> Bool { verdict(base, lan, wan) ?? isDropping }

        /// nil: the chain comes to its end. (A chain that calls itself isn't taken by the kernel.)
        private func verdict(_ chain: Substring, _ lan: String, _ wan: String) -> Bool? {
            for rule in chains[chain] ?? [] {
                guard let target = target(rule, lan, wan) else { continue }
                switch target {
                case "accept", "ACCEPT": return false
                case "drop", "DROP", "reject", "REJECT": return true
                case "return", "RETURN": return nil
                default:
                    if let verdict = verdict(target, lan, wan) { return verdict }
                    if rule.contains("goto") || rule.contains("-g") { return nil }
                }
            }
            return nil
        }

        /// What becomes of every packet from that LAN to that WAN by this rule; nil: of some only, or nothing.
        private func target(_ rule: [Substring], _ lan: String, _ wan: String) -> Substring? {
            var isSome = false
            var index = 0
            func next() -> Substring {
                index += 1
                return index < rule.count ? rule[index] : ""
            }
            /// One, or those in braces.
            func values() -> [Substring] {
                var values = [next()]
                if values[0] == "{" {
                    while index < rule.count, rule[index] != "}" { values.append(next()) }
                }
                return values
            }
            while index < rule.count {
                let word = rule[index]
                switch word {
                case "-i", "iifname", "-o", "oifname":
                    var isNegated = index > 0 && rule[index - 1] == "!"
                    if index + 1 < rule.count, rule[index + 1] == "!=" {
                        isNegated = true
                        index += 1
                    }
                    let interface = word == "-i" || word == "iifname" ? lan : wan
                    let isMatch = values().contains { name in
                        let name = name.last == "," ? name.dropLast() : name
                        return name == interface || (name.last == "+" || name.last == "*") && interface.hasPrefix(name.dropLast())
                    }
                    if isMatch == isNegated { return nil }
                case "-j", "-g", "jump", "goto":
                    let target = next()
                    return isSome && target != "ACCEPT" ? nil : target
                case "accept": return word
                case "drop", "reject", "return": return isSome ? nil : word
                case "-s", "saddr":
                    isSome = true
                    _ = next()
                case "-m", "packets", "bytes": _ = next()
                case "--ctstate", "state":
                    guard values().contains(where: { $0.contains("new") || $0.contains("NEW") }) else { return nil }
                    isSome = true
                case "--comment":
                    // Of many words, perhaps.
                    while index + 1 < rule.count, rule[index + 1] != "-j", rule[index + 1] != "-g" { index += 1 }
                case "!", "counter", "ct", "ip", "ip6": break
                default: return nil
                }
                index += 1
            }
            return nil
        }
    }
}
