/// Reads an HTTP/1 response (RFC 9112) as it comes in.
package struct HTTPReader: Sendable {
    /// A longer head is none. Who keeps the body reads no more than that of head and body together.
    package static let limit = 64 << 10

    /// The head; nil while it isn't whole.
    package private(set) var response: HTTPResponse?
    /// Without its framing, if it is kept.
    package private(set) var page: [UInt8] = []
    /// Nothing more will come, or is wanted.
    package private(set) var isAtEnd = false
    private let keepsPage: Bool
    private var body: BodyReader?
    private var head: [UInt8] = []
    private var line = Line.begun

    /// What the head's end is told by: an empty line. A bare line feed is taken as well (RFC 9112, section 2.2).
    private enum Line { case begun, empty, emptyButForReturn }

    package init(keepsPage: Bool) { self.keepsPage = keepsPage }

    /// The page is whole.
    package var isComplete: Bool { body?.isComplete ?? false }
    /// How much of the page is there.
    package var count: Int { body?.count ?? 0 }
    /// nil: nobody knows before the end.
    package var length: Int? { body?.length }

    package mutating func take(_ bytes: ArraySlice<UInt8>) throws(HTTPError) {
        var rest = bytes
        while body == nil, let byte = rest.popFirst() { try takeOfHead(byte) }
        guard !rest.isEmpty else { return }
        // Not `body?.take`: the page and the reader of the body can't be changed at once through self.
        var (taken, keepsPage) = (page, keepsPage)
        page = []
        try body?.take(rest) { if keepsPage { taken += $0 } }
        page = taken
    }

    private mutating func takeOfHead(_ byte: UInt8) throws(HTTPError) {
        // Said at once, so that something that speaks first and never ends is not waited for.
        let start = Array("HTTP/1.".utf8)
        guard head.count >= start.count || byte == start[head.count] else { throw .notHTTP }
        head.append(byte)
        switch (byte, line) {
        case (10, .empty), (10, .emptyButForReturn): try endHead()
        case (10, .begun): line = .empty
        case (13, .empty): line = .emptyButForReturn
        default: line = .begun
        }
        guard head.count < Self.limit else { throw .notHTTP }
    }

    private mutating func endHead() throws(HTTPError) {
        let parsed = try HTTPResponse(head: head)
        head = []
        line = .begun
        // An interim response (RFC 9110, section 15.2); the true one follows.
        if (100..<200).contains(parsed.status), parsed.status != 101 { return }
        body = try BodyReader(parsed)
        response = parsed
    }

    /// The connection was closed, or nobody reads on.
    package mutating func finish() throws(HTTPError) {
        guard body != nil else { throw head.isEmpty ? .empty : .cutShort }
        isAtEnd = true
        _ = body?.finish()
    }
}
