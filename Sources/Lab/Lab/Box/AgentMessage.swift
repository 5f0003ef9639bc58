internal import FoundationEssentials

/// What is said to Scripts/box-agent and by it: "NUMBER SECONDS COMMAND" and "NUMBER STATUS OUTPUT", the last of each in base64. Pure.
package enum AgentMessage {
    package static func request(_ number: Int, seconds: Int, command: String) -> String {
        "\(number) \(seconds) \(Data(command.utf8).base64EncodedString())"
    }

    package struct Answer: Equatable, Sendable {
        package var number: Int
        package var status: Int
        package var output: String
    }

    /// nil: half a line, of a box that was switched off.
    package static func answer(_ line: String) -> Answer? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let number = Int(words[0]), let status = Int(words[1]), let output = Data(base64Encoded: String(words[2]))
        else { return nil }
        return Answer(number: number, status: status, output: String(decoding: output, as: UTF8.self))
    }
}
