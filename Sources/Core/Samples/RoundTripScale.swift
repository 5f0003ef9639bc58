/// Round trips as steps of a logarithmic scale: step n stands for all from `bounds[n - 1]` up to `bounds[n]`, and each bound
/// is 9 % above the one before.
///
/// What a step is read back as is off by 5 % at most, from 100 µs on, and falls into the step that it came from: to store a record anew changes
/// nothing in it. More precision would cost space and change no decision: round trips are compared with thresholds that people choose in round
/// numbers, and with a patience of 100 ms and more.
package enum RoundTripScale {
    /// In microseconds. An hour is the longest round trip.
    private static let bounds: [UInt32] = {
        var bounds: [UInt32] = []
        var bound = 10.0
        while bound < 4e9 {
            bounds.append(UInt32(bound))
            bound = max(bound * 1.09, bound + 1)
        }
        return bounds
    }()

    package static var steps: Int { bounds.count }

    package static func step(of microseconds: UInt32) -> Int {
        var (low, high) = (0, bounds.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if microseconds < bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The middle of the step.
    package static func microseconds(of step: Int) -> UInt32 {
        guard step > 0 else { return bounds[0] / 2 }
        let (from, upTo) = (bounds[min(step, bounds.count - 1) - 1], bounds[min(step, bounds.count - 1)])
        return from + (upTo - from) / 2
    }
}
