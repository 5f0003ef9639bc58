/// What a stream's packets carry: the sender writes number and time, the echo server adds the source address that it saw.
struct Datagram {
    var sequence: Int
    var wantsEcho: Bool
    /// As `Endpoint.bytes`; zero on the way there.
    var seen = [UInt8](repeating: 0, count: 16)
    var seenAddress: String { Endpoint(bytes: seen).address }

    static let size = 64
    private static let magic: UInt64 = 0x7570_6c69_6e6b_6c62

    init(sequence: Int, wantsEcho: Bool) {
        self.sequence = sequence
        self.wantsEcho = wantsEcho
    }

    /// nil: not one of ours.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        func number(_ offset: Int, _ length: Int) -> UInt64 {
            bytes.dropFirst(offset).prefix(length).reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard number(0, 8) == Self.magic, let sequence = Int(exactly: number(8, 8)) else { return nil }
        self.sequence = sequence
        wantsEcho = number(16, 1) == 1
        seen = Array(bytes.dropFirst(17).prefix(16))
    }

    var bytes: [UInt8] {
        func big(_ value: UInt64, _ length: Int) -> [UInt8] {
            (0..<length).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        }
        let content = big(Self.magic, 8) + big(UInt64(sequence), 8) + [wantsEcho ? 1 : 0] + seen
        return content + [UInt8](repeating: 0, count: Self.size - content.count)
    }
}
