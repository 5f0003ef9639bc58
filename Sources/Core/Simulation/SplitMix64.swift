/// The generator behind every world (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). The same seed gives
/// the same world on every machine, so that a figure that looks wrong can be looked at again.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    /// 0 ..< 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Exponentially distributed with a mean of 1, by comparisons alone (von Neumann, 1951): the standard library has no logarithm.
    mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = uniform()
            var last = first
            var length = 1
            while true {
                let next = uniform()
                if next >= last { break }
                last = next
                length += 1
            }
            if length % 2 == 1 { return whole + first }
            whole += 1
        }
    }

    /// 0 ..< `limit`.
    mutating func time(below limit: Nanoseconds) -> Nanoseconds { Nanoseconds(uniform() * Double(limit)) }

    /// Another generator: what is drawn from one doesn't disturb what is drawn from the other.
    mutating func split() -> SplitMix64 { SplitMix64(seed: next()) }
}
