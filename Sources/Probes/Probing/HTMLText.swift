/// The text of a page, piece by piece: a space for each tag, and nothing of scripts and styles. A tag that isn't closed ends it.
///
/// It is somebody else's page and as long as he likes, so nothing is looked at twice, but for what scripts hide if nothing ends them; and who has
/// seen enough stops.
struct HTMLText: Sequence, IteratorProtocol {
    private var rest: Substring.UnicodeScalarView
    /// Of `script` and `style` what nothing ends: it isn't looked for again.
    private var endless: Set<String> = []
    /// How many scalars were looked at.
    private(set) var steps = 0

    init(_ page: String) { rest = page[...].unicodeScalars }

    mutating func next() -> Unicode.Scalar? {
        guard rest.first == "<" else { return take() }
        if let hidden = ["script", "style"].first(where: { isAt("<" + $0) }), !endless.contains(hidden) {
            let start = rest
            if !skip(to: "</" + hidden) {
                endless.insert(hidden)
                rest = start
            }
        }
        guard skip(to: ">") else { return nil }
        _ = take()
        return " "
    }

    /// nil: there is none, or not all of it, or nothing in it.
    static func title(of page: String) -> String? {
        var text = HTMLText(page)
        guard text.skip(to: "<title"), text.skip(to: ">"), text.take() != nil else { return nil }
        let start = text.rest
        guard text.skip(to: "</title") else { return nil }
        let title = printable(start[..<text.rest.startIndex], limit: 1000)
        return title.isEmpty ? nil : title
    }

    private mutating func take() -> Unicode.Scalar? {
        steps += 1
        return rest.popFirst()
    }

    /// False: it isn't there, and that was the end.
    private mutating func skip(to word: String) -> Bool {
        while !isAt(word) { guard take() != nil else { return false } }
        return true
    }

    /// In any case.
    private func isAt(_ word: String) -> Bool { rest.starts(with: word.unicodeScalars) { Self.lowercased($0) == $1 } }

    private static func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar
    }
}
