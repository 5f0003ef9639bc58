import ControlProtocol
import HistoryProtocol
import Model
import Testing

@testable import History

@Suite struct TimelineTests {
    /// `0 up, 10 suspect, 11 down upstream silent` in spans such as `0-100, 200-300`; seconds after noon.
    private func timeline(_ conditions: String, in spans: String) -> Timeline {
        let conditions = conditions.split(separator: ",").map { text in
            let words = text.split(separator: " ").map(String.init)
            return Condition(
                time: noon + (Double(words[0]) ?? .nan), wan: "telkom", health: words[1],
                fault: words.count > 2 ? words[2...].joined(separator: " ") : nil)
        }
        return Timeline(conditions, in: self.spans(spans))
    }

    private func spans(_ text: String) -> [Span] {
        let spans = text.split(separator: ",").map { text in
            let ends = text.split(separator: "-").map { noon + (Double($0.filter { $0 != " " }) ?? .nan) }
            return Span(start: ends[0], end: ends[1])
        }
        return Span.merged(spans, until: .distantFuture)
    }

    @Test(
        "of the time that is known, each second is up, impaired or down",
        arguments: [
            // The first sign of an outage belongs to it, a suspicion that came to nothing doesn't.
            ("0 up, 10 suspect, 12 down, 20 recovering, 30 up", "0-100", 90, 0, 10),
            ("0 up, 10 suspect, 12 up", "0-100", 100, 0, 0),
            // What seemed to be the end and wasn't.
            ("0 up, 10 down, 20 recovering, 25 down, 40 recovering, 50 up", "0-100", 70, 0, 30),
            ("0 up, 10 down, 20 recovering, 25 suspect, 26 down, 40 recovering", "0-100", 70, 0, 30),
            ("0 up, 10 impaired lossy, 30 up", "0-100", 80, 20, 0),
            ("0 up, 10 suspect, 11 impaired lossy, 15 suspect, 16 impaired lossy, 30 up", "0-100", 80, 20, 0),
            ("0 up, 10 absent, 20 no-carrier, 30 no-gateway, 40 up", "0-100", 70, 0, 30),
            // What nobody saw counts neither way.
            ("0 unknown, 10 up", "0-100", 90, 0, 0),
            ("0 up, 90 unknown", "0-100", 90, 0, 0),
            ("0 up, 50 something-new, 80 up", "0-100", 70, 0, 0),
            ("0 up, 40 drill, 60 up", "0-100", 80, 0, 0),
            ("0 up, 200 up", "0-100, 200-300", 200, 0, 0),
            ("0 up, 250 up", "0-100, 200-300", 150, 0, 0),
            ("50 down, 200 up", "0-100, 200-300", 100, 0, 50),
            // A recovery that goes on at the end of what is known.
            ("0 down, 10 recovering", "0-100", 90, 0, 10),
            ("0 up, 10 suspect", "0-100", 100, 0, 0),
            ("", "0-100", 0, 0, 0),
            // Spans that overlap, as after a clock was set back.
            ("0 up, 60 down", "0-80, 50-100", 60, 0, 40),
        ] as [(String, String, Double, Double, Double)])
    func states(conditions: String, spans: String, up: Double, impaired: Double, down: Double) {
        let timeline = timeline(conditions, in: spans)
        let whole = Period(name: "all", start: noon, end: noon + 1000)
        let found = WANAvailability(of: "telkom", in: whole, timeline, outages: [], switches: [])
        #expect([found.upSeconds, found.impairedSeconds, found.downSeconds] == [up, impaired, down])
        #expect(found.observedSeconds == up + impaired + down)
        #expect(found.upPercent == (found.observedSeconds > 0 ? (up / found.observedSeconds * 1e6).rounded(.down) / 1e4 : nil))
    }

    @Test("a period has its part of what reaches over its ends")
    func periods() {
        let timeline = timeline("0 up, 50 down, 150 recovering, 250 impaired slow, 260 up", in: "0-300")
        let outages = timeline.outages(of: "telkom", goesOnAt: nil)
        func part(_ start: Double, _ end: Double) -> WANAvailability {
            let period = Period(name: "x", start: noon + start, end: noon + end)
            return WANAvailability(of: "telkom", in: period, timeline, outages: outages, switches: [noon + 50, noon + 99.999, noon + 100])
        }
        let first = part(0, 100)
        #expect([first.upSeconds, first.impairedSeconds, first.downSeconds] == [50, 0, 50])
        #expect(first.outages == 1 && first.switches == 2 && first.upPercent == 50)
        let second = part(100, 200)
        // It recovered into being impaired, so it was bad all the while.
        #expect([second.upSeconds, second.impairedSeconds, second.downSeconds] == [0, 50, 50])
        #expect(second.outages == 1 && second.switches == 1)
        let last = part(260, 400)
        #expect(last.upSeconds == 40 && last.outages == 0 && last.upPercent == 100)
        #expect(part(400, 500).upPercent == nil)
    }

    private struct Expected: Equatable {
        var start: Double
        var end: Double?
        var seconds: Double
        var fault: String?
        var observed: [Bool]
        var relapses = 0
    }

    private func outages(_ conditions: String, in spans: String, goesOnAt: Double? = nil) -> [Expected] {
        timeline(conditions, in: spans).outages(of: "telkom", goesOnAt: goesOnAt.map { noon + $0 }).map { record in
            let outage = Outage(record)
            return Expected(
                start: (Moment(outage.start) ?? noon) - noon, end: outage.end.flatMap { Moment($0) }.map { $0 - noon },
                seconds: outage.seconds, fault: outage.fault?.text, observed: [outage.startObserved, outage.endObserved],
                relapses: outage.relapses)
        }
    }

    @Test("an outage lasts from the first sign to the answer that others followed")
    func outage() {
        let found = outages(
            "0 up, 10 suspect, 12 down upstream silent, 20 recovering, 30 up, 40 no-carrier no carrier, 45 recovering", in: "0-100")
        #expect(
            found == [
                Expected(start: 10, end: 20, seconds: 10, fault: "upstream silent", observed: [true, true]),
                Expected(start: 40, end: 45, seconds: 5, fault: "no carrier", observed: [true, true]),
            ])
    }

    @Test("a relapse goes on with the outage")
    func relapse() {
        let found = outages("0 up, 10 down silent, 20 recovering, 25 down silent, 30 recovering, 33 impaired lossy, 40 up", in: "0-100")
        #expect(found == [Expected(start: 10, end: 40, seconds: 30, fault: "silent", observed: [true, true], relapses: 2)])
    }

    @Test("the fault that lasted longest is the outage's")
    func fault() {
        let record = timeline("0 up, 10 no-carrier no carrier, 15 no-gateway no lease, 40 down upstream silent, 50 recovering", in: "0-100")
            .outages(of: "telkom", goesOnAt: nil)
        let outage = record.map { Outage($0) }
        #expect(outage.map(\.fault?.code) == ["no-lease"])
        #expect(outage.map(\.faults) == [[Fault.noCarrier, .noLease, .upstreamSilent].map(\.sentence)])
    }

    @Test("an outage that nobody saw begin, or end, says so")
    func unseen() {
        #expect(
            outages("0 down silent, 10 recovering", in: "0-100") == [
                Expected(start: 0, end: 10, seconds: 10, fault: "silent", observed: [false, true])
            ])
        #expect(
            outages("0 unknown, 3 down silent, 10 recovering", in: "0-100") == [
                Expected(start: 3, end: 10, seconds: 7, fault: "silent", observed: [false, true])
            ])
        // The daemon was off for an hour, and found it up.
        #expect(
            outages("0 up, 50 down silent, 3700 up", in: "0-100, 3700-3800") == [
                Expected(start: 50, end: 100, seconds: 50, fault: "silent", observed: [true, false])
            ])
    }

    @Test("a restart of the daemon doesn't cut an outage in two, a long time without it does")
    func restart() {
        #expect(
            outages("0 up, 50 down silent, 110 unknown, 111 down silent, 130 recovering", in: "0-100, 110-200") == [
                Expected(start: 50, end: 130, seconds: 69, fault: "silent", observed: [true, true])
            ])
        #expect(
            outages("0 up, 50 down silent, 701 down silent, 730 recovering", in: "0-100, 701-800") == [
                Expected(start: 50, end: 100, seconds: 50, fault: "silent", observed: [true, false]),
                Expected(start: 701, end: 730, seconds: 29, fault: "silent", observed: [false, true]),
            ])
    }

    @Test("an outage goes on only while somebody looks")
    func goesOn() {
        let conditions = "0 up, 50 down silent"
        #expect(
            outages(conditions, in: "0-100", goesOnAt: 100) == [
                Expected(start: 50, end: nil, seconds: 50, fault: "silent", observed: [true, false])
            ])
        #expect(outages(conditions, in: "0-100") == [Expected(start: 50, end: 100, seconds: 50, fault: "silent", observed: [true, false])])
    }

    @Test("loss and round trip: before, as the first sign has them; during, of windows that lie in the outage")
    func figures() throws {
        func condition(_ time: Double, _ health: String, _ loss: Double?, _ roundTrip: Double?) -> Condition {
            Condition(time: noon + time, wan: "telkom", health: health, fault: "f", lossPercent: loss, roundTripMilliseconds: roundTrip)
        }
        let conditions = [
            condition(0, "up", nil, nil), condition(100, "suspect", 1.5, 20), condition(101, "down", 9, 21), condition(140, "down", 90, 80),
            condition(200, "recovering", 100, nil), condition(210, "up", 50, 10),
        ]
        let record = try #require(Timeline(conditions, in: spans("0-300")).outages(of: "telkom", goesOnAt: nil).first)
        let outage = Outage(record)
        #expect(outage.lossPercentBefore == 1.5 && outage.roundTripMillisecondsBefore == 20)
        // Not the 9 % of 101, whose window is from before the outage.
        #expect(outage.lossPercent == 95 && outage.roundTripMilliseconds == 80)

        let lossy = [condition(0, "up", nil, nil), condition(100, "impaired", 30, 25), condition(110, "up", 0, 20)]
        let impaired = Outage(try #require(Timeline(lossy, in: spans("0-300")).outages(of: "telkom", goesOnAt: nil).first))
        // What made it impaired was measured when it began: that is no figure of a time before.
        #expect(impaired.lossPercentBefore == nil && impaired.lossPercent == 30 && impaired.impairedSeconds == 10)
    }
}
