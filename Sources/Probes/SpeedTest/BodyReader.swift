import Probing

/// Takes the framing off the body of an HTTP/1 response (RFC 9112, section 6.3) as it comes in, and keeps nothing of it: it counts.
struct BodyReader: Equatable {
    private enum Framing: Equatable {
        case length(left: Int)
        case untilClose
        case chunkSize(digits: [UInt8])
        case chunk(left: Int)
        /// The line end behind a chunk.
        case chunkEnd
        /// Fields that nobody reads, up to an empty line.
        case trailer(isLineEmpty: Bool)
        case done
    }

    private var framing: Framing
    /// Of the page itself.
    private(set) var count = 0

    init(_ head: HTTPResponse) throws(HTTPError) {
        if head.status == 204 || head.status == 304 {
            framing = .done
        } else if head.value(of: "transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
            framing = .chunkSize(digits: [])
        } else if let text = head.value(of: "content-length") {
            guard let length = Int(text.filter { $0 != " " }), length >= 0 else { throw .badFraming }
            framing = length == 0 ? .done : .length(left: length)
        } else {
            framing = .untilClose
        }
    }

    /// The page is whole.
    var isComplete: Bool { framing == .done }

    /// nil: nobody knows before the end.
    var length: Int? { if case .length(let left) = framing { count + left } else { isComplete ? count : nil } }

    mutating func take(_ bytes: ArraySlice<UInt8>) throws(HTTPError) {
        var rest = bytes
        while let byte = rest.first {
            switch framing {
            case .length(let left):
                let taken = min(left, rest.count)
                count += taken
                rest = rest.dropFirst(taken)
                framing = left == taken ? .done : .length(left: left - taken)
            case .untilClose:
                count += rest.count
                return
            case .chunkSize(let digits):
                rest = rest.dropFirst()
                // What comes after the size on its line is nobody's.
                guard byte == 10 else {
                    guard digits.count < 4096 else { throw .badFraming }
                    framing = .chunkSize(digits: digits + [byte])
                    break
                }
                let number = String(decoding: digits.prefix { Character(UnicodeScalar($0)).isHexDigit }, as: UTF8.self)
                guard (1...15).contains(number.utf8.count), let size = Int(number, radix: 16) else { throw .badFraming }
                framing = size == 0 ? .trailer(isLineEmpty: true) : .chunk(left: size)
            case .chunk(let left):
                let taken = min(left, rest.count)
                count += taken
                rest = rest.dropFirst(taken)
                framing = left == taken ? .chunkEnd : .chunk(left: left - taken)
            case .chunkEnd:
                rest = rest.dropFirst()
                guard byte == 13 || byte == 10 else { throw .badFraming }
                if byte == 10 { framing = .chunkSize(digits: []) }
            case .trailer(let isLineEmpty):
                rest = rest.dropFirst()
                if byte == 10 {
                    framing = isLineEmpty ? .done : .trailer(isLineEmpty: true)
                } else if byte != 13 {
                    framing = .trailer(isLineEmpty: false)
                }
            case .done: return
            }
        }
    }

    /// The connection was closed. False: in the middle.
    mutating func finish() -> Bool {
        if case .untilClose = framing { framing = .done }
        return isComplete
    }
}
