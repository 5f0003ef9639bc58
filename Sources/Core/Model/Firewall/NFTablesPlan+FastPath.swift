// A flowtable: sessions in it go from the one interface to the other where a packet comes in, past routes, rules and connection tracking's state, with
// their NAT. In a table of its own, because a kernel without flowtables refuses the whole of a transaction.
extension NFTablesPlan {
    /// First it is taken apart, which nothing can refuse; then it is made anew, which fails where an interface has just gone.
    static func text(_ fastPath: FirewallDesired.FastPath, mask: UInt32, _ observed: FirewallContents) -> String? {
        let table = "table inet \(FirewallPlace.fastPath.table)"
        let devices = fastPath.devices.map { quoted($0.name) }
        let rules = rules(fastPath, mask: mask)
        // The indices and the turn change nothing but the comment.
        let facts = fastPath.devices.map { "\($0.name) \($0.index)" } + ["\(fastPath.turn)"]
        let comments = rules.map { comment(([$0] + facts).joined(separator: " ")) }
        // The last one of `forward`: what somebody's rules drop never gets here.
        let hook = hook("filter", "forward", 300)
        let contents = [
            Territory.nftFlowtable: fastPath.devices.map(\.name.description),
            Self.fastChain: [hook] + comments,
        ]
        guard observed != contents else { return nil }
        guard observed.isEmpty else { return "delete \(table)\n" }
        let lines =
            ["\(table) {", "\tflowtable \(Territory.nftFlowtable) {", "\t\thook ingress priority 0"]
            // What goes this way is counted as the rest is.
            + ["\t\tdevices = { \(devices.joined(separator: ", ")) }", "\t\tcounter", "\t}", "\tchain \(Self.fastChain) {", "\t\t\(hook)"]
            + zip(rules, comments).map { "\t\t\($0) comment \"\($1)\"" } + ["\t}", "}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static let fastChain = "forward"

    /// Assured: TCP whose both ends have said that it is open, UDP that has gone both ways for two seconds. So what becomes of new sessions is seen as ever.
    /// A packet with marks of others is one that others want to see again (their shaping, say): there are no marks on this way.
    private static func rules(_ fastPath: FirewallDesired.FastPath, mask: UInt32) -> [String] {
        let (four, six) = (fastPath.marks[.v4], fastPath.marks[.v6])
        let way = { (start: String, mark: UInt32) in
            "\(start)ct state established ct status assured meta mark \(hexadecimal(mark)) ct mark and \(hexadecimal(mask)) == \(hexadecimal(mark)) "
                + "meta l4proto { tcp, udp } flow add @\(Territory.nftFlowtable)"
        }
        if let four, four == six { return [way("", four)] }
        return [four.map { way("meta nfproto ipv4 ", $0) }, six.map { way("meta nfproto ipv6 ", $0) }].compactMap(\.self)
    }
}

extension FirewallPlace {
    package static let fastPath = FirewallPlace(
        name: "fastpath", table: Territory.nftFastTable, family: nil, holdsNAT: false, holdsMarks: false, holdsRefusal: false,
        holdsFastPath: true, look: "nft list table inet \(Territory.nftFastTable)", restore: "nft -f -")
}
