internal import Glibc

/// One address of each family, as bytes.
package struct DNSRecords: Equatable, Sendable {
    var a: [UInt8]
    var aaaa: [UInt8]

    package init(a: String, aaaa: String) throws {
        self.a = [UInt8](repeating: 0, count: 4)
        self.aaaa = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET, a, &self.a) == 1, inet_pton(AF_INET6, aaaa, &self.aaaa) == 1 else {
            throw LabError("not an IPv4 and an IPv6 address: \(a) \(aaaa)")
        }
    }

    private init(bytes a: [UInt8], _ aaaa: [UInt8]) {
        self.a = a
        self.aaaa = aaaa
    }

    /// 192.0.2.66 and 2001:db8:bad::1.
    package static let wrong = DNSRecords(
        bytes: [192, 0, 2, 66], [0x20, 0x01, 0x0d, 0xb8, 0x0b, 0xad] + [UInt8](repeating: 0, count: 9) + [1])
}

/// The one question of a query (RFC 1035, section 4.1), and the answers to it. Pure.
package struct DNSQuery {
    /// In lower case, without a dot at its end.
    package let name: String
    package let type: UInt16
    private let identifier: ArraySlice<UInt8>
    private let question: ArraySlice<UInt8>

    /// nil: no query with one question.
    package init?(_ message: ArraySlice<UInt8>) {
        let bytes = Array(message)
        guard bytes.count >= 12, bytes[2] & 0x80 == 0, bytes[4] == 0, bytes[5] == 1 else { return nil }
        var labels: [String] = []
        var index = 12
        while index < bytes.count, bytes[index] != 0 {
            let length = Int(bytes[index])
            guard length < 64, index + 1 + length < bytes.count else { return nil }
            labels.append(String(decoding: bytes[(index + 1)..<(index + 1 + length)], as: UTF8.self).lowercased())
            index += 1 + length
        }
        guard index + 5 <= bytes.count else { return nil }
        name = labels.joined(separator: ".")
        type = UInt16(bytes[index + 1]) << 8 | UInt16(bytes[index + 2])
        identifier = bytes[0..<2]
        question = bytes[12..<(index + 5)]
    }

    /// An error, or no records at all.
    package func reply(code: UInt8 = 0, answers: [[UInt8]] = []) -> [UInt8] {
        // A response, recursion desired and available.
        Array(identifier) + [0x81, 0x80 | code, 0, 1, 0, UInt8(answers.count), 0, 0, 0, 0] + question + answers.flatMap { $0 }
    }

    package func reply(_ records: DNSRecords) -> [UInt8] {
        let data: [UInt8]? =
            switch type {
            case 1: records.a
            case 28: records.aaaa
            default: nil
            }
        // The name by a pointer to the question's, class IN, 30 s to live.
        return reply(
            answers: data.map { [[0xc0, 12, UInt8(type >> 8), UInt8(type & 0xff), 0, 1, 0, 0, 0, 30, 0, UInt8($0.count)] + $0] } ?? [])
    }
}
