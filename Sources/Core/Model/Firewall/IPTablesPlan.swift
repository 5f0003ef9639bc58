/// What we want of a table of iptables.
///
/// A session is marked by the nat table, because that sees its first packet only: a chain there costs the packets after it nothing, where `ctstate NEW`
/// in mangle is one more look at every packet. Of ours, a packet that is forwarded then passes one chain: the one that gives it its session's mark.
/// Its rules are as few as they can be: each costs the nf_tables variant about 1 % of what a box forwards. One more rule asks each packet whether it has
/// a session at all, and one whether it begins a session of TCP: the jump itself has the condition, so that the rest of those chains costs nothing.
struct IPTablesPlan: FirewallPlan {
    static let places: [FirewallPlace] = [.nat, .mangle, .filter, .nat6, .mangle6, .filter6]

    struct Jump {
        var hook: String
        var rule: String
        /// Before whatever others have: somebody's MASQUERADE or DNAT ends the nat table's look at a session, and it would stay unmarked.
        var isFirst = false
    }

    /// Rules: nil where they come and go by themselves.
    var chains: [(name: String, rules: [String]?)] = []
    var jumps: [Jump] = []

    /// - Parameter desired: nil for nothing.
    init(_ place: FirewallPlace, _ desired: FirewallDesired?) {
        guard let desired else { return }
        let wans = desired.wans(in: place)
        guard !wans.isEmpty else { return }
        if place.holdsNAT {
            let mark = { (wan: FirewallDesired.WAN) in "-j CONNMARK --set-xmark \(hexadecimal(wan.mark))/\(hexadecimal(desired.mask))" }
            chains = [
                (Territory.markInChain, wans.map { "-i \($0.interface) \(mark($0))" }),
                (Territory.markOutChain, wans.map { "-o \($0.interface) \(mark($0))" }),
                // What IPsec will wrap has to have the source that its policy asks for.
                (Territory.natChain, [Self.wrapped] + wans.flatMap { Self.addressing($0, place.isIPv6 ? .v6 : .v4) }),
            ]
            // Masquerade stands at the end: an exception that the administrator made (no NAT for a tunnel, say) comes first.
            jumps = [
                Jump(hook: "PREROUTING", rule: "-j \(Territory.markInChain)", isFirst: true),
                Jump(hook: "POSTROUTING", rule: "-j \(Territory.markOutChain)", isFirst: true),
                Jump(hook: "POSTROUTING", rule: "-j \(Territory.natChain)"),
            ]
        } else if place.holdsRefusal {
            guard !desired.lan.isEmpty else { return }
            let ways = desired.lan.flatMap { lan in wans.map { "-i \(lan) -o \($0.interface)" } }
            // What isn't NEW passes the jump only if it is INVALID.
            let moved = [
                "\(Self.midStream) -m conntrack --ctstate NEW -j \(Territory.tellChain)", "-m conntrack --ctstate NEW -j RETURN",
            ]
            if desired.tellsClients { chains = [(Territory.tellChain, nil)] }
            chains += [
                (
                    Territory.refuseChain,
                    (desired.tellsClients ? moved : []) + [Self.wrapped]
                        + ways.flatMap { ["\($0) -p tcp -j REJECT --reject-with tcp-reset", "\($0) -j DROP"] }
                ),
                (
                    Territory.refuseOwnChain,
                    [Self.wrapped] + wans.map { "-o \($0.interface) -m addrtype ! --src-type LOCAL --limit-iface-out -j DROP" }
                ),
            ]
            // Before whatever lets everything from the LAN to a WAN through.
            jumps = [
                Jump(
                    hook: "FORWARD",
                    rule: "-m conntrack --ctstate \(desired.tellsClients ? "INVALID,NEW" : "INVALID") -j \(Territory.refuseChain)",
                    isFirst: true),
                // INVALID alone: by which interface a packet leaves that a mark sends another way isn't known here yet.
                Jump(hook: "OUTPUT", rule: "-m conntrack --ctstate INVALID -j \(Territory.refuseOwnChain)", isFirst: true),
            ]
        } else {
            let mask = hexadecimal(desired.mask)
            let restore = "-j CONNMARK --restore-mark --nfmask \(mask) --ctmask \(mask)"
            chains = [
                // Every packet, also what comes from a WAN: to find out costs more than it spares, the rule before the marks brings it to the LAN
                // all the same, and firewalld's check of IPv6's way back asks with the packet's mark.
                (Territory.restoreChain, [restore]),
                // A packet of the box's own that has a mark was given it by somebody who knows where it shall go: WireGuard, Tailscale, strongSwan.
                (Territory.restoreOwnChain, ["-m mark --mark 0x0 \(restore)"]),
            ]
            jumps = [
                Jump(hook: "PREROUTING", rule: "-j \(Territory.restoreChain)"),
                Jump(hook: "OUTPUT", rule: "-j \(Territory.restoreOwnChain)"),
            ]
            let segments = wans.flatMap { Self.segments(of: $0, place.isIPv6 ? .v6 : .v4) }
            if !segments.isEmpty {
                chains.append((Territory.segmentsChain, segments))
                // Before whatever others accept there. The box's own as well: what it fetches to prove a WAN has to come as it would to a client.
                jumps.append(Jump(hook: "FORWARD", rule: "\(Self.beginning) -j \(Territory.segmentsChain)", isFirst: true))
                jumps.append(Jump(hook: "OUTPUT", rule: "\(Self.beginning) -j \(Territory.segmentsChain)"))
            }
            if let drill = desired.drill(in: place) {
                chains.append((Territory.drillChain, Self.rules(drill)))
                // Before whatever others accept there.
                jumps.append(Jump(hook: "POSTROUTING", rule: "-j \(Territory.drillChain)", isFirst: true))
            }
        }
    }

    /// What the box itself sends from an address of that interface keeps it, as it does with masquerade: a DHCP client speaks from the one that it renews.
    private static func addressing(_ wan: FirewallDesired.WAN, _ family: IPFamily) -> [String] {
        let way = "-o \(wan.interface)"
        guard let source = wan.sources[family] else { return ["\(way) -j MASQUERADE"] }
        return ["\(way) -m addrtype --src-type LOCAL --limit-iface-out -j RETURN", "\(way) -j SNAT --to-source \(source)"]
    }

    private static let wrapped = "-m policy --dir out --pol ipsec -j RETURN"

    /// SYN and SYN+ACK, which say how long segments may be.
    private static let beginning = "-p tcp -m tcp --tcp-flags SYN,RST SYN"

    /// Both ways: what goes out says what may come in, and the other way round. The target wants to see for itself that it gets no other packets.
    private static func segments(of wan: FirewallDesired.WAN, _ family: IPFamily) -> [String] {
        let target: String
        switch wan.segments(family) {
        case .asTheyAre: return []
        case .asTheRoute: target = "--clamp-mss-to-pmtu"
        case .atMost(let size): target = "--set-mss \(size)"
        }
        return ["-i", "-o"].map { "\($0) \(wan.interface) \(beginning) -j TCPMSS \(target)" }
    }

    /// Of TCP what doesn't begin a session.
    private static let midStream = "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN"

    /// All that comes from the LAN in the middle of a session that conntrack doesn't know, for these seconds: iptables has no list of sessions to
    /// look at. In the clock's words, so that it ends by itself (see the drill's rules).
    static func telling(
        _ sessions: [MovedSession], _ desired: FirewallDesired, from start: Int64, seconds: Int64
    ) -> [(FirewallPlace, String)] {
        [(FirewallPlace.filter, IPFamily.v4), (.filter6, .v6)].compactMap { place, family in
            guard desired.tellsClients, desired.isWanted(in: place), sessions.contains(where: { $0.client.family == family }) else {
                return nil
            }
            let window = "-m time --datestart \(dateText(start)) --datestop \(dateText(start + seconds))"
            let rules = desired.lan.flatMap { lan in
                desired.wans(in: place).map {
                    "-A \(Territory.tellChain) -i \(lan) -o \($0.interface) -p tcp \(window) -j REJECT --reject-with tcp-reset\n"
                }
            }
            return (place, "*\(place.table)\n-F \(Territory.tellChain)\n\(rules.joined())COMMIT\n")
        }
    }

    static func toldAll(_ desired: FirewallDesired) -> [(FirewallPlace, String)] {
        [FirewallPlace.filter, .filter6].filter { desired.tellsClients && desired.isWanted(in: $0) }.map {
            ($0, "*\($0.table)\n-F \(Territory.tellChain)\nCOMMIT\n")
        }
    }

    /// The transaction, in the language of `iptables-restore --noflush`; nil if all is in order.
    static func text(_ place: FirewallPlace, _ desired: FirewallDesired?, _ observed: FirewallContents) -> String? {
        IPTablesPlan(place, desired).transaction(on: place.table, observed)
    }

    private func transaction(on table: String, _ observed: FirewallContents) -> String? {
        let ours = observed.filter { Territory.chains.contains($0.key) }
        let isRight = chains.count == ours.count && chains.allSatisfy { stands($0, in: ours) }
        let moves = moves(observed)
        guard !isRight || !moves.isEmpty else { return nil }
        let unwanted = ours.keys.filter { name in !chains.contains { $0.name == name } }.sorted()
        var lines = ["*\(table)"]
        // Declares a chain and empties it if it is there: `--noflush` spares only the chains that aren't named.
        lines += (chains.filter { $0.rules != nil || ours[$0.name] == nil }.map(\.name) + unwanted).map { ":\($0) - [0:0]" }
        lines += moves.filter { $0.hasPrefix("-D") }
        for (name, rules) in chains { lines += (rules ?? []).map { "-A \(name) \($0)" } }
        lines += moves.filter { !$0.hasPrefix("-D") }
        lines += unwanted.map { "-X \($0)" }
        lines.append("COMMIT")
        return lines.joined(separator: "\n") + "\n"
    }

    private func stands(_ chain: (name: String, rules: [String]?), in ours: FirewallContents) -> Bool {
        guard let present = ours[chain.name] else { return false }
        return chain.rules.map { $0 == present } ?? true
    }

    /// The jumps to take away and to put in: each wanted one stands once, in its place, and no other leads to us.
    private func moves(_ observed: FirewallContents) -> [String] {
        var moves: [String] = []
        for hook in ["PREROUTING", "FORWARD", "OUTPUT", "POSTROUTING"] {
            let present = observed[hook] ?? []
            let wanted = jumps.filter { $0.hook == hook }
            for rule in present where !rule.isEmpty && !wanted.contains(where: { $0.rule == rule }) {
                moves.append("-D \(hook) \(rule)")
            }
            for jump in wanted {
                let count = present.count { $0 == jump.rule }
                guard !stands(jump, in: present) else { continue }
                // `-D` takes the first of several, so what is left of them is the last.
                let isKept = count > 0 && !jump.isFirst
                moves += Array(repeating: "-D \(hook) \(jump.rule)", count: isKept ? count - 1 : count)
                if !isKept { moves.append("\(jump.isFirst ? "-I" : "-A") \(hook) \(jump.rule)") }
            }
        }
        return moves
    }

    private func stands(_ jump: Jump, in present: [String]) -> Bool {
        present.count { $0 == jump.rule } == 1 && (!jump.isFirst || present.first == jump.rule)
    }

    static func masquerades(_ place: FirewallPlace, _ desired: FirewallDesired, _ observed: FirewallContents) -> Bool {
        IPTablesPlan(place, desired).chains.allSatisfy { $0.name != Territory.natChain || observed[$0.name] == $0.rules }
            && (observed["POSTROUTING"] ?? []).contains("-j \(Territory.natChain)")
    }
}

extension FirewallPlace {
    package static let nat = iptables("nat", .v4)
    package static let mangle = iptables("mangle", .v4)
    package static let filter = iptables("filter", .v4)
    package static let nat6 = iptables("nat", .v6)
    package static let mangle6 = iptables("mangle", .v6)
    package static let filter6 = iptables("filter", .v6)

    private static func iptables(_ table: String, _ family: IPFamily) -> FirewallPlace {
        let program = family == .v6 ? "ip6tables" : "iptables"
        return FirewallPlace(
            name: family == .v6 ? "\(table)6" : table, table: table, family: family, holdsNAT: table == "nat",
            holdsMarks: table == "mangle", holdsRefusal: table == "filter", holdsFastPath: false,
            look: "\(program)-save -t \(table)", restore: "\(program)-restore --noflush -w")
    }
}
