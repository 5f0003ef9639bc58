/// Why things are as they are: `type Explanation`.
package struct Explanation: Codable, Equatable, Sendable {
    /// The short answer: which WAN, and why.
    package var sentence: String
    package var lines: [Line]

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

    package init(sentence: String, lines: [Line]) {
        self.sentence = sentence
        self.lines = lines
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case sentence, lines }
}
