/// Something about a configuration file that its administrator should know, and where in the file it is.
package struct Problem: Equatable, Sendable {
    package enum Severity: String, Sendable {
        /// The file is refused.
        case error
        /// The file is taken, but probably doesn't do what was meant.
        case warning
    }

    /// From 1, as editors count. A column is a character as a person sees it; a tab is one.
    package var line: Int
    package var column: Int
    /// How many characters the underline covers.
    package var length: Int
    package var severity: Severity
    package var message: String
    package var hint: String?
    /// The source line; empty when the problem is with the file as a whole. Never holds a character that could move a terminal's cursor.
    package var excerpt: String

    package var isError: Bool { severity == .error }

    /// The form in which compilers report, so that editors can jump to the place:
    ///
    ///     uplinkd.yaml:12:5: error: unknown key 'metrc'
    ///       metrc: 1
    ///       ^~~~~
    ///       hint: did you mean 'metric'?
    package func text(file: String) -> String {
        var lines = ["\(file):\(line):\(column): \(severity.rawValue): \(message)"]
        if !excerpt.isEmpty { lines += underlined }
        if let hint { lines.append("  hint: \(hint)") }
        return lines.joined(separator: "\n")
    }

    /// The excerpt without its indentation, and the line that points into it.
    private var underlined: [String] {
        let characters = Array(excerpt)
        let start = column - 1
        let margin = min(characters.prefix { $0 == " " || $0 == "\t" }.count, start)
        // Of a long line only the surroundings, or the underline is a screen away from what it underlines.
        let width = 100
        let from = characters.count - margin > width ? max(margin, start - width / 2) : margin
        let upTo = min(characters.count, from + width)
        let before = from > margin ? "…" : ""
        let shown = before + String(characters[from..<upTo]) + (upTo < characters.count ? "…" : "")
        // A tab in the excerpt is a tab in the padding: whatever the terminal makes of it, both lines move alike.
        let padding = (before + String(characters[from..<min(start, upTo)])).map { $0 == "\t" ? "\t" : " " as Character }
        let tildes = String(repeating: "~", count: max(0, min(length, upTo - start) - 1))
        return ["  \(shown)", "  \(String(padding))^\(tildes)"]
    }
}

/// Collects the problems of one file.
struct Problems {
    let source: Source
    /// What is wrong with a program, as whoever can look at the disk says; nil if nothing is.
    let programs: (String) -> String?
    private var found: [Problem] = []

    init(source: Source, programs: @escaping (String) -> String? = { _ in nil }) {
        self.source = source
        self.programs = programs
    }

    var hasErrors: Bool { found.contains { $0.isError } }

    /// By position, each once: what is wrong with a key for all WANs is found again for every WAN. The sort has to be stable: two problems
    /// at one place stay in the order in which they were found.
    var sorted: [Problem] {
        let ordered = found.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }
        return ordered.reduce(into: [Problem]()) { kept, next in
            let isThere = kept.reversed().prefix { ($0.line, $0.column) == (next.element.line, next.element.column) }.contains(next.element)
            if !isThere { kept.append(next.element) }
        }
    }

    /// Without a mark, the problem is with the file as a whole.
    mutating func error(_ message: String, at mark: Mark?, hint: String? = nil) { add(.error, message, mark, hint) }
    mutating func warning(_ message: String, at mark: Mark?, hint: String? = nil) { add(.warning, message, mark, hint) }

    private mutating func add(_ severity: Problem.Severity, _ message: String, _ mark: Mark?, _ hint: String?) {
        guard let mark else {
            found.append(Problem(line: 1, column: 1, length: 1, severity: severity, message: message, hint: hint, excerpt: ""))
            return
        }
        let line = source.line(mark.line)
        let scalars = line.unicodeScalars
        // libyaml counts Unicode scalars; a letter with a combining accent is two of those, but one character to a person.
        let start = scalars.index(scalars.startIndex, offsetBy: mark.column, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let end = scalars.index(start, offsetBy: mark.length, limitedBy: scalars.endIndex) ?? scalars.endIndex
        found.append(
            Problem(
                line: mark.line + 1, column: String(scalars[..<start]).count + 1, length: max(1, String(scalars[start..<end]).count),
                severity: severity, message: message, hint: hint, excerpt: line))
    }
}
