/// A domain name in the form in which it is compared: lower case, without the dot at its end, and with `\` before what would be
/// misread (RFC 4343). The root is empty.
struct DNSName: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = text.hasSuffix(".") ? String(text.dropLast().lowercased()) : text.lowercased() }

    /// nil: a label has no or more than 63 bytes, or all of it more than 255 (RFC 1035, section 2.3.4).
    var bytes: [UInt8]? {
        var bytes: [UInt8] = []
        if !description.isEmpty {
            for label in description.split(separator: ".", omittingEmptySubsequences: false) {
                guard (1...63).contains(label.utf8.count) else { return nil }
                bytes.append(UInt8(label.utf8.count))
                bytes += label.utf8
            }
        }
        bytes.append(0)
        return bytes.count <= 255 ? bytes : nil
    }

    /// Reads a name and sets `offset` behind it.
    ///
    /// A pointer has to point before the place where the part that it ends began. So each leads strictly backwards, and the
    /// loops that a hostile server can write are refused without counting.
    init(_ message: ArraySlice<UInt8>, at offset: inout Int) throws(DNSError) {
        var text = ""
        var length = 1
        var place = offset
        var start = offset
        var hasJumped = false
        while true {
            guard let count: UInt8 = message.big(at: place) else { throw .truncated }
            switch count >> 6 {
            case 0:
                if count == 0 {
                    if !hasJumped { offset = place + 1 }
                    description = text
                    return
                }
                length += Int(count) + 1
                guard length <= 255 else { throw .badName }
                if !text.isEmpty { text += "." }
                for index in 1...Int(count) {
                    guard let byte: UInt8 = message.big(at: place + index) else { throw .truncated }
                    text += Self.escaped(byte)
                }
                place += Int(count) + 1
            case 3:
                guard let pointer: UInt16 = message.big(at: place) else { throw .truncated }
                if !hasJumped { offset = place + 2 }
                hasJumped = true
                place = Int(pointer & 0x3fff)
                guard place < start else { throw .badName }
                start = place
            default: throw .badName
            }
        }
    }

    /// As zone files have it (RFC 1035, section 5.1).
    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): String(UnicodeScalar(byte + 0x20))
        case UInt8(ascii: "."), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 0x21...0x7e: String(UnicodeScalar(byte))
        default: "\\" + String(repeating: "0", count: byte < 10 ? 2 : byte < 100 ? 1 : 0) + String(byte)
        }
    }
}

/// Why some bytes are no DNS message.
enum DNSError: Error, Equatable, Sendable {
    case truncated
    case badName
}
