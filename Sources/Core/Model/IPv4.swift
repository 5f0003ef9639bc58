/// An IPv4 address, in host byte order.
package struct IPv4Address: Hashable, Sendable, Comparable, TextCodable {
    package let bits: UInt32

    package init(bits: UInt32) { self.bits = bits }

    /// Dotted quad only: four decimal numbers without leading zeros, as `inet_pton(3)` takes them.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 0x30, let byte = UInt8(part)
            else { return nil }
            bits = bits << 8 | UInt32(byte)
        }
        self.bits = bits
    }

    package var description: String { "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)" }

    package static func < (a: Self, b: Self) -> Bool { a.bits < b.bits }
}

/// An address with the length of its network's prefix: `192.0.2.7/24`.
package struct IPv4Prefix: Hashable, Sendable, TextCodable {
    package let address: IPv4Address
    package let length: UInt8

    package init?(address: IPv4Address, length: UInt8) {
        guard length <= 32 else { return nil }
        self.address = address
        self.length = length
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(String(parts[0])), let length = UInt8(parts[1]) else { return nil }
        self.init(address: address, length: length)
    }

    package var description: String { "\(address)/\(length)" }

    package func contains(_ other: IPv4Address) -> Bool {
        length == 0 || (address.bits ^ other.bits) >> (32 - UInt32(length)) == 0
    }
}
