import Lab
import Testing

@Suite("The lab's line, resolver and route watch, without a network")
struct LinePureTests {
    private func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

    @Test("packets come out after the delay and in their order, whatever the jitter")
    func order() {
        var line = DelayLine(conditions: Conditions(delay: .milliseconds(20), jitter: .milliseconds(50)), random: Seeded())
        for number in 0..<100 { line.add([UInt8(number)], at: at(Int64(number))) }
        #expect(line.next(at: at(19)) == nil)
        var came: [UInt8] = []
        var now: Int64 = 20
        while line.count > 0 {
            while let packet = line.next(at: at(now)) {
                #expect(now >= Int64(packet[0]) + 20)
                came += packet
            }
            now += 1
        }
        #expect(came == Array(0..<100))
        #expect(now < 99 + 72)
        #expect(line.deadline == nil)
    }

    @Test("a shorter delay doesn't let a packet overtake")
    func changed() {
        var line = DelayLine(conditions: Conditions(delay: .milliseconds(200)), random: Seeded())
        line.add([1], at: at(0))
        line.change(Conditions())
        line.add([2], at: at(10))
        #expect(line.deadline == at(200))
        #expect(line.next(at: at(199)) == nil)
        #expect(line.next(at: at(200)) == [1])
        #expect(line.next(at: at(200)) == [2])
    }

    @Test("what is more than a line holds is lost, and counted")
    func bounded() {
        var line = DelayLine(conditions: Conditions(delay: .seconds(1)), random: Seeded())
        let limit = DelayLine<Seeded>.limit
        for _ in 0..<(limit + 10) { line.add([0], at: at(0)) }
        #expect(line.count == limit)
        #expect(line.dropped == 10)
        // Through the point at which the space of those that are out is given back.
        for turn in 0..<3 {
            while line.next(at: at(Int64(turn) * 2000 + 1000)) != nil {}
            for _ in 0..<limit { line.add([0], at: at(Int64(turn + 1) * 2000)) }
        }
        #expect(line.count == limit)
        #expect(line.dropped == 10)
    }

    @Test("bursts take their share of the time: half of it if they are as long as the time between them")
    func bursts() {
        let bursts = Conditions.Bursts(of: .milliseconds(200), every: .milliseconds(200))
        var line = DelayLine(conditions: Conditions(bursts: bursts), random: Seeded())
        for now in 0..<100_000 {
            line.add([0], at: at(Int64(now)))
            _ = line.next(at: at(Int64(now)))
        }
        #expect((45_000...55_000).contains(line.dropped), "\(line.dropped) of 100000 lost")
    }

    @Test("packets leave at the line's rate, and what would wait too long is lost")
    func rate() {
        var line = DelayLine(conditions: Conditions(delay: .milliseconds(5), rate: 8000), random: Seeded())
        // 1000 bytes take a millisecond.
        for _ in 0..<300 { line.add([UInt8](repeating: 0, count: 1000), at: at(0)) }
        #expect(line.count == 250)
        #expect(line.dropped == 50)
        #expect(line.next(at: at(5)) == nil)
        for number in 1...250 {
            #expect(line.deadline == at(Int64(number) + 5))
            #expect(line.next(at: at(Int64(number) + 5)) != nil)
        }
        line.add([1], at: at(1000))
        #expect(line.count == 1)
    }

    @Test("conditions are read as they are written")
    func conditions() throws {
        for conditions in [
            Conditions(), Conditions(delay: .milliseconds(50), jitter: .microseconds(1500)),
            Conditions(bursts: .init(of: .milliseconds(150), every: .seconds(5))), Conditions(delay: .milliseconds(5), rate: 8000),
            Conditions(bursts: .init(of: .milliseconds(150), every: .seconds(5)), rate: 64),
        ] {
            #expect(try Conditions(line: conditions.line) == conditions)
        }
        for wrong in ["", "fast", "-1", "1 2 3", "1 2 3 0", "1 2 3 4 5 6", "nan", "1e9"] {
            #expect(throws: LabError.self, "\(wrong)") { try Conditions(line: wrong) }
        }
    }

    @Test("the resolver reads a query and answers it, with the other family's record left out")
    func resolver() throws {
        let records = try DNSRecords(a: "198.51.100.10", aaaa: "2001:db8:198::10")
        let query: [UInt8] = [0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2] + Array("Ab".utf8) + [1] + Array("c".utf8) + [0, 0, 1, 0, 1]
        let read = try #require(DNSQuery(query[...]))
        #expect(read.name == "ab.c")
        let answer = read.reply(records)
        #expect(answer.starts(with: [0xab, 0xcd, 0x81, 0x80, 0, 1, 0, 1]))
        #expect(answer.suffix(6) == [0, 4, 198, 51, 100, 10])
        #expect(read.reply(code: 2).starts(with: [0xab, 0xcd, 0x81, 0x82, 0, 1, 0, 0]))
        for length in 0..<query.count {
            let cut = DNSQuery(query[..<length])
            #expect(cut == nil, "cut to \(length) bytes")
        }
    }

    @Test("the route watch sees default routes of ours only, however the message is cut")
    func routes() {
        func message(type: UInt16, table: UInt8 = 254, owner: UInt8 = 85, prefix: UInt8 = 0) -> [UInt8] {
            var bytes: [UInt8] = []
            func add(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value) { bytes += $0 } }
            add(UInt32(44))
            add(type)
            add(UInt16(0))
            add(UInt64(0))
            bytes += [2, prefix, 0, 0, table, owner, 0, 1, 0, 0, 0, 0]
            add(UInt16(8))
            add(UInt16(4))
            add(UInt32(7))
            add(UInt16(8))
            add(UInt16(6))
            add(UInt32(1001))
            return bytes
        }
        let all =
            message(type: 24) + message(type: 25) + message(type: 24, table: 10) + message(type: 24, owner: 16)
            + message(type: 24, prefix: 8)
        let expected = [true, false].map { RouteChange(time: at(1), isAdded: $0, interfaceIndex: 7, metric: 1001) }
        #expect(RouteChange.read(all[...], at: at(1)) == expected)
        for length in 0..<44 {
            let cut = RouteChange.read(all[..<length], at: at(1))
            #expect(cut.isEmpty)
        }
    }

    @Test("99 of 100 are no greater than the percentile; of a few it is the greatest")
    func percentile() {
        #expect(Statistics((1...30).map(Double.init))?.percentile99 == 30)
        #expect(Statistics((1...100).map(Double.init))?.percentile99 == 99)
        #expect(Statistics((1...200).map(Double.init))?.percentile99 == 198)
    }
}

/// SplitMix64: the same numbers at every run.
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64 = 42

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
