import ControlFixtures
import ControlProtocol
import Model
import SpeedTest
import Testing
import Tracing
@testable import uplinkctl

/// What trace and speedtest say. What they measure is in Tests/LabTests.
@Suite struct LookTests {
    private func hop(_ number: Int, _ answers: (String, Double, Trace.Answer.Kind)?...) throws -> Trace.Hop {
        Trace.Hop(
            number: number,
            answers: try answers.map { answer in
                guard let answer else { return nil }
                let address = try #require(IPAddress(answer.0))
                return Trace.Answer(address: address, after: .microseconds(Int(answer.1 * 1000)), kind: answer.2)
            })
    }

    private func text(_ hops: [Trace.Hop], names: [String: String] = [:]) throws -> TraceText {
        let target = try #require(IPAddress("203.0.113.9"))
        var text = TraceText(wan: "telkom", interface: "eth0", host: "example.com", target: target, maxHops: 30)
        for hop in hops { text.add(hop) { names[$0.description] } }
        return text
    }

    @Test("a path has a line for each hop, with an address when it is another than before")
    func path() throws {
        let path = try text(
            try [
                hop(1, ("192.0.2.1", 0.42, .expired), ("192.0.2.1", 0.4, .expired)), hop(2, nil, nil),
                hop(10, ("192.0.2.5", 10, .expired), ("192.0.2.6", 11, .expired)), hop(11, ("203.0.113.9", 12, .reached), nil),
            ], names: ["192.0.2.1": "gateway.example\u{1b}[2J"])
        #expect(path.title == "Path by telkom (eth0) to example.com (203.0.113.9), 30 hops at most:")
        #expect(
            path.lines == [
                " 1  gateway.example [2J (192.0.2.1)  0.4 ms  0.4 ms", " 2  *  *", "10  192.0.2.5  10.0 ms  192.0.2.6  11.0 ms",
                "11  203.0.113.9  12.0 ms  *",
            ])
        #expect(path.end == "Reached after 4 hops.")
        #expect(path.report.reached && path.report.hops[1].answers == [.init(outcome: "silent"), .init(outcome: "silent")])
    }

    @Test("that the target isn't reached has a reason")
    func notReached() throws {
        let unreachable = try hop(2, ("192.0.2.5", 1, .unreachable(code: 1)))
        let router = try hop(1, ("192.0.2.1", 1, .expired))
        #expect(try text([router, unreachable]).lines[1] == " 2  192.0.2.5  1.0 ms  host unreachable")
        #expect(try text([router, unreachable]).end == "Not reached: 192.0.2.5 says: host unreachable.")
        #expect(try text([router, try hop(2, nil)]).end == "Not reached: the last to answer was 192.0.2.1, hop 1 of 2.")
        #expect(try text([try hop(1, nil)]).end == "Not reached: nobody has answered.")
    }

    private static let report = {
        var report = SpeedReport(idle: RoundTrips([12, 11, nil, 13]), bytesUsed: 9_876_543, bytesAllowed: 10_000_000)
        report.down = .init(bytes: 4_500_000, seconds: 4.8, roundTrips: RoundTrips([45, 55]))
        report.notes = ["The page is short."]
        return report
    }()

    @Test("a speed test is a table; what wasn't measured isn't in it")
    func speed() throws {
        let page = try PageAddress("http://example.com/10MB")
        #expect(
            SpeedText.lines(Self.report, wan: .sample("telkom"), page: page).joined(separator: "\n") == """
                telkom (eth0), http://example.com/10MB:

                      SPEED       BYTES   TIME   ROUND TRIP  MIN      MAX      LOST
                idle  -           -       -      12.0 ms     11.0 ms  13.0 ms  1 of 4
                down  7.5 Mbit/s  4.5 MB  4.8 s  55.0 ms     45.0 ms  55.0 ms  0 of 2

                Used 9.9 MB of the 10 MB that were allowed.
                The page is short.
                """)
    }

    @Test("what it may cost is said before")
    func announcement() throws {
        let (page, other) = (try PageAddress("http://a/1"), try PageAddress("http://b/2"))
        func say(_ upload: PageAddress?) -> String {
            SpeedText.announcement(.sample("telkom"), bytes: 10_000_000, seconds: 10, page: page, upload: upload)
        }
        #expect(say(nil) == "Uses 10 MB at most, by telkom (eth0), within some 11 s: from http://a/1.")
        #expect(say(page) == "Uses 10 MB at most, by telkom (eth0), within some 21 s: from http://a/1, and as much back to it.")
        #expect(say(other) == "Uses 10 MB at most, by telkom (eth0), within some 21 s: from http://a/1, and to http://b/2.")
    }

    @Test("the bar fits a narrow terminal, whatever it is told")
    func bar() {
        #expect(
            SpeedText.bar(.init(stage: .up, share: 0.5, megabitsPerSecond: 23.44))
                == "up    [###############               ]  50 %  23.4 Mbit/s")
        for share in [-1, 0, 1, 7, .nan, .infinity] as [Double] {
            #expect(SpeedText.bar(.init(stage: .idle, share: share, megabitsPerSecond: .infinity)).count < 70)
        }
    }

    @Test(
        "a size has a unit",
        arguments: [
            ("500kB", 500_000), ("1.5GB", 1_500_000_000), ("10MB", 10_000_000), ("10", nil), ("MB", nil), ("-1MB", nil), ("1e3MB", nil),
            ("10mb", nil), ("1.2.3MB", nil),
        ] as [(String, Int?)])
    func size(text: String, bytes: Int?) { #expect(bytesOfSize(text) == bytes) }
}
