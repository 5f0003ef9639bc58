import Model

extension SampleBlock {
    /// A block that can't be what it says it is: damaged, or of a later version.
    package struct Damaged: Error, Equatable { package init() {} }

    package static func decode(_ bytes: [UInt8]) throws(Damaged) -> [Sample] {
        var reader = try Reader(bytes)
        var samples: [Sample] = []
        samples.reserveCapacity(reader.count)
        while let sample = try reader.next() { samples.append(sample) }
        return samples
    }

    /// Takes a block apart, one probe at a time: a replay needs them only in their order.
    package struct Reader: Sendable {
        private let bytes: [UInt8]
        /// In half bytes.
        private var place: Int
        package let count: Int
        package let start: Int64
        private var left: Int
        private var pace: Pace
        private var step = 0
        private var losses = 0

        /// The pace at this place.
        package var interval: Int64 { pace.interval }

        package init(_ bytes: [UInt8]) throws(Damaged) {
            self.bytes = bytes
            guard bytes.first == version else { throw Damaged() }
            var index = 1
            func number() throws(Damaged) -> UInt64 {
                var number: UInt64 = 0
                for shift in stride(from: UInt64(0), to: 64, by: 7) {
                    guard index < bytes.count else { break }
                    let byte = bytes[index]
                    index += 1
                    number |= UInt64(byte & 127) << shift
                    if byte < 128 { return number }
                }
                throw Damaged()
            }
            let count = try number()
            guard count <= UInt64(most) else { throw Damaged() }
            self.count = Int(count)
            left = self.count
            start = count == 0 ? 0 : unfold(try number())
            // Far from the ends of the numbers, so that sums of times can't overflow.
            guard start.magnitude < 1 << 50 else { throw Damaged() }
            pace = Pace(from: start)
            place = index * 2
        }

        /// nil: that was the last one.
        package mutating func next() throws(Damaged) -> Sample? {
            guard left > 0 else { return nil }
            var moment = left == count ? start : pace.expected
            var half = losses > 0 ? lost : try self.half()
            if half == moved, left < count {
                let deviation = unfold(try number())
                guard deviation.magnitude < 1 << 50 else { throw Damaged() }
                moment += deviation
                half = try self.half()
            }
            guard moment.magnitude < 1 << 52 else { throw Damaged() }
            if left < count { pace.sent(at: moment) }
            left -= 1
            if losses > 0 {
                losses -= 1
                return Sample(at: moment, .lost)
            }
            return Sample(at: moment, try result(half))
        }

        private mutating func result(_ half: UInt8) throws(Damaged) -> SampleResult {
            switch half {
            case lost: return .lost
            case special:
                switch try self.half() {
                case SampleBlock.step: return try answer(at: Int(clamping: number()))
                case run:
                    let run = try number()
                    guard run <= UInt64(left) else { throw Damaged() }
                    losses = Int(run) + 1
                    guard losses <= left else { throw Damaged() }
                    return .lost
                case wrong:
                    guard let result = SampleResult(code: -2 - Int(clamping: try number() & 0xffff)) else { throw Damaged() }
                    return result
                default: throw Damaged()
                }
            case moved: throw Damaged()
            default: return try answer(at: step + Int(half) - zero)
            }
        }

        private mutating func answer(at step: Int) throws(Damaged) -> SampleResult {
            guard (0..<RoundTripScale.steps).contains(step) else { throw Damaged() }
            self.step = step
            return .answered(RoundTripScale.microseconds(of: step))
        }

        private mutating func half() throws(Damaged) -> UInt8 {
            guard place / 2 < bytes.count else { throw Damaged() }
            defer { place += 1 }
            return place % 2 == 0 ? bytes[place / 2] & 15 : bytes[place / 2] >> 4
        }

        private mutating func number() throws(Damaged) -> UInt64 {
            var number: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 63, by: 3) {
                let half = try half()
                number |= UInt64(half & 7) << shift
                if half < 8 { return number }
            }
            throw Damaged()
        }
    }
}
