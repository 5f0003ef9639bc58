import Model

/// An HTTP/1 response (RFC 9112), as far as it has come in.
package struct HTTPResponse: Equatable, Sendable {
    /// More than that of a response is not read, head and body together.
    package static let limit = 64 << 10

    package var status: Int
    /// Names in lower case.
    package var fields: [Field]
    /// As far as it is there, freed of its framing.
    package var body: [UInt8]
    /// The body is whole.
    package var isComplete: Bool

    package struct Field: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    package func value(of name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Parses all that has come in so far.
    ///
    /// - Parameter isEnd: nothing more will come.
    /// - Returns: nil while the head is not whole.
    package static func parse(_ bytes: [UInt8], isEnd: Bool) throws(HTTPError) -> HTTPResponse? {
        var rest = bytes[...]
        while true {
            // Said at once, so that something that speaks first and never ends is not waited for.
            guard rest.prefix(7).elementsEqual("HTTP/1.".utf8.prefix(rest.count)) else { throw .notHTTP }
            guard let head = headEnd(rest) else {
                if isEnd { throw rest.isEmpty ? .empty : .cutShort }
                guard rest.count < limit else { throw .notHTTP }
                return nil
            }
            var response = try HTTPResponse(head: rest[..<head.lowerBound])
            rest = rest[head.upperBound...]
            // An interim response (RFC 9110, section 15.2); the true one follows.
            if (100..<200).contains(response.status), response.status != 101 { continue }
            try response.read(body: rest, isEnd: isEnd)
            return response
        }
    }

    /// The empty line after the head. A bare line feed is taken as well (RFC 9112, section 2.2).
    package static func headEnd(_ bytes: ArraySlice<UInt8>) -> Range<Int>? {
        var index = bytes.startIndex
        while let feed = bytes[index...].firstIndex(of: 10) {
            let next = feed + 1
            if next < bytes.endIndex, bytes[next] == 10 { return feed..<(next + 1) }
            if next + 1 < bytes.endIndex, bytes[next] == 13, bytes[next + 1] == 10 { return feed..<(next + 2) }
            index = next
        }
        return nil
    }

    private init(head: ArraySlice<UInt8>) throws(HTTPError) {
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
        body = []
        isComplete = false
    }

    /// RFC 9112, section 6.3.
    private mutating func read(body bytes: ArraySlice<UInt8>, isEnd: Bool) throws(HTTPError) {
        if status == 204 || status == 304 {
            isComplete = true
        } else if value(of: "transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
            try readChunks(bytes)
        } else if let length = value(of: "content-length") {
            guard let length = Int(length.filter { $0 != " " }), length >= 0 else { throw .badFraming }
            body = Array(bytes.prefix(length))
            isComplete = body.count == length
        } else {
            body = Array(bytes)
            isComplete = isEnd
        }
    }

    private mutating func readChunks(_ bytes: ArraySlice<UInt8>) throws(HTTPError) {
        var rest = bytes
        while let feed = rest.firstIndex(of: 10) {
            let line = String(decoding: rest[..<feed], as: UTF8.self)
            // The size, and extensions that nobody uses.
            let digits = line.prefix { $0.isHexDigit }
            guard (1...7).contains(digits.utf8.count), let size = Int(digits, radix: 16) else { throw .badFraming }
            rest = rest[(feed + 1)...]
            if size == 0 {
                isComplete = true
                return
            }
            body += rest.prefix(size)
            guard rest.count > size else { return }
            rest = rest.dropFirst(size)
            // The chunk ends with CR LF.
            if rest.first == 13 { rest = rest.dropFirst() }
            guard !rest.isEmpty else { return }
            guard rest.first == 10 else { throw .badFraming }
            rest = rest.dropFirst()
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
