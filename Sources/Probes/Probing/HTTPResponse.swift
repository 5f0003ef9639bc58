/// The head of an HTTP/1 response (RFC 9112).
package struct HTTPResponse: Equatable, Sendable {
    package var status: Int
    /// Names in lower case.
    package var fields: [Field]

    package struct Field: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    package func value(of name: String) -> String? { fields.first { $0.name == name }?.value }

    init(head: [UInt8]) throws(HTTPError) {
        let lines = head.split(separator: 10).map { line in String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self) }
        // HTTP-version SP status-code SP reason
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[1].utf8.count == 3, let status = Int(words[1]), status >= 100 else { throw .notHTTP }
        self.status = status
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            return Field(name: line[..<colon].lowercased(), value: String(value))
        }
    }
}

/// Why some bytes are no HTTP response.
package enum HTTPError: Error, Equatable, Sendable {
    /// The connection was closed without a word.
    case empty
    /// It ended within the head.
    case cutShort
    case notHTTP
    /// A length that is none, chunks that don't add up.
    case badFraming

    package var description: String {
        switch self {
        case .empty: "the connection was closed without an answer"
        case .cutShort: "the answer ends in the middle"
        case .notHTTP: "the answer is no HTTP"
        case .badFraming: "the answer has no proper length"
        }
    }
}
