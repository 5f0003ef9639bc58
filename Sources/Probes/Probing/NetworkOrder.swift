import Model

// Numbers and addresses as they stand in packets: the most significant byte first.

extension [UInt8] {
    mutating func appendBig(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// nil: it would reach past the end.
    func big<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value? {
        guard offset >= 0 else { return nil }
        return withUnsafeBytes { bytes in
            guard offset + MemoryLayout<Value>.size <= bytes.count else { return nil }
            return Value(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
    }
}

extension IPAddress {
    var bytes: [UInt8] {
        switch self {
        case .v4(let address):
            var bytes: [UInt8] = []
            bytes.appendBig(address.bits)
            return bytes
        case .v6(let address): return address.bytes
        }
    }

    /// 4 or 16 bytes; nil for any other number.
    init?(bytes: ArraySlice<UInt8>) {
        switch bytes.count {
        case 4: self = .v4(IPv4Address(bits: bytes.big(at: 0) ?? 0))
        case 16: self = .v6(IPv6Address(high: bytes.big(at: 0) ?? 0, low: bytes.big(at: 8) ?? 0))
        default: return nil
        }
    }
}
