import Model
import Samples
import Testing

@Suite struct SampleBlockTests {
    static let start: Int64 = 1_795_000_000_123

    /// An hour of one probe a second that takes about that long.
    static func steady(_ microseconds: UInt32 = 20_000, count: Int = 3600) -> [Sample] {
        (0..<count).map { Sample(at: start + Int64($0) * 1000, .answered(microseconds)) }
    }

    @Test("an even hour takes half a byte for each probe")
    func size() throws {
        let bytes = SampleBlock.encode(Self.steady())
        #expect(bytes.count <= 1820)
        #expect(try SampleBlock.decode(bytes).map(\.at) == Self.steady().map(\.at))
    }

    @Test("an hour without an answer takes a few bytes")
    func outage() throws {
        let samples = Self.steady().map { Sample(at: $0.at, .lost) }
        let bytes = SampleBlock.encode(samples)
        #expect(bytes.count < 20)
        #expect(try SampleBlock.decode(bytes) == samples)
    }

    @Test("what becomes of a probe comes back: losses and wrong answers exactly, round trips within 5 %")
    func roundTrips() throws {
        var random = Draw(state: 7)
        for _ in 0..<300 {
            let samples = Self.wild(&random)
            let read = try SampleBlock.decode(SampleBlock.encode(samples))
            #expect(read.count == samples.count)
            for (was, now) in zip(samples, read) {
                #expect(abs(was.at - now.at) <= SampleBlock.tolerance)
                switch (was.result, now.result) {
                case (.answered(let a), .answered(let b)):
                    #expect(abs(Double(a) - Double(b)) <= max(Double(a) * 0.05, 5), "\(a) came back as \(b)")
                default: #expect(was.result == now.result)
                }
            }
        }
    }

    @Test("to store a block anew changes no round trip, and no time that it didn't have to")
    func again() throws {
        var random = Draw(state: 8)
        for _ in 0..<300 {
            let once = try SampleBlock.decode(SampleBlock.encode(Self.wild(&random)))
            let twice = try SampleBlock.decode(SampleBlock.encode(once))
            #expect(once == twice)
        }
    }

    @Test(
        "every step of the scale comes back as itself, up to an hour", arguments: [0, 1, 9, 10, 99, 100, 20_000, 3_600_000_000] as [UInt32])
    func scale(microseconds: UInt32) {
        let step = RoundTripScale.step(of: microseconds)
        #expect(RoundTripScale.step(of: RoundTripScale.microseconds(of: step)) == step)
        #expect(step < RoundTripScale.steps)
        for step in 0..<RoundTripScale.steps { #expect(RoundTripScale.step(of: RoundTripScale.microseconds(of: step)) == step) }
    }

    @Test("a WAN that is probed faster for a while costs a few bytes, not some for each probe")
    func pace() throws {
        var samples: [Sample] = []
        var at = Self.start
        for interval in [30_000, 1000, 30_000] as [Int64] {
            for _ in 0..<200 {
                samples.append(Sample(at: at, .answered(35_000)))
                at += interval
            }
        }
        let bytes = SampleBlock.encode(samples)
        #expect(bytes.count < 300 + 50)
        #expect(try SampleBlock.decode(bytes).map(\.at) == samples.map(\.at))
    }

    @Test("an empty block is one")
    func empty() throws {
        #expect(try SampleBlock.decode(SampleBlock.encode([Sample]())) == [])
    }

    @Test("a block that is cut off or of another version is refused")
    func damaged() {
        let bytes = SampleBlock.encode(Self.steady(count: 100))
        for count in 0..<bytes.count {
            #expect(throws: SampleBlock.Damaged.self) { try SampleBlock.decode(Array(bytes.prefix(count))) }
        }
        #expect(throws: SampleBlock.Damaged.self) { try SampleBlock.decode([2] + bytes.dropFirst()) }
    }

    @Test("garbage is refused or read as something, and never crashes or fills the memory")
    func garbage() {
        var random = Draw(state: 9)
        for _ in 0..<20_000 {
            var bytes = SampleBlock.encode(Self.wild(&random).prefix(30))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            if let read = try? SampleBlock.decode(bytes) { #expect(read.count <= SampleBlock.most) }
        }
    }

    /// Everything that can happen, and at odd times.
    static func wild(_ random: inout Draw) -> [Sample] {
        var at = start
        return (0..<Int.random(in: 0...200, using: &random)).map { _ in
            switch Int.random(in: 0...9, using: &random) {
            case 0: at += .random(in: -5000...5000, using: &random)
            case 1: at += 40
            case 2: at += 30_000
            default: at += 1000 + .random(in: 0...3, using: &random)
            }
            switch Int.random(in: 0...9, using: &random) {
            case 0...2: return Sample(at: at, .lost)
            case 3: return Sample(at: at, .wrong(WrongAnswer.Kind.allCases.randomElement(using: &random) ?? .dns))
            case 4: return Sample(at: at, .answered(.random(in: 0...3_600_000_000, using: &random)))
            default: return Sample(at: at, .answered(.random(in: 18_000...26_000, using: &random)))
            }
        }
    }
}

struct Draw: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let word = state ^ state >> 33
        return word &* 0xff51_afd7_ed55_8ccd ^ word >> 29
    }
}
