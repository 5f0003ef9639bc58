import Lab
import Testing

@Suite("What is written down of a stream")
struct ArrivalRecordTests {
    private func record(_ arrivals: [(sequence: Int, millisecond: Int64, source: String)]) -> ArrivalRecord {
        var record = ArrivalRecord()
        for arrival in arrivals {
            record.arrived(arrival.sequence, at: Moment(nanoseconds: arrival.millisecond * 1_000_000), from: arrival.source)
        }
        return record
    }

    @Test("a stream without loss has no losses and its usual gap")
    func whole() {
        let report = record([(0, 100, "a"), (1, 105, "a"), (2, 110, "a")]).report(sent: 3)
        #expect(report.received == 3)
        #expect(report.losses.isEmpty)
        #expect(report.longestGapMilliseconds == 5)
        #expect(report.sources.map(\.source) == ["a"])
    }

    @Test("a hole in the middle is one loss between the arrivals around it")
    func hole() {
        let report = record([(0, 100, "a"), (3, 115, "b")]).report(sent: 4)
        #expect(
            report.losses == [
                Loss(first: 1, count: 2, before: Moment(nanoseconds: 100_000_000), after: Moment(nanoseconds: 115_000_000))
            ])
        #expect(report.longestGapMilliseconds == 15)
    }

    @Test("what is missing at the end shows if the number sent is known, and only then")
    func end() {
        let stream = record([(0, 100, "a")])
        #expect(stream.report(sent: 3).losses == [Loss(first: 1, count: 2, before: Moment(nanoseconds: 100_000_000), after: nil)])
        #expect(stream.report().losses.isEmpty)
    }

    @Test("a stream of which nothing came is one loss")
    func nothing() {
        #expect(ArrivalRecord().report(sent: 5).losses == [Loss(first: 0, count: 5, before: nil, after: nil)])
    }

    @Test("a duplicate counts once, a late one fills its hole")
    func disorder() {
        let report = record([(0, 100, "a"), (2, 110, "a"), (1, 112, "a"), (1, 113, "a")]).report(sent: 3)
        #expect(report.received == 3)
        #expect(report.duplicates == 1)
        #expect(report.losses.isEmpty)
    }

    @Test("the first packet from elsewhere is the one after the moment asked about")
    func elsewhere() {
        let report = record([(0, 100, "a"), (1, 200, "b"), (2, 300, "a")]).report(sent: 3)
        #expect(report.firstFromElsewhere(after: Moment(nanoseconds: 0))?.source == "b")
        #expect(report.firstFromElsewhere(after: Moment(nanoseconds: 250_000_000))?.sequence == 2)
        #expect(report.firstFromElsewhere(after: Moment(nanoseconds: 300_000_000)) == nil)
    }

    @Test("a number from outer space does not take the memory with it", arguments: [-1, Int.max, 4_000_000])
    func absurd(sequence: Int) {
        #expect(record([(sequence, 100, "a")]).report(sent: 1).received == 0)
    }

    @Test("of many losses the longest hundred are kept")
    func bounded() {
        let every = (0..<500).map { (sequence: $0 * 2, millisecond: Int64($0 + 1), source: "a") }
        let report = record(every).report(sent: 1010)
        #expect(report.losses.count == 100)
        #expect(report.losses.last?.count == 11)
    }

    @Test("a report survives its JSON")
    func json() throws {
        let report = record([(0, 100, "a"), (3, 115, "b")]).report(sent: 4)
        #expect(try JSON.decode(ArrivalReport.self, from: JSON.line(report)) == report)
    }
}
