/// Takes the framing off the body of an HTTP/1 response (RFC 9112, section 6.3) as it comes in. It keeps nothing, and looks at each byte once.
package struct BodyReader: Equatable, Sendable {
    private enum Framing: Equatable, Sendable {
        case length(left: Int)
        case untilClose
        /// - Parameter isOver: what follows on the line is an extension that nobody uses.
        case chunkSize(digits: Int, size: Int, isOver: Bool)
        case chunk(left: Int)
        /// The line end behind a chunk: CR LF, or LF alone.
        case chunkEnd(hasReturn: Bool)
        /// Fields that nobody reads, up to an empty line.
        case trailer(isLineEmpty: Bool)
        case done
    }

    private var framing: Framing
    /// Of the page itself.
    package private(set) var count = 0

    /// A terabyte: nobody's page has a longer chunk.
    private static let mostDigits = 10
    private static let sizeLine = Framing.chunkSize(digits: 0, size: 0, isOver: false)

    package init(_ head: HTTPResponse) throws(HTTPError) {
        if head.status == 204 || head.status == 304 {
            framing = .done
        } else if head.value(of: "transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
            framing = Self.sizeLine
        } else if let text = head.value(of: "content-length") {
            guard let length = Int(text.filter { $0 != " " }), length >= 0 else { throw .badFraming }
            framing = length == 0 ? .done : .length(left: length)
        } else {
            framing = .untilClose
        }
    }

    /// The page is whole.
    package var isComplete: Bool { framing == .done }

    /// nil: nobody knows before the end.
    package var length: Int? { if case .length(let left) = framing { count + left } else { isComplete ? count : nil } }

    /// - Parameter page: gets what of it is the page itself.
    package mutating func take(_ bytes: ArraySlice<UInt8>, page: (ArraySlice<UInt8>) -> Void = { _ in }) throws(HTTPError) {
        var rest = bytes
        func take(atMost most: Int) -> Int {
            let taken = rest.prefix(most)
            page(taken)
            rest = rest[taken.endIndex...]
            return taken.count
        }
        while let byte = rest.first {
            switch framing {
            case .length(let left):
                let taken = take(atMost: left)
                count += taken
                framing = left == taken ? .done : .length(left: left - taken)
            case .untilClose: count += take(atMost: rest.count)
            case .chunk(let left):
                let taken = take(atMost: left)
                count += taken
                framing = left == taken ? .chunkEnd(hasReturn: false) : .chunk(left: left - taken)
            case .chunkSize, .chunkEnd, .trailer:
                rest = rest.dropFirst()
                framing = try Self.next(framing, byte)
            case .done: return
            }
        }
    }

    /// What a byte between the chunks leads to.
    private static func next(_ framing: Framing, _ byte: UInt8) throws(HTTPError) -> Framing {
        let isFeed = byte == UInt8(ascii: "\n")
        let isReturn = byte == UInt8(ascii: "\r")
        switch framing {
        case .chunkSize(let digits, let size, _) where isFeed:
            guard digits > 0 else { throw .badFraming }
            return size == 0 ? .trailer(isLineEmpty: true) : .chunk(left: size)
        case .chunkSize(let digits, let size, isOver: false):
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                guard digits > 0 else { throw .badFraming }
                return .chunkSize(digits: digits, size: size, isOver: true)
            }
            guard digits < mostDigits else { throw .badFraming }
            return .chunkSize(digits: digits + 1, size: size << 4 | digit, isOver: false)
        case .chunkEnd(let hasReturn):
            guard isFeed || isReturn && !hasReturn else { throw .badFraming }
            return isFeed ? sizeLine : .chunkEnd(hasReturn: true)
        case .trailer(let isLineEmpty):
            return isFeed && isLineEmpty ? .done : .trailer(isLineEmpty: isFeed || isReturn && isLineEmpty)
        case .chunkSize, .length, .untilClose, .chunk, .done: return framing
        }
    }

    /// The connection was closed. False: in the middle.
    package mutating func finish() -> Bool {
        if case .untilClose = framing { framing = .done }
        return isComplete
    }
}
