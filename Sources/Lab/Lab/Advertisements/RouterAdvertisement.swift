/// A router advertisement (RFC 4861, section 4.2) with one prefix. Pure.
package struct RouterAdvertisement: Equatable, Sendable {
    /// How long the sender may be used as a default gateway, in whole seconds; zero: no longer.
    package var lifetime: Duration
    /// 16 bytes.
    package var prefix: [UInt8]
    package var prefixLength: UInt8
    package var hardware: [UInt8]

    /// How long an address of that prefix is good. Longer than any lab stands.
    private static let validSeconds: UInt32 = 7200

    package init(lifetime: Duration, prefix: [UInt8], prefixLength: UInt8, hardware: [UInt8]) {
        self.lifetime = lifetime
        self.prefix = prefix
        self.prefixLength = prefixLength
        self.hardware = hardware
    }

    /// The kernel fills in the checksum.
    package var bytes: [UInt8] {
        func big(_ value: UInt32) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let seconds = UInt16(clamping: lifetime.components.seconds)
        // Type 134, hop limit 64, neither "managed" nor "other": no DHCPv6.
        let header: [UInt8] = [134, 0, 0, 0, 64, 0, UInt8(seconds >> 8), UInt8(seconds & 0xff)] + big(0) + big(0)
        // The sender's hardware address: who hears a gateway that has become another box must not go on with the old one's.
        let source: [UInt8] = [1, 1] + hardware
        // On the link (0x80) and autonomous (0x40): addresses are made of it.
        let information: [UInt8] = [3, 4, prefixLength, 0xc0] + big(Self.validSeconds) + big(Self.validSeconds) + big(0) + prefix
        return header + source + information
    }
}
