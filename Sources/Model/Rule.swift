/// A routing rule of ours: packets with this mark are routed by that table. Text as `ip rule` takes it.
package struct Rule: Hashable, Sendable, TextCodable {
    package var priority: UInt32
    package var mark: UInt32
    package var mask: UInt32
    package var table: UInt32

    package init(priority: UInt32, mark: UInt32, mask: UInt32, table: UInt32) {
        self.priority = priority
        self.mark = mark
        self.mask = mask
        self.table = table
    }

    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 8, words[0] == "pref", let priority = UInt32(words[1]), words[2] == "fwmark", words[4] == "lookup",
            let table = UInt32(words[5]), words[6] == "proto", words[7] == Territory.routeProtocolName
        else { return nil }
        let mark = words[3].split(separator: "/")
        guard mark.count == 2, let value = Self.hexadecimal(mark[0]), let mask = Self.hexadecimal(mark[1]) else { return nil }
        self.init(priority: priority, mark: value, mask: mask, table: table)
    }

    package var description: String {
        "pref \(priority) fwmark 0x\(String(mark, radix: 16))/0x\(String(mask, radix: 16)) lookup \(table) proto \(Territory.routeProtocolName)"
    }

    private static func hexadecimal(_ text: Substring) -> UInt32? {
        text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : nil
    }
}
