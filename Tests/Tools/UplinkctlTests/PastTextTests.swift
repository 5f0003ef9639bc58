import ControlFixtures
import FoundationEssentials
import Glibc
import HistoryProtocol
import Testing
import Varlink
@testable import uplinkctl

@Suite struct PastTextTests {
    private let now = Date(timeIntervalSince1970: 1_793_620_800)

    @Test(
        "a time is written as a person would",
        arguments: [
            ("30d", "2026-10-03T12:00:00.000Z"), ("12h", "2026-11-02T00:00:00.000Z"), ("90m", "2026-11-02T10:30:00.000Z"),
            ("0d", "2026-11-02T12:00:00.000Z"), ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00.000Z"),
            ("2026-11-01T08:00:00+07:00", "2026-11-01T01:00:00.000Z"),
        ])
    func times(text: String, wire: String) {
        #expect(PastTime.wire(text, isEnd: false, now: now) == wire)
        #expect(PastTime.wire(text, isEnd: true, now: now) == wire)
    }

    @Test("a day is the local one, and as an end it is over at the next")
    func days() throws {
        let start = try #require(PastTime.wire("2026-11-01", isEnd: false, now: now))
        let end = try #require(PastTime.wire("2026-11-01", isEnd: true, now: now))
        #expect(PastTime.local(start) == "2026-11-01 00:00:00" && PastTime.local(end) == "2026-11-02 00:00:00")
        let month = try #require(PastTime.wire("2026-12-31", isEnd: true, now: now))
        #expect(PastTime.local(month) == "2027-01-01 00:00:00")
        #expect(PastTime.wire("2026-11-01T08:15", isEnd: false, now: now).map(PastTime.local) == "2026-11-01 08:15:00")
    }

    @Test(
        "what is no time is none",
        arguments: ["", "d", "-1d", "30", "30w", "2026-02-31", "2026-13-01", "2026-11-01T25:00", "2026-11-01 08:00", "yesterday", "1e3d"])
    func noTimes(text: String) {
        #expect(PastTime.wire(text, isEnd: false, now: now) == nil)
        #expect(PastTime.wire(text, isEnd: true, now: now) == nil)
    }

    private let all = WANAvailability {
        $0.wan = "telkom"
        $0.period = "all"
        $0.start = "2026-11-01T00:00:00.000Z"
        $0.end = "2026-11-03T00:00:00.000Z"
        $0.observedSeconds = 86400
        $0.upSeconds = 86395
        $0.impairedSeconds = 2
        $0.downSeconds = 3
        $0.upPercent = 99.9942
        $0.outages = 2
        $0.switches = 4
    }

    private func outage(end: String? = "2026-11-01T10:05:13.000Z", _ change: (inout Outage) -> Void = { _ in }) -> Outage {
        var outage = Outage {
            $0.wan = "telkom"
            $0.start = "2026-11-01T10:00:03.000Z"
            $0.end = end
            $0.startObserved = true
            $0.endObserved = end != nil
            $0.seconds = 310
            $0.impairedSeconds = 0
            $0.fault = "upstream silent"
            $0.faults = ["upstream silent"]
            $0.relapses = 0
            $0.lossPercentBefore = 0
            $0.roundTripMillisecondsBefore = 12.3
            $0.lossPercent = 100
        }
        change(&outage)
        return outage
    }

    @Test("availability: what was observed, and of that what was up, cut and not rounded")
    func availability() {
        let text = AvailabilityText([all])
        #expect(text.lines.count == 4)
        #expect(
            text.lines.last?.split(separator: "  ").map { $0.filter { $0 != " " } } == [
                "telkom", "all", "99.99%", "3s", "2s", "2", "4", "50%",
            ])
        #expect(text.markdown.contains("| telkom | all | 99.99 % | 3 s | 2 s | 2 | 4 | 50 % |"))
        #expect(text.csv.count == 2)
        #expect(text.csv.last?.hasSuffix(",99.9942,86400.0,86395.0,2.0,3.0,2,4") == true)
        #expect(AvailabilityText([]).lines == ["The history knows of no WAN in that time."])
        #expect(
            AvailabilityText.percent(99.999) == "99.99 %" && AvailabilityText.percent(100) == "100 %"
                && AvailabilityText.percent(0.05) == "0.05 %")
        #expect(AvailabilityText.percent(nil) == "-" && AvailabilityText.percent(.nan) == "-")
    }

    @Test("outages: a line for each, and how they add up")
    func outages() {
        let text = OutagesText([outage(), outage(end: nil) { $0.seconds = 5 }], all)
        #expect(text.lines[0].hasPrefix("telkom had 2 outages, together 5 min 15 s, from "))
        #expect(text.lines[1] == "It was up for 99.99 % of the time that was observed, which is 1 d, 50 % of the whole.")
        #expect(text.lines[4].hasSuffix("  5 min 10 s  upstream silent  100 %  -           0 %          12.3 ms"))
        #expect(text.lines[5].contains("  goes on  "))
        #expect(!text.lines.joined().contains("<="))
        #expect(OutagesText([], all).lines.count == 2)
        #expect(OutagesText([outage()], all).lines[0].hasPrefix("telkom had 1 outage, together 5 min 10 s, "))
    }

    @Test("what nobody saw begin or end is marked, and the mark explained")
    func uncertain() {
        let text = OutagesText([outage { $0.startObserved = false }, outage { $0.endObserved = false }], all)
        #expect(text.lines[4].hasPrefix("<= ") && text.lines[5].contains(">= "))
        #expect(text.lines.last?.hasPrefix("<=, >=: ") == true)
        #expect(text.markdown.last?.contains("the box didn't measure then") == true)
    }

    @Test("the other faults of an outage are named, too")
    func faults() {
        let text = OutagesText([outage { $0.faults = ["no carrier", "upstream silent", "lossy"] }], all)
        #expect(text.lines[4].contains("  upstream silent (also no carrier, lossy)  "))
        #expect(OutagesText([outage { $0.fault = nil }], all).lines[4].contains("  -  "))
    }

    @Test("a cell of csv is never a formula; numbers stay numbers")
    func formula() {
        #expect(csvLines([["=HYPERLINK(1)", "+1-2", "-3", "@a", "\tb", "-x", "c=d"]]) == ["'=HYPERLINK(1),'+1-2,-3,'@a,'\tb,'-x,c=d"])
    }

    @Test("csv and markdown stay in one piece whatever a later daemon calls a fault")
    func escaping() throws {
        let text = OutagesText([outage { ($0.fault, $0.faults) = ("a, \"b\"|c", ["a, \"b\"|c"]) }], all)
        #expect(try #require(text.csv.last).contains(",\"a, \"\"b\"\"|c\",\"a, \"\"b\"\"|c\","))
        #expect(text.markdown.contains { $0.contains("| a, \"b\"\\|c |") })
        let columns = text.csv.first?.split(separator: ",", omittingEmptySubsequences: false).count
        #expect(OutagesText([outage()], all).csv.last?.split(separator: ",", omittingEmptySubsequences: false).count == columns)
    }
}
