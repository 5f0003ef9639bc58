/// A routing rule of ours. Text as `ip rule` takes it; IPv6's begins with `-6`, the word that stands before `rule` in the command.
///
/// One kind sends what carries a WAN's mark to that WAN's table. The other stands before those and is for what carries any mark at all: all
/// routes of the main table but its defaults come first, or a packet to the modem's own network, or to a VPN's, would go to the gateway.
package struct Rule: Hashable, Sendable, TextCodable {
    package var family: IPFamily
    package var priority: UInt32
    /// 0: for every mark but this one, and the table's default routes don't count.
    package var mark: UInt32
    package var mask: UInt32
    package var table: UInt32

    package init(family: IPFamily = .v4, priority: UInt32, mark: UInt32, mask: UInt32, table: UInt32) {
        self.family = family
        self.priority = priority
        self.mark = mark
        self.mask = mask
        self.table = table
    }

    /// The one that stands before the rules of the WANs.
    package static func beforeMarks(_ family: IPFamily, mask: UInt32) -> Rule {
        Rule(family: family, priority: Territory.rulePriorityBase, mark: 0, mask: mask, table: Route.mainTable)
    }

    /// `not … suppress_prefixlength 0`.
    package var sparesDefaults: Bool { mark == 0 }

    package init?(_ text: String) {
        var words = text.split(separator: " ").map(String.init)[...]
        let family: IPFamily = words.first == "-6" ? .v6 : .v4
        if family == .v6 { words.removeFirst() }
        guard words.popFirst() == "pref", let priority = words.popFirst().flatMap({ UInt32($0) }) else { return nil }
        let isInverted = words.first == "not"
        if isInverted { words.removeFirst() }
        guard words.popFirst() == "fwmark", let mark = words.popFirst()?.split(separator: "/"), mark.count == 2,
            let value = Self.number(mark[0]), let mask = Self.number(mark[1]), (value == 0) == isInverted,
            words.popFirst() == "lookup", let name = words.popFirst(), let table = name == "main" ? Route.mainTable : UInt32(name),
            Array(words) == Self.ending(isInverted)
        else { return nil }
        self.init(family: family, priority: priority, mark: value, mask: mask, table: table)
    }

    package var description: String { (family == .v6 ? "-6 " : "") + arguments }

    /// What follows `ip rule add` or `ip -6 rule add`.
    package var arguments: String {
        let match = "fwmark \(hexadecimal(mark))/\(hexadecimal(mask))"
        let target = table == Route.mainTable ? "main" : "\(table)"
        let words = ["pref \(priority)"] + (sparesDefaults ? ["not"] : []) + ["\(match) lookup \(target)"] + Self.ending(sparesDefaults)
        return words.joined(separator: " ")
    }

    private static func ending(_ sparesDefaults: Bool) -> [String] {
        (sparesDefaults ? ["suppress_prefixlength", "0"] : []) + ["proto", Territory.routeProtocolName]
    }

    private static func number(_ text: Substring) -> UInt32? {
        text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : nil
    }
}
