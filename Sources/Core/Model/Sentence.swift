/// What people are told, so that programs and other languages can go by it, too: a code, what is filled in, and the sentence in English.
package struct Sentence: Hashable, Sendable {
    /// Lower case, with dashes: `no-carrier`. It never changes its sense. Empty: it comes from a version that knew the text alone.
    package var code: String
    package var arguments: [String: String]
    package var text: String

    /// - Parameter arguments: those that are nil are left out.
    package init(_ code: String, _ arguments: [String: (any CustomStringConvertible)?], _ text: String) {
        self.code = code
        self.arguments = arguments.compactMapValues { $0?.description }
        self.text = text
    }

    package init(_ code: String = "", _ text: String = "") { self.init(code, [:], text) }

    /// As a part of another sentence: its text, its code, and its own arguments, so that other languages can say the part as well.
    ///
    /// `reason`, `reason_code`, and `reason_wans` for its argument `wans`.
    ///
    /// - Parameter text: how it stands there, if it isn't its own text.
    package func asArgument(_ name: String, _ text: String? = nil) -> [String: (any CustomStringConvertible)?] {
        var result: [String: (any CustomStringConvertible)?] = [name: text ?? self.text, "\(name)_code": code]
        for (key, value) in arguments { result["\(name)_\(key)"] = value }
        return result
    }
}

extension Sentence: CustomStringConvertible { package var description: String { text } }

/// On the wire and on the disk.
extension Sentence: Codable {
    private enum CodingKeys: CodingKey { case code, arguments, text }

    package init(from decoder: any Decoder) throws {
        // It was a bare text once, and so it stands in the reports that the history has kept since then.
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init("", text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(String.self, forKey: .code), try container.decode([String: String].self, forKey: .arguments),
            try container.decode(String.self, forKey: .text))
    }
}
