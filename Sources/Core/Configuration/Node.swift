import Model

/// One value of a YAML file. A scalar is its text: what `on`, `1` or `12:30` means is for the reader of the key to say, not for YAML.
struct Node {
    enum Content {
        case scalar(String)
        /// Nothing at all, as in `metric:`.
        case empty
        case list([Node])
        case mapping([Pair])
        /// Something that was already reported: whoever reads it says no more.
        case refused
    }

    struct Pair {
        var key: Node
        var value: Node
    }

    var content: Content
    var mark: Mark

    /// The end of "… has to be a list".
    var butIs: String {
        switch content {
        case .scalar(let text): ", not \(quoted(text))"
        case .empty: ", but is empty"
        case .list: ", not a list"
        case .mapping: ", not a mapping"
        case .refused: ""
        }
    }
}

/// Text from the file, fit for a message: short, and without anything that could move a terminal's cursor.
func quoted(_ text: String) -> String {
    let limit = 60
    let shown = text.unicodeScalars.prefix(limit).map { scalar in
        switch scalar {
        case "\n": "\\n"
        case "\t": "\\t"
        case _ where scalar.isDeceptive: "<\(scalar.codePoint)>"
        default: String(scalar)
        }
    }
    return "'\(shown.joined())\(text.unicodeScalars.count > limit ? "…" : "")'"
}

/// `'a', 'b' and 'c'`
func listed(_ words: [String], _ conjunction: String) -> String { enumeration(words.map { "'\($0)'" }, conjunction) }
