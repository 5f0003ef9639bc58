import Model

/// Some minutes or hours of the probes to one target by one WAN, packed: half a byte each where nothing special happens.
///
/// Probes are sent at an even pace and their round trips are much alike. So a probe is kept as what is unexpected about it. Half bytes, the low one of
/// each byte first:
///
///     0…12    answered, and the round trip so many steps of the scale (less 6) above that of the last answer
///     13      lost
///     14 n    the next probe isn't where it is expected, but n ms from there
///     15 0 n  answered, at step n
///     15 1 n  n + 2 lost in a row, each where it is expected
///     15 2 n  a wrong answer of kind n
///
/// A number n is half bytes of three bits, the lowest first, with 8 added to all but the last; signed ones are folded to 0, -1, 1, -2, …. Expected is
/// the next probe one pace after the one before. The pace is the last time between two probes that came twice in a row, so a WAN that
/// is probed faster for a while costs two numbers. A probe that is `tolerance` or less from where it is expected is taken to be there.
///
/// Before them: the version, the count and the time of the first probe, numbers of seven bits a byte.
package enum SampleBlock {
    /// In milliseconds. Timers are late by one or two; a busy box by more.
    package static let tolerance: Int64 = 10
    package static let version: UInt8 = 1
    /// A block that claims more is damaged. A day of ten probes a second has 864,000.
    package static let most = 1_000_000

    static let answered = 0...12
    static let zero = 6
    static let lost: UInt8 = 13
    static let moved: UInt8 = 14
    static let special: UInt8 = 15
    static let (step, run, wrong) = (0 as UInt8, 1 as UInt8, 2 as UInt8)

    /// When the next probe is expected.
    struct Pace {
        private(set) var interval: Int64 = 1000
        private var last: Int64
        private var lastInterval: Int64?

        init(from start: Int64) { last = start }

        var expected: Int64 { last + interval }

        mutating func sent(at moment: Int64) {
            let time = moment - last
            if let lastInterval, abs(time - lastInterval) <= tolerance { interval = time }
            lastInterval = time
            last = moment
        }
    }

    /// - Parameter samples: in the order of their times.
    package static func encode(_ samples: some Collection<Sample>) -> [UInt8] {
        var bytes = [version]
        append(UInt64(samples.count), to: &bytes)
        guard let first = samples.first else { return bytes }
        append(fold(first.at), to: &bytes)
        var halves = HalfBytes(bytes)
        var pace = Pace(from: first.at)
        var isFirst = true
        var last = 0
        var losses = 0
        for sample in samples {
            var moment = sample.at
            if !isFirst {
                let deviation = sample.at - pace.expected
                if abs(deviation) <= tolerance {
                    moment = pace.expected
                } else {
                    end(&losses, &halves)
                    halves.append(moved)
                    halves.append(number: fold(deviation))
                }
                pace.sent(at: moment)
            }
            isFirst = false
            switch sample.result {
            case .lost: losses += 1
            case .wrong(let kind):
                end(&losses, &halves)
                halves.append(special, wrong)
                halves.append(number: UInt64(-2 - SampleResult.wrong(kind).code))
            case .answered(let microseconds):
                end(&losses, &halves)
                let step = RoundTripScale.step(of: microseconds)
                if answered.contains(step - last + zero) {
                    halves.append(UInt8(step - last + zero))
                } else {
                    halves.append(special, Self.step)
                    halves.append(number: UInt64(step))
                }
                last = step
            }
        }
        end(&losses, &halves)
        return halves.bytes
    }

    private static func end(_ losses: inout Int, _ halves: inout HalfBytes) {
        switch losses {
        case 0: return
        case 1...3: for _ in 0..<losses { halves.append(lost) }
        default:
            halves.append(special, run)
            halves.append(number: UInt64(losses - 2))
        }
        losses = 0
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func fold(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }
    static func unfold(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1) }
}

/// Half bytes behind whole ones.
struct HalfBytes {
    private(set) var bytes: [UInt8]
    private var isLow = true

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func append(_ halves: UInt8...) {
        for half in halves {
            if isLow { bytes.append(half) } else { bytes[bytes.count - 1] |= half << 4 }
            isLow.toggle()
        }
    }

    mutating func append(number: UInt64) {
        var rest = number
        while rest >= 8 {
            append(UInt8(rest & 7) | 8)
            rest >>= 3
        }
        append(UInt8(rest))
    }
}
