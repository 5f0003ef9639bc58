/// The name of a WAN as the administrator chose it: `telkom`.
///
/// Letters, digits, `-` and `_`, at most 32: it appears in commands, log lines and JSON, where anything else would need quoting.
package struct WANName: Hashable, Sendable, Comparable, TextCodable {
    package let description: String

    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard allowed, (1...32).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-") else { return nil }
        description = text
    }

    package static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}

/// The name of a network interface, under the kernel's own rule (`dev_valid_name` in net/core/dev.c), less what iptables
/// would read as a pattern: a trailing `+` there means "every interface that begins so".
package struct InterfaceName: Hashable, Sendable, Comparable, TextCodable {
    package let description: String

    package init?(_ text: String) {
        guard (1...15).contains(text.utf8.count), text != ".", text != "..", !text.hasSuffix("+"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") })
        else { return nil }
        description = text
    }

    /// The stand-in for the interface of a WAN, by its number, that is known by something else than a name.
    package static func unmatched(_ number: Int) -> InterfaceName { InterfaceName(known: "no-match-\(number % 1000)") }

    private init(known: String) { description = known }

    package static func < (a: Self, b: Self) -> Bool { a.description < b.description }
}
