/// Why things are as they are: `type Explanation`.
package struct Explanation: Codable, Equatable, Sendable {
    /// The short answer: which WAN, and why.
    package var sentence: String
    package var lines: [Line]
    /// Of a supposition: what would be done, as commands. nil: things as they are.
    package var commands: [String]?

    /// `type ExplanationLine`.
    package struct Line: Codable, Equatable, Sendable {
        package var wan: String
        package var sentence: String

        package init(wan: String, sentence: String) {
            self.wan = wan
            self.sentence = sentence
        }

        enum CodingKeys: String, CodingKey, CaseIterable { case wan, sentence }
    }

    package init(sentence: String, lines: [Line], commands: [String]? = nil) {
        self.sentence = sentence
        self.lines = lines
        self.commands = commands
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case sentence, lines, commands }
}
