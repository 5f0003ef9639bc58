/// What we want of nftables: a table of our own, for both families, that does the same as our chains in the tables of iptables.
///
/// How `nft` prints a rule differs between its versions, so what stands there is told by the comment that each rule carries: a digest of its text.
enum NFTablesPlan: FirewallPlan {
    static let places: [FirewallPlace] = [.inet, .fastPath]

    struct Chain {
        var name: String
        /// nil: others jump there.
        var hook: String?
        var rules: [String]

        /// As they are read again.
        var contents: [String] { (hook.map { [$0] } ?? []) + rules.map(comment) }
    }

    /// The transaction, in the language of `nft -f`; nil if all is in order.
    static func text(_ place: FirewallPlace, _ desired: FirewallDesired?, _ observed: FirewallContents) -> String? {
        let table = "table inet \(place.table)"
        guard let desired else { return observed.isEmpty ? nil : "delete \(table)\n" }
        if place.holdsFastPath { return desired.fastPath.flatMap { text($0, mask: desired.mask, observed) } }
        let drill = desired.drill.map { [drillChain($0)] } ?? []
        let chains = chains(desired) + drill
        let sets = desired.tellsClients ? sets : []
        let contents = Dictionary(
            uniqueKeysWithValues: chains.map { ($0.name, $0.contents) } + sets.map { ($0.name, [$0.type]) })
        guard observed != contents else { return nil }
        // A drill comes and goes: the rest of the table needn't be made anew for that.
        if withoutDrill(observed) == withoutDrill(contents) {
            let old = observed[Territory.nftDrillChain] == nil ? [] : ["delete chain inet \(place.table) \(Territory.nftDrillChain)"]
            return (old + (drill.isEmpty ? [] : ["\(table) {"] + drill.flatMap(lines) + ["}"])).joined(separator: "\n") + "\n"
        }
        // One that is deleted has to be there; one that is added may be. All of it or nothing, so no packet sees the table without its rules.
        var lines = ["add \(table)", "delete \(table)", "\(table) {"]
        lines += sets.flatMap { ["\tset \($0.name) {", "\t\t\($0.type)", "\t\tflags timeout", "\t}"] }
        lines += chains.flatMap(Self.lines)
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    static func masquerades(_ place: FirewallPlace, _ desired: FirewallDesired, _ observed: FirewallContents) -> Bool {
        text(place, desired.withoutDrill, withoutDrill(observed)) == nil
    }

    static func withoutDrill(_ contents: FirewallContents) -> FirewallContents {
        var rest = contents
        rest[Territory.nftDrillChain] = nil
        return rest
    }

    private static let sets = [(IPFamily.v4, "ipv4_addr"), (.v6, "ipv6_addr")].map { family, type in
        (name: Territory.nftToldSet(family), type: "type \(type) . inet_service . \(type) . inet_service")
    }

    /// Each of them for itself, and for these seconds: the kernel forgets it then.
    static func telling(
        _ sessions: [MovedSession], _ desired: FirewallDesired, from start: Int64, seconds: Int64
    ) -> [(FirewallPlace, String)] {
        guard desired.tellsClients, !sessions.isEmpty else { return [] }
        let lines = [IPFamily.v4, .v6].compactMap { family -> String? in
            let elements = sessions.filter { $0.client.family == family }.map {
                "\($0.client) . \($0.clientPort) . \($0.server) . \($0.serverPort) timeout \(seconds)s"
            }
            guard !elements.isEmpty else { return nil }
            return "add element inet \(Territory.nftTable) \(Territory.nftToldSet(family)) { \(elements.joined(separator: ", ")) }\n"
        }
        return [(.inet, lines.joined())]
    }

    static func toldAll(_ desired: FirewallDesired) -> [(FirewallPlace, String)] { [] }

    static func lines(_ chain: Chain) -> [String] {
        ["\tchain \(chain.name) {"] + (chain.hook.map { ["\t\t\($0)"] } ?? []) + chain.rules.map { "\t\t\($0) comment \"\(comment($0))\"" }
            + ["\t}"]
    }

    private static func chains(_ desired: FirewallDesired) -> [Chain] {
        let mask = hexadecimal(desired.mask)
        let others = hexadecimal(~desired.mask)
        // The same for one family or both.
        let family = { (wan: FirewallDesired.WAN) in wan.hasIPv6 ? "" : "meta nfproto ipv4 " }
        let set = { (wan: FirewallDesired.WAN) in "ct mark set ct mark and \(others) or \(hexadecimal(wan.mark))" }
        // What IPsec will wrap has to have the source that its policy asks for.
        let unwrapped = "rt ipsec missing "
        let refusals = desired.lan.flatMap { lan in
            desired.wans.flatMap { wan in
                let way = "\(family(wan))iifname \(quoted(lan)) oifname \(quoted(wan.interface)) \(unwrapped)"
                return ["\(way)meta l4proto tcp reject with tcp reset", "\(way)drop"]
            }
        }
        // A session that was moved is told: what its client answers begins one in the middle, as far as conntrack can tell.
        let moved = [("ip", IPFamily.v4), ("ip6", .v6)].map { ip, family in
            "ct state new tcp flags & (fin | syn | rst | ack) != syn \(ip) saddr . tcp sport . \(ip) daddr . tcp dport "
                + "@\(Territory.nftToldSet(family)) reject with tcp reset"
        }
        // Both ways: what goes out says what may come in, and the other way round.
        let segments = desired.wans.flatMap { wan -> [String] in
            let clamps = ["iifname", "oifname"].map { "\($0) \(quoted(wan.interface)) tcp option maxseg size set" }
            if wan.hasIPv6, wan.segments4 == .asTheRoute, wan.segments6 == .asTheRoute { return clamps.map { "\($0) rt mtu" } }
            return (wan.hasIPv6 ? [IPFamily.v4, .v6] : [.v4]).flatMap { family -> [String] in
                switch wan.segments(family) {
                case .asTheyAre: []
                case .asTheRoute: clamps.map { "meta nfproto ip\(family.rawValue) \($0) rt mtu" }
                case .atMost(let size): clamps.map { "meta nfproto ip\(family.rawValue) \($0) \(size)" }
                }
            }
        }
        // SYN and SYN+ACK, which say how long segments may be.
        let beginning = segments.isEmpty ? [] : ["tcp flags & (syn | rst) == syn jump \(Territory.nftSegmentsChain)"]
        return (segments.isEmpty ? [] : [Chain(name: Territory.nftSegmentsChain, rules: segments)]) + [
            // Chains of type nat see the first packet of a session. Before those of others, one of which might end that.
            Chain(
                name: "mark_pre", hook: hook("nat", "prerouting", -150),
                rules: desired.wans.map { "\(family($0))iifname \(quoted($0.interface)) \(set($0))" }),
            Chain(
                name: "mark_post", hook: hook("nat", "postrouting", -150),
                rules: desired.wans.map { "\(family($0))oifname \(quoted($0.interface)) \(set($0))" }),
            // 100 is `srcnat`: who wants an exception sees to the session in a chain of type nat before that.
            Chain(
                name: "nat", hook: hook("nat", "postrouting", 100),
                rules: desired.wans.flatMap { addressing($0, unwrapped: unwrapped) }),
            // -150 is `mangle`. nft can't put two marks together, so a packet that has foreign bits goes a longer way.
            Chain(
                name: "restore_pre", hook: hook("filter", "prerouting", -150),
                rules: ["meta mark 0 meta mark set ct mark and \(mask) return", "meta mark set meta mark and \(others)"]
                    + desired.wans.map {
                        "ct mark and \(mask) == \(hexadecimal($0.mark)) meta mark set meta mark or \(hexadecimal($0.mark))"
                    }),
            // A packet of the box's own that has a mark was given it by somebody who knows where it shall go.
            Chain(
                name: "restore_out", hook: hook("route", "output", -150), rules: ["meta mark 0 meta mark set ct mark and \(mask)"]),
            // What conntrack has no session for: NAT never sees it, and it would leave with its source on the LAN. All others are done with the
            // second rule. Before `filter`, where others may let everything through, or drop it without a word.
            Chain(
                name: "refuse", hook: hook("filter", "forward", -150),
                rules: beginning + (desired.tellsClients ? ["ct state established,related accept"] + moved : []) + [
                    "ct state != invalid accept"
                ]
                    + refusals),
            // The box's own, which have the address of a WAN, are right by that one only. INVALID alone: by which interface a packet leaves that a mark
            // sends another way isn't known here yet.
            Chain(
                name: "refuse_out", hook: hook("filter", "output", -150),
                rules: beginning + ["ct state != invalid accept"]
                    + desired.wans.map { "\(family($0))oifname \(quoted($0.interface)) \(unwrapped)fib saddr . oif type != local drop" }),
        ]
    }

    /// The same for one family or both, but where one has a source of its own. What the box itself sends from an address of that interface keeps it, as it
    /// does with masquerade: a DHCP client speaks from the one that it renews.
    private static func addressing(_ wan: FirewallDesired.WAN, unwrapped: String) -> [String] {
        let way = "oifname \(quoted(wan.interface)) \(unwrapped)"
        let families: [IPFamily] = wan.hasIPv6 ? [.v4, .v6] : [.v4]
        guard families.contains(where: { wan.sources[$0] != nil }) else {
            return ["\(wan.hasIPv6 ? "" : "meta nfproto ipv4 ")\(way)masquerade"]
        }
        return families.flatMap { family -> [String] in
            let start = "meta nfproto \(family == .v4 ? "ipv4" : "ipv6") \(way)"
            guard let source = wan.sources[family] else { return ["\(start)masquerade"] }
            return ["\(start)fib saddr . oif type local return", "\(start)snat \(family == .v4 ? "ip" : "ip6") to \(source)"]
        }
    }

    static func hook(_ type: String, _ hook: String, _ priority: Int) -> String {
        "type \(type) hook \(hook) priority \(priority); policy accept;"
    }

    /// Before every chain of type nat, or a session that gets no further would be given an address.
    private static func drillChain(_ drill: FirewallDesired.Drill) -> Chain {
        // Numbers, because nft takes a date for one of its own timezone.
        let start =
            "\(drill.wan.hasIPv6 ? "" : "meta nfproto ipv4 ")oifname \(quoted(drill.wan.interface)) "
            + "meta time >= \(drill.window.lowerBound) meta time < \(drill.window.upperBound)"
        let rule =
            switch drill.fault {
            case .down, .silent: "\(start) drop"
            case .lossy(let percent): "\(start) numgen random mod 100 < \(percent) drop"
            case .dns: "\(start) meta l4proto { tcp, udp } th dport 53 drop"
            }
        return Chain(name: Territory.nftDrillChain, hook: hook("filter", "postrouting", -150), rules: [rule])
    }

    /// A trailing `*` would stand for every interface that begins so.
    static func quoted(_ interface: InterfaceName) -> String {
        let name = interface.description
        return "\"\(name.hasSuffix("*") ? name.dropLast() + "\\*" : name)\""
    }

    /// FNV-1a, 64 bits: nobody is to be kept out, only a change to be seen.
    static func comment(_ rule: String) -> String {
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in rule.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "uplinkd \(String(digest, radix: 16))"
    }
}

extension FirewallPlace {
    /// For both families, so it is told in the words of NAT.
    package static let inet = FirewallPlace(
        name: "inet", table: Territory.nftTable, family: nil, holdsNAT: true, holdsMarks: true, holdsRefusal: true,
        holdsFastPath: false, look: "nft list table inet \(Territory.nftTable)", restore: "nft -f -")
}
