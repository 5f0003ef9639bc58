/// An IPv6 address, as two halves in host byte order. Without a zone: a link-local address means nothing without its interface.
package struct IPv6Address: Hashable, Sendable, TextCodable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The forms of RFC 4291, section 2.2, without a zone; as `inet_pton(3)` takes them.
    package init?(_ text: String) {
        var text = Substring(text)
        var tail: [UInt16] = []
        // The last 32 bits may be written as an IPv4 address.
        if text.contains(".") {
            guard let colon = text.lastIndex(of: ":"), let four = IPv4Address(String(text[text.index(after: colon)...])) else { return nil }
            tail = [UInt16(truncatingIfNeeded: four.bits >> 16), UInt16(truncatingIfNeeded: four.bits)]
            text = text[...colon]
            // "::ffff:192.0.2.1" leaves "::ffff:", "::192.0.2.1" leaves "::".
            if !text.hasSuffix("::") { text.removeLast() }
        }
        let halves = Self.halves(text)
        guard !halves.isEmpty else { return nil }
        var groups: [[UInt16]] = []
        for half in halves {
            guard let parsed = Self.groups(half) else { return nil }
            groups.append(parsed)
        }
        groups[groups.count - 1] += tail
        let given = groups.reduce(0) { $0 + $1.count }
        // "::" stands for at least one group of zeros.
        guard groups.count == 1 ? given == 8 : given < 8 else { return nil }
        let all = groups.count == 1 ? groups[0] : groups[0] + Array(repeating: 0, count: 8 - given) + groups[1]
        high = all[..<4].reduce(0) { $0 << 16 | UInt64($1) }
        low = all[4...].reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// What stands before and after "::"; one part if there is none; nothing if it stands there twice.
    private static func halves(_ text: Substring) -> [Substring] {
        let bytes = Array(text.utf8)
        let doubles = bytes.indices.dropLast().filter { bytes[$0] == 0x3a && bytes[$0 + 1] == 0x3a }
        guard let first = doubles.first else { return [text] }
        guard doubles.count == 1 else { return [] }
        let split = text.utf8.index(text.startIndex, offsetBy: first)
        return [text[..<split], text[text.utf8.index(split, offsetBy: 2)...]]
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != 0x2b && $0 != 0x2d }), let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    package var groups: [UInt16] {
        [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
    }

    package var bytes: [UInt8] { groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] } }

    /// As RFC 5952 wants it: lower case, no zeros in front, the longest run of at least two zero groups as "::".
    package var description: String {
        let groups = groups
        var longest = 0..<0
        var index = 0
        while index < 8 {
            let start = index
            while index < 8, groups[index] == 0 { index += 1 }
            if index - start > max(longest.count, 1) { longest = start..<index }
            index += 1
        }
        let text = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        return longest.isEmpty ? text(groups[...]) : text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }

    /// fe80::/10: known on one link only.
    package var isLinkLocal: Bool { high >> 54 == 0x3fa }
}

/// An address with the length of its network's prefix: `2001:db8::7/64`.
package struct IPv6Prefix: Hashable, Sendable, TextCodable {
    package let address: IPv6Address
    package let length: UInt8

    package init?(address: IPv6Address, length: UInt8) {
        guard length <= 128 else { return nil }
        self.address = address
        self.length = length
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv6Address(String(parts[0])), let length = UInt8(parts[1]) else { return nil }
        self.init(address: address, length: length)
    }

    package var description: String { "\(address)/\(length)" }

    package func contains(_ other: IPv6Address) -> Bool {
        // Shifts by 64 or more leave nothing, which is what is wanted.
        (address.high ^ other.high) >> (64 - min(UInt64(length), 64)) == 0
            && (length <= 64 || (address.low ^ other.low) >> (128 - UInt64(length)) == 0)
    }
}

package enum IPFamily: String, CaseIterable, Hashable, Sendable, Codable { case v4, v6 }

/// An address of either family.
package enum IPAddress: Hashable, Sendable, TextCodable {
    case v4(IPv4Address)
    case v6(IPv6Address)

    package init?(_ text: String) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    package var family: IPFamily {
        switch self {
        case .v4: .v4
        case .v6: .v6
        }
    }

    package var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    /// As it stands before a colon and a port: `[2001:db8::1]`.
    package var bracketed: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): "[\(address)]"
        }
    }
}
