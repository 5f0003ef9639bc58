/// Somebody else's text in a line of ours: what could end the line, or play with the terminal, is a space; runs of spaces are one, and it
/// is cut to `limit` characters.
package func printable(_ text: some StringProtocol, limit: Int) -> String { printable(text.unicodeScalars, limit: limit) }

/// No more of the text is asked for than is shown.
func printable(_ scalars: some Sequence<Unicode.Scalar>, limit: Int) -> String {
    var result = ""
    var count = 0
    var isSpacePending = false
    for scalar in scalars {
        let isSpace =
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse, .unassigned: true
            default: false
            }
        if isSpace {
            isSpacePending = !result.isEmpty
            continue
        }
        let added = isSpacePending ? 2 : 1
        guard count + added <= limit else { return result + "…" }
        if isSpacePending { result += " " }
        isSpacePending = false
        result.unicodeScalars.append(scalar)
        count += added
    }
    return result
}
