/// Text for a terminal or a file, in which somebody else's words may stand (a host's name, a page's, a modem's): what a terminal would obey, or
/// what turns the order of the words about, is shown as JSON writes it, `\u001b`. Lines and tabs stay.
package func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isCommand) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        guard isCommand(scalar) else {
            shown.append(scalar)
            continue
        }
        let digits = String(scalar.value, radix: 16)
        shown += "\\u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)".unicodeScalars
    }
    return String(shown)
}

/// The control characters of ASCII and of Latin-1 (ECMA-48), and those for the direction of text (UAX #9). None is beyond four hexadecimal digits,
/// so JSON stays JSON.
private func isCommand(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\t": false
    case "\0"..<" ", "\u{7f}"..."\u{9f}", "\u{61c}", "\u{200e}"..."\u{200f}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": true
    default: false
    }
}
