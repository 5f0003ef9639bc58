import ControlFixtures
import ControlProtocol
import Testing
@testable import uplinkctl

@Suite struct ReportTextTests {
    private func report(_ change: (inout SwitchReport) -> Void) -> SwitchReport {
        var report = SwitchReport.sample("20261124-183012-527")
        change(&report)
        return report
    }

    @Test("the headline says how many, how fast, and what became of the others")
    func headline() {
        let all = report {
            ($0.clientsBefore, $0.backedUp, $0.idle, $0.broken) = (37, 37, 0, 0)
            ($0.medianMilliseconds, $0.slowestMilliseconds) = (412, 940)
        }
        #expect(all.headline == "37 of 37 clients backed up, median 0.4 s, slowest 0.9 s.")
        #expect(report { _ in }.headline == "2 of 4 clients backed up, median 0.4 s, slowest 0.8 s, 1 broken, 1 idle.")
        let failback = report {
            ($0.backedUp, $0.staying, $0.idle, $0.gone, $0.broken) = (0, 1, 0, 3, 0)
            ($0.medianMilliseconds, $0.slowestMilliseconds, $0.finished) = (nil, nil, false)
        }
        #expect(failback.headline == "0 of 4 clients backed up, 1 stays on telkom, 3 gone, so far.")
        #expect(report { $0.clientsBefore = 0 }.headline == "No client had an active session by telkom.")
        // This program's own one, which other languages have as well, is the same.
        for one in [all, failback, report { _ in }, report { $0.clientsBefore = 0 }, report { ($0.clientsBefore, $0.from) = (0, nil) }] {
            #expect(ReportText.headline(one) == one.headline)
        }
    }

    @Test("short times", arguments: [(0, "0 ms"), (99.4, "99 ms"), (99.5, "0.1 s"), (448, "0.4 s"), (12_960, "13.0 s"), (.nan, "?")])
    func shortTime(milliseconds: Double, text: String) {
        #expect(SwitchReport.shortTime(milliseconds) == text)
    }

    @Test("who was told, if anybody was")
    func told() {
        func lines(_ told: Int?) -> [String] { ReportText.lines(report { ($0.told, $0.toldAnswered) = (told, told.map { $0 - 2 }) }) }
        #expect(lines(40).contains("Told:         40 TCP sessions over: 38 answered, 2 silent"))
        for nobody in [nil, 0] { #expect(!lines(nobody).contains { $0.hasPrefix("Told") }) }
    }

    @Test("a report as text")
    func text() {
        #expect(
            ReportText.lines(.sample("20261124-183012-527")) == [
                "Failover from telkom to smartfren: telkom is down (upstream silent).",
                "2 of 4 clients backed up, median 0.4 s, slowest 0.8 s, 1 broken, 1 idle.",
                "",
                "Report:       20261124-183012-527",
                "First sign:   \(PastTime.localExactly("2026-11-24T18:30:11.900Z"))",
                "Decided:      \(PastTime.localExactly("2026-11-24T18:30:12.527Z")) (\(PastTime.zone("2026-11-24T18:30:12.527Z"))), 0.6 s after the first sign",
                "Done:         routes changed 1.9 ms later",
                "Before:       4 clients with 31 active sessions, counted 0.6 s before",
                "First reply:  fastest 12 ms, median 0.4 s, slowest 0.8 s",
                "Clients:      2 backed up, 0 staying, 1 broken, 1 idle, 0 gone",
                "Told:         40 TCP sessions over: 38 answered, 2 silent",
                "",
                "Evidence:",
                "  telkom is down: upstream silent.",
                "  1.1.1.1 last answered 0.84 s before.",
                "",
                "Limits of these figures:",
                "  A limit.",
                "",
                "CLIENT  ADDRESS      MAC                OUTCOME    FIRST REPLY  SESSIONS BEFORE  AFTER",
                "laptop  192.168.1.7  02:00:5e:10:00:07  backed-up  0.8 s        20               3",
                "a|b     10.20.0.5    -                  broken     -            1                1",
            ])
    }

    @Test("in Markdown a client can't break the table by its name")
    func markdown() {
        let lines = ReportText.markdown(.sample("20261124-183012-527"))
        #expect(lines[0] == "# Failover from telkom to smartfren: telkom is down (upstream silent).")
        #expect(lines.contains("| laptop | 192.168.1.7 | 02:00:5e:10:00:07 | backed-up | 0.8 s | 20 | 3 |"))
        #expect(lines.last == #"| a\|b | 10.20.0.5 | - | broken | - | 1 | 1 |"#)
    }

    @Test("a drill says so")
    func drill() {
        #expect(
            ReportText.title(report { $0.drill = "silent" })
                == "Failover (drill: silent) from telkom to smartfren: telkom is down (upstream silent).")
    }

    @Test("clients: one block for each, its WANs below each other, and what they come to")
    func clients() {
        #expect(
            ClientsText.lines([.sample, .unknown]) == [
                "CLIENT  ADDRESS         MAC                SEEN       WAN     SESSIONS  ANSWERED  BYTES",
                "laptop  192.168.1.7 +1  02:00:5e:10:00:07  reachable  telkom  12        11        3.4 MB",
                "                                                      none    1         0         100 B",
                "-       10.20.0.5       -                  unknown    telkom  2         2         -",
                "",
                "2 clients, 2 of them with sessions: 14 by telkom, 1 by none of the WANs.",
            ])
        let silent = ClientStatus(
            name: nil, mac: "02:00:5e:10:00:09", addresses: ["192.168.1.9"], interface: "br0", neighbour: "stale", shares: [])
        #expect(ClientsText.lines([silent]).last == "1 client, none of them with a session.")
    }
}
