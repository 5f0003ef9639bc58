import ControlFixtures
import ControlProtocol
import Testing
@testable import uplinkctl

/// The full-screen view as text.
@Suite struct ScreenTests {
    private static let plain = ScreenStyle(isASCII: true, hasColour: false)

    private static func state(_ change: (inout ScreenState) -> Void = { _ in }) -> ScreenState {
        var state = ScreenState(host: "box", time: "2026-07-31T12:00:05.000Z", status: .sample)
        state.status.drill = nil
        state.events = (1...9).map { .sample($0, message: "Event \($0).") }
        for second in 0..<20 {
            let times: [Double?] = (0...second).suffix(8).map(answer)
            state.take([quality("telkom", times), quality("smartfren", [nil])])
        }
        change(&state)
        return state
    }

    private static func answer(_ second: Int) -> Double? {
        // Each has to differ a little from the last ones, as real ones do.
        second == 12 ? nil : 10 + Double(second % 4) * 5 + Double(second) / 1000
    }

    private static func quality(_ wan: String, _ answers: [Double?], counts: Bool = true) -> WANQuality {
        WANQuality(
            wan: wan, health: "up", figures: .sample(sent: 0, lost: 0), thresholds: ThresholdsInForce(),
            targets: [TargetQuality(target: "1.1.1.1", kind: "icmp", counts: counts, figures: .sample(sent: 0, lost: 0), answers: answers)])
    }

    private func text(_ state: ScreenState, _ rows: Int, _ columns: Int, _ style: ScreenStyle = plain) -> String {
        ScreenText.lines(state, .init(rows: rows, columns: columns), style).joined(separator: "\n")
    }

    @Test("a large terminal has all of it")
    func large() {
        #expect(
            text(Self.state { $0.loads = ["telkom": .init(clients: 37, sessions: 412)] }, 30, 90) == """
                uplinkd on box  \(PastTime.clock("2026-07-31T12:00:05.000Z"))                                                           q quits
                Traffic goes by telkom, for 3 d 4 h now: first choice.

                >  telkom     eth0  up                      3 d 4 h
                  round trip 12.3 ms, deviation 1.2 ms, loss 0 %, 37 clients, 412 sessions
                  It answers.
                    50 ms


                                                                                        .:  .:  .:  .:  .:
                                                                                       ::: ::: ::: ::: :::
                                                                                      :::::::::::: :::::::
                    -20 s                                                             ------------X-------

                   smartfren  usb0  down (upstream silent)  5 min 10 s  up in 7 s if it stays so
                  round trip -, deviation -, loss 100 %, 0 clients, 0 sessions
                  No target has answered for 3 s.
                     1 ms





                    -20 s                                                             XXXXXXXXXXXXXXXXXXXX

                EVENTS
                \(PastTime.clock("2026-07-31T12:00:00.000Z"))  warning  Event 7.
                \(PastTime.clock("2026-07-31T12:00:00.000Z"))  warning  Event 8.
                \(PastTime.clock("2026-07-31T12:00:00.000Z"))  warning  Event 9.
                """)
    }

    @Test("a small one has what matters most, and never a line too many or too long")
    func small() {
        let state = Self.state { $0.status.problems = ["Another program changes our routes."] }
        #expect(
            text(state, 4, 60) == """
                Traffic goes by telkom, for 3 d 4 h now: first choice.
                ! Another program changes our routes.
                >  telkom     eth0  up                      3 d 4 h
                   smartfren  usb0  down (upstream silent)  5 min 10 s  up i
                """)
        for rows in 0...40 {
            for columns in [0, 1, 2, 9, 10, 11, 40, 200] {
                for style in [Self.plain, ScreenStyle(isASCII: false, hasColour: false)] {
                    let lines = ScreenText.lines(state, .init(rows: rows, columns: columns), style)
                    #expect(lines.count <= rows && lines.allSatisfy { $0.count <= columns }, "\(rows) x \(columns)")
                }
            }
        }
    }

    @Test("a drill is told below the answer")
    func drill() {
        let lines = ScreenText.lines(Self.state { $0.status.drill = "A drill plays it." }, .init(rows: 4, columns: 60), Self.plain)
        #expect(Array(lines.prefix(2)) == ["Traffic goes by telkom, for 3 d 4 h now: first choice.", "A drill plays it."])
    }

    @Test("no meaning is in a colour alone, and without colour there is none")
    func colour() {
        let state = Self.state()
        let coloured = text(state, 30, 90, ScreenStyle(isASCII: true, hasColour: true))
        #expect(coloured.contains("\u{1b}[31mdown (upstream silent)\u{1b}[0m") && coloured.contains("\u{1b}[32mup\u{1b}[0m"))
        #expect(coloured.replacing(/\u{1b}\[[0-9]*m/, with: "") == text(state, 30, 90))
        #expect(!text(state, 30, 90).contains("\u{1b}"))
    }

    @Test("without UTF-8 there is nothing else than ASCII, and what somebody else wrote can't play with the terminal")
    func ascii() {
        let state = Self.state {
            $0.events = [.sample(1, message: "Sebuah \u{1b}[2Jhalaman …\r\n")]
            $0.status.wans[0].reason = "é"
        }
        let lines = ScreenText.lines(state, .init(rows: 40, columns: 90), Self.plain)
        #expect(lines.allSatisfy { line in line.utf8.allSatisfy { (0x20..<0x7f).contains($0) } })
        #expect(lines.last == "12:00:00  warning  Sebuah  [2Jhalaman ?")
    }

    @Test(
        "the locale and NO_COLOR decide what is shown",
        arguments: [
            ([:], true, true), (["LANG": "id_ID.UTF-8"], false, true), (["LANG": "C.utf8", "NO_COLOR": "1"], false, false),
            (["LC_ALL": "C", "LANG": "id_ID.UTF-8"], true, true), (["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "NO_COLOR": ""], false, true),
        ] as [([String: String], Bool, Bool)])
    func style(environment: [String: String], isASCII: Bool, hasColour: Bool) {
        #expect(ScreenStyle { environment[$0] } == ScreenStyle(isASCII: isASCII, hasColour: hasColour))
    }

    @Test("clients and sessions are counted by WAN")
    func loads() {
        func client(_ shares: (String?, Int)...) -> ClientStatus {
            ClientStatus(
                name: nil, mac: nil, addresses: [], interface: nil, neighbour: "reachable",
                shares: shares.map { ClientShare(wan: $0.0, sessions: $0.1, answered: 0, bytes: nil) })
        }
        var state = Self.state()
        state.take([client(("telkom", 3), ("smartfren", 1)), client(("telkom", 4), (nil, 9)), client()])
        #expect(state.loads == ["telkom": .init(clients: 2, sessions: 7), "smartfren": .init(clients: 1, sessions: 1)])
    }
}

@Suite struct PlotTests {
    private func quality(_ targets: [(String, [Double?])]) -> WANQuality {
        WANQuality(
            wan: "telkom", health: "up", figures: .sample(sent: 0, lost: 0), thresholds: ThresholdsInForce(),
            targets: targets.map {
                TargetQuality(target: $0.0, kind: "icmp", counts: true, figures: .sample(sent: 0, lost: 0), answers: $0.1)
            })
    }

    private func columns(_ seconds: [[Double?]]) -> [Plot.Column] {
        var plot = Plot()
        for answers in seconds { plot.take(quality([("a", answers)])) }
        return plot.columns
    }

    @Test("each second has what came in it, and no answer twice")
    func fresh() {
        #expect(
            columns([[1, 2, 3], [1, 2, 3, 5], [2, 3, 5, 7, 9], [2, 3, 5, 7, 9], [3, 5, 7, 9, nil, 11]]) == [
                .answered(milliseconds: 3), .answered(milliseconds: 5), .answered(milliseconds: 8), .empty, .partly(milliseconds: 11),
            ])
    }

    @Test("an outage is seen for as long as it lasts, also when the whole window is lost")
    func outage() {
        let silence: [Double?] = [nil, nil, nil]
        #expect(
            columns([[1, 2, 3], [2, 3, nil], silence, silence, silence, [nil, nil, 4]]).dropFirst() == [
                .lost, .lost, .lost, .lost, .answered(milliseconds: 4),
            ])
    }

    @Test("a reply that comes late doesn't make the whole window new")
    func late() {
        let window = (1...30).map { Double?(Double($0)) }
        var late = window.dropFirst() + [nil]
        late[5] = 99
        var plot = Plot()
        plot.take(quality([("a", window)]))
        plot.take(quality([("a", Array(late))]))
        #expect(plot.columns.last == .partly(milliseconds: 29.5))
    }

    @Test(
        "what was before the view was opened stands before it: of the targets that count, by the second, and no further than the plot goes")
    func past() {
        let now = 1_800_000_000
        func series(_ target: String?, _ samples: [(Int, Int)]) -> SampleSeries {
            var last = 0
            let times = samples.map { sample in
                defer { last = sample.0 }
                return sample.0 &- last
            }
            return SampleSeries(wan: "telkom", target: target, times: times, results: samples.map(\.1))
        }
        var plot = Plot()
        plot.take(quality([("a", [1]), ("b", [2])]))
        plot.take(quality([("a", [1, 3]), ("b", [2, 4])]))
        let start = (now - 5) * 1000
        plot.recall(
            [
                series("a", [(start, 1000), (start + 999, 3000), (start + 1000, -1), (start + 3000, 5000)]),
                series("b", [(start + 1500, 4000), (start + 2000, -1)]), series("gateway", [(start, 90_000), (start - 9000, 1)]),
                series(nil, [(start, 3)]),
            ], before: now - 1)
        #expect(
            plot.columns == [
                .answered(milliseconds: 2), .partly(milliseconds: 4), .lost, .answered(milliseconds: 5), .answered(milliseconds: 1.5),
                .answered(milliseconds: 3.5),
            ])
        // Nothing that a daemon says makes more of it, or ends this program.
        plot.recall([series("a", [(0, 1), (.max, 1), (.min, 2)])], before: now - 5)
        #expect(plot.columns.count == Plot.limit && plot.columns.last == .answered(milliseconds: 3.5))
        plot.recall([], before: now)
        #expect(plot.columns.count == Plot.limit)
    }

    @Test("a WAN with nothing asked is empty, and the plot has an end")
    func limits() {
        var plot = Plot()
        plot.take(quality([]))
        plot.take(quality([("a", [])]))
        #expect(plot.columns == [.empty, .empty])
        for _ in 0..<1000 { plot.take(quality([])) }
        #expect(plot.columns.count == Plot.limit)
    }

    @Test("two seconds share a character of Braille, four rows of dots; losses are marked below")
    func braille() {
        let columns: [Plot.Column] = [
            .answered(milliseconds: 10), .answered(milliseconds: 20), .answered(milliseconds: 40), .answered(milliseconds: 50), .lost,
            .empty,
            .partly(milliseconds: 50), .answered(milliseconds: 25), .empty,
        ]
        let plot = PlotText(columns, width: 7, height: 2, isASCII: false)
        #expect(plot.top == 50)
        #expect(plot.rows == ["   ⢠⡇⢸ ", "  ⢠⣾⡇⢸⡇"])
        #expect(plot.axis == "  ──Xx─")
        #expect(plot.seconds == 9)
    }

    @Test("the scale is a round number, and a few that took very long don't flatten the others")
    func scale() {
        func top(_ times: [Double]) -> Double {
            PlotText(times.map { .answered(milliseconds: $0) }, width: 99, height: 2, isASCII: true).top
        }
        #expect(top([]) == 1 && top([12]) == 20 && top([50]) == 50 && top([51]) == 100 && top([0.04]) == 0.1)
        #expect(top(Array(repeating: 12, count: 50) + [900]) == 50)
        #expect(top([.infinity, .nan]) == 1)
    }
}
