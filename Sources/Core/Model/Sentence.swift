/// What people are told, so that programs and other languages can go by it, too: a code, what is filled in, and the sentence in English.
package struct Sentence: Hashable, Sendable {
    /// Lower case, with dashes: `no-carrier`. It never changes its sense.
    package var code: String
    package var arguments: [String: String]
    package var text: String

    /// - Parameter arguments: those that are nil are left out.
    package init(_ code: String, _ arguments: [String: (any CustomStringConvertible)?], _ text: String) {
        self.code = code
        self.arguments = arguments.compactMapValues { $0?.description }
        self.text = text
    }

    package init(_ code: String, _ text: String) { self.init(code, [:], text) }
}
