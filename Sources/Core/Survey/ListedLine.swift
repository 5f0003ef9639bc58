/// One line of what `iptables-save` or `nft list` prints, in words.
///
/// Text in quotes is one word, with its quotes, whatever is in it: a comment may hold spaces, ends of lines and whole rules. So nobody else splits
/// such text; who does takes somebody's comment for a rule, or meets a line with fewer words than rules have.
package struct ListedLine: Equatable, Sendable {
    package enum Language: Sendable { case iptables, nftables }

    /// Without what it is indented by.
    package let text: Substring
    /// At least one.
    package let words: [Substring]

    /// Words after which comes a name, which may begin with a quotation mark and has no other: iptables takes `"` for a chain's.
    private static let beforeNames: Set<Substring> = ["-A", "-j", "-g", "-i", "-o", "chain", "jump", "goto"]

    package static func all(in text: String, _ language: Language) -> [ListedLine] {
        let bytes = text.utf8
        var lines: [ListedLine] = []
        var words: [Substring] = []
        var at = bytes.startIndex
        func endLine() {
            if let first = words.first { lines.append(ListedLine(text: text[first.startIndex..<at], words: words)) }
            words = []
        }
        func take(until end: String.Index) {
            words.append(text[at..<end])
            at = end
        }
        while at < bytes.endIndex {
            let byte = bytes[at]
            if byte == newline {
                endLine()
                at = bytes.index(after: at)
            } else if isSeparator(byte, language) {
                at = bytes.index(after: at)
            } else if byte == quote, words.last.map({ !beforeNames.contains($0) }) ?? true {
                take(until: end(ofQuoteAt: at, in: bytes, language))
            } else {
                take(until: bytes[at...].firstIndex { $0 == newline || isSeparator($0, language) } ?? bytes.endIndex)
            }
        }
        endLine()
        return lines
    }

    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")

    private static func isSeparator(_ byte: UInt8, _ language: Language) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || language == .nftables && byte == UInt8(ascii: ";")
    }

    /// Behind the mark that closes it. One that nothing closes goes on to the end of the text.
    private static func end(ofQuoteAt start: String.Index, in bytes: String.UTF8View, _ language: Language) -> String.Index {
        var isEscaped = false
        var at = bytes.index(after: start)
        while at < bytes.endIndex {
            let byte = bytes[at]
            at = bytes.index(after: at)
            if isEscaped {
                isEscaped = false
            } else if byte == quote {
                break
            } else {
                // nft escapes nothing, and lets nobody have a quotation mark in a text.
                isEscaped = language == .iptables && byte == UInt8(ascii: "\\")
            }
        }
        return at
    }
}

extension Substring {
    package var isQuoted: Bool { utf8.first == UInt8(ascii: "\"") }

    /// What stands between the quotes, if it stands in any.
    package var unquoted: Substring {
        guard isQuoted else { return self }
        let inner = dropFirst()
        return inner.utf8.last == UInt8(ascii: "\"") ? inner.dropLast() : inner
    }
}
