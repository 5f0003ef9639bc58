import Floor
import Model

/// A DNS message (RFC 1035, section 4), of which the additional and authority sections are not looked at.
struct DNSMessage: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var name: DNSName
        var type: UInt16
        var `class`: UInt16
    }

    var id: UInt16
    var isResponse: Bool
    var operation: UInt8
    var isTruncated: Bool
    var code: UInt8
    var questions: [Entry]
    var answers: [DNSRecord]

    static let internet: UInt16 = 1

    /// The question, ready to be sent: 12 bytes, the name, type and class. Recursion is asked for; no EDNS, which old modems choke on.
    /// nil: the name is none.
    static func query(id: UInt16, _ name: DNSName, _ type: DNSQuestion.RecordType) -> [UInt8]? {
        guard let name = name.bytes else { return nil }
        var bytes: [UInt8] = []
        for field in [id, 0x0100, 1, 0, 0, 0] as [UInt16] { bytes.appendBig(field) }
        bytes += name
        bytes.appendBig(type.number)
        bytes.appendBig(internet)
        return bytes
    }

    init(_ message: ArraySlice<UInt8>) throws(DNSError) {
        // Pointers count from the message's beginning.
        let message = ArraySlice(message)
        guard let id: UInt16 = message.big(at: 0), let flags: UInt16 = message.big(at: 2), let questionCount: UInt16 = message.big(at: 4),
            let answerCount: UInt16 = message.big(at: 6), message.count >= 12
        else { throw .truncated }
        self.id = id
        isResponse = flags & 0x8000 != 0
        operation = UInt8(flags >> 11 & 0xf)
        isTruncated = flags & 0x0200 != 0
        code = UInt8(flags & 0xf)
        var offset = 12
        questions = []
        // One is all that anybody asks. A count that lies runs out of bytes soon.
        for _ in 0..<questionCount { questions.append(try Entry(message, at: &offset)) }
        answers = []
        for _ in 0..<answerCount {
            do throws(DNSError) {
                answers.append(try DNSRecord(message, at: &offset))
            } catch {
                // A truncated message may end within a record, and says so itself.
                if isTruncated { break }
                throw error
            }
        }
    }
}

extension DNSMessage.Entry {
    init(_ message: ArraySlice<UInt8>, at offset: inout Int) throws(DNSError) {
        name = try DNSName(message, at: &offset)
        guard let type: UInt16 = message.big(at: offset), let `class`: UInt16 = message.big(at: offset + 2) else { throw .truncated }
        self.type = type
        self.class = `class`
        offset += 4
    }
}

/// A resource record (RFC 1035, section 3.2; AAAA: RFC 3596).
struct DNSRecord: Equatable, Sendable {
    var entry: DNSMessage.Entry
    /// Seconds.
    var timeToLive: UInt32
    var data: Data

    enum Data: Equatable, Sendable {
        case address(IPAddress)
        /// CNAME, NS, PTR.
        case name(DNSName)
        /// MX, SOA and TXT in the text form of zone files.
        case text(String)
        case other
    }

    init(_ message: ArraySlice<UInt8>, at offset: inout Int) throws(DNSError) {
        entry = try DNSMessage.Entry(message, at: &offset)
        guard let timeToLive: UInt32 = message.big(at: offset), let length: UInt16 = message.big(at: offset + 4) else { throw .truncated }
        // RFC 2181, section 8: with the highest bit set it means 0.
        self.timeToLive = timeToLive > UInt32(Int32.max) ? 0 : timeToLive
        offset += 6
        let end = offset + Int(length)
        guard end <= message.count else { throw .truncated }
        // Nothing in it may reach past its end; names may point to before it.
        let known = message.prefix(end)
        switch DNSQuestion.RecordType(number: entry.type) {
        case .a, .aaaa:
            guard let address = IPAddress(bytes: known.dropFirst(offset)), (address.family == .v4) == (entry.type == 1) else {
                throw .truncated
            }
            data = .address(address)
        case .cname, .ns, .ptr: data = .name(try DNSName(known, at: &offset))
        case .mx:
            guard let preference: UInt16 = known.big(at: offset) else { throw .truncated }
            offset += 2
            data = .text("\(preference) \(try DNSName(known, at: &offset))")
        case .soa:
            let names = "\(try DNSName(known, at: &offset)) \(try DNSName(known, at: &offset))"
            var numbers = ""
            for index in 0..<5 {
                guard let number: UInt32 = known.big(at: offset + index * 4) else { throw .truncated }
                numbers += " \(number)"
            }
            data = .text(names + numbers)
        case .txt:
            // Strings of 255 bytes at most, which belong together (RFC 7208, section 3.3).
            var text: [UInt8] = []
            while offset < end, let count: UInt8 = known.big(at: offset) {
                guard offset + 1 + Int(count) <= end else { throw .truncated }
                text += known.dropFirst(offset + 1).prefix(Int(count))
                offset += 1 + Int(count)
            }
            data = .text(String(decoding: text, as: UTF8.self))
        case nil: data = .other
        }
        offset = end
    }
}

extension DNSQuestion.RecordType {
    var number: UInt16 {
        switch self {
        case .a: 1
        case .ns: 2
        case .cname: 5
        case .soa: 6
        case .ptr: 12
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        }
    }

    init?(number: UInt16) {
        guard let type = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = type
    }
}
