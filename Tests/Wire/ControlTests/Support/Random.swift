/// SplitMix64: the same numbers from the same seed, so that a failure can be had again.
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// The bytes with a few faults: changed, lost, added, doubled, cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2 where place < bytes.count: bytes.remove(at: place)
            case 3: bytes.insert(Array("{}[]\",:\\\0e-9".utf8).randomElement(using: &self) ?? 0, at: place)
            case 4: bytes.insert(contentsOf: bytes[place...].prefix(12), at: place)
            case 5 where Int.random(in: 0..<4, using: &self) == 0: bytes.removeSubrange(place...)
            default: break
            }
        }
        return bytes
    }
}
