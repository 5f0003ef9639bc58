/// What the terminal can show.
struct ScreenStyle: Equatable {
    var isASCII: Bool
    var hasColour: Bool

    /// By the environment, as the C library and no-color.org read it.
    init(_ environment: (String) -> String?) {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
        let encoding = locale.lowercased()
        isASCII = !encoding.hasSuffix("utf-8") && !encoding.hasSuffix("utf8")
        hasColour = environment("NO_COLOR").map(\.isEmpty) ?? true
    }

    init(isASCII: Bool, hasColour: Bool) {
        self.isASCII = isASCII
        self.hasColour = hasColour
    }
}

/// A line of the screen before it is cut to the width. No colour says anything that the words don't.
struct ScreenLine: Equatable {
    enum Ink: String {
        case plain = ""
        case bold = "1"
        case faint = "2"
        case good = "32"
        case doubtful = "33"
        case bad = "31"
    }

    var parts: [(text: String, ink: Ink)]

    init(_ text: String, _ ink: Ink = .plain) { parts = [(text, ink)] }
    init(_ parts: [(String, Ink)]) { self.parts = parts.map { (text: $0.0, ink: $0.1) } }

    static func == (a: Self, b: Self) -> Bool { a.parts.elementsEqual(b.parts) { $0.text == $1.text && $0.ink == $1.ink } }

    /// At most `width` characters, whatever somebody's text has in it.
    func cut(to width: Int, _ style: ScreenStyle) -> String {
        var left = max(0, width)
        var line = ""
        for (text, ink) in parts where left > 0 {
            var shown = String(
                text.prefix(left).map { character -> Character in
                    let isControl = character.unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) }
                    return isControl ? " " : style.isASCII && !character.isASCII ? "?" : character
                })
            left -= shown.count
            if style.hasColour, ink != .plain, !shown.isEmpty { shown = "\u{1b}[\(ink.rawValue)m\(shown)\u{1b}[0m" }
            line += shown
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
