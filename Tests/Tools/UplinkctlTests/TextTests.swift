import ArgumentParser
import ControlFixtures
import ControlProtocol
import Model
import Testing
@testable import uplinkctl

@Suite struct TextTests {
    @Test(
        "an age is said in its two largest units",
        arguments: [
            (0, "0 s"), (0.9, "0 s"), (12, "12 s"), (60, "1 min"), (310, "5 min 10 s"), (3600, "1 h"), (3661, "1 h 1 min"),
            (273_600, "3 d 4 h"), (86_400 * 400, "400 d"), (-5, "0 s"), (.nan, "?"), (.infinity, "?"), (1e300, "?"),
        ] as [(Double, String)])
    func age(seconds: Double, text: String) { #expect(ageText(seconds: seconds) == text) }

    @Test(
        "a number has as many digits as a person compares",
        arguments: [
            (nil, "-"), (0, "0 ms"), (0.04, "0 ms"), (0.05, "0.1 ms"), (12.34, "12.3 ms"), (99.95, "100 ms"), (140.4, "140 ms"),
            (-0.5, "-0.5 ms"), (.nan, "? ms"), (1e300, "? ms"),
        ] as [(Double?, String)])
    func number(value: Double?, text: String) { #expect(millisecondsText(value) == text) }

    @Test("the status is read in five seconds")
    func status() {
        #expect(
            StatusText.lines(.sample).joined(separator: "\n") == """
                Traffic goes by telkom, for 3 d 4 h now: first choice.
                A drill plays it.

                   WAN        INTERFACE  HEALTH                  SINCE       ROUND TRIP  LOSS   ADDRESS       GATEWAY       METRIC          PROBES
                >  telkom     eth0       up                      3 d 4 h     12.3 ms     0 %    192.0.2.7/24  192.0.2.1     1               664 MB/month
                   smartfren  usb0       down (upstream silent)  5 min 10 s  -           100 %  192.0.2.7/24  198.51.100.1  2 (route 1002)  664 MB/month
                """)
    }

    @Test(
        "on a terminal it has as many columns as there is room for, what is wanted most first",
        arguments: [(80, "LOSS"), (95, "ADDRESS"), (40, "INTERFACE"), (1000, "PROBES")])
    func width(width: Int, last: String) throws {
        let lines = StatusText.lines(.sample, width: width)
        let table = try #require(lines.firstIndex { $0.hasPrefix("   WAN") })
        #expect(lines[table].hasSuffix(last))
        #expect(lines[table...].prefix(3).allSatisfy { $0.count <= width })
    }

    @Test("whom the operator chose is said, also while another one has the traffic")
    func chosen() {
        let chosen = Status.sample.with { ($0.selection.pinned, $0.selection.pinnedTo) = (true, "telkom") }
        #expect(StatusText.lines(chosen)[1] == "The operator chose it: it stays so while it can be used, until 'uplinkctl switch auto'.")
        let away = Status.sample.with { ($0.selection.pinned, $0.selection.pinnedTo) = (true, "smartfren") }
        #expect(
            StatusText.lines(away)[1]
                == "The operator chose smartfren, which gets it back as soon as it can be used; 'uplinkctl switch auto' ends that.")
    }

    @Test(
        "whether a WAN that stands by is ready is said where its health doesn't say it already",
        arguments: [
            (true, ReadinessStatus(ready: true, provenSeconds: 250, problem: nil), "a is ready, proven 4 min 10 s ago."),
            (
                true, ReadinessStatus(ready: false, provenSeconds: nil, problem: "http://a/ didn't come within 5s."),
                "a is not ready: http://a/ didn't come within 5s."
            ),
            (false, ReadinessStatus(ready: false, provenSeconds: nil, problem: "It is down."), nil), (true, nil, nil),
        ] as [(Bool, ReadinessStatus?, String?)])
    func readiness(usable: Bool, readiness: ReadinessStatus?, text: String?) {
        #expect(StatusText.readiness(.sample("a", usable: usable, readiness: readiness)) == text)
    }

    static let answers: [(String, Status)] = [
        ("Traffic goes by telkom, for 3 d 4 h now: first choice.", .sample),
        (
            "No WAN is usable; traffic is tried by telkom, for 3 d 4 h now: first choice.",
            Status.sample.with {
                $0.wans[0].health = "down"
                $0.wans[0].fault = "upstream silent"
                $0.wans[0].usable = false
                $0.wans[0].sinceSeconds = 65
            }
        ),
        (
            "No WAN carries traffic: no WAN has a gateway. What is sent all the same goes by telkom.",
            Status.sample.with {
                $0.selection.wan = nil
                $0.selection.reason = "no WAN has a gateway"
            }
        ),
        ("Traffic goes by gone, for 3 d 4 h now: first choice.", Status.sample.with { $0.selection.wan = "gone" }),
    ]

    @Test("the first line is the answer", arguments: answers)
    func answer(text: String, status: Status) { #expect(StatusText.answer(status) == text) }

    @Test(
        "a fault is named unless the health says the same",
        arguments: [
            ("up", nil, "up"), ("down", "upstream silent", "down (upstream silent)"), ("no-carrier", "no carrier", "no-carrier"),
            ("absent", "modem gone", "absent (modem gone)"), ("recovering", "upstream silent", "recovering"),
        ] as [(String, Sentence?, String)])
    func health(health: String, fault: Sentence?, text: String) {
        #expect(StatusText.health(.sample("a", health: health, fault: fault)) == text)
    }

    @Test("every fault that a person can do something about comes with what to do; one that is over doesn't")
    func advice() {
        let silent = Fault.allCases.filter { Advice.line(.sample("a", health: "down", fault: $0.sentence)) == nil }
        #expect(silent == [.scriptFailed])
        #expect(
            Advice.line(.sample("telkom", health: "down", fault: Fault.gatewaySilent.sentence))
                == "telkom: its box (192.0.2.1) doesn't answer: switch it off and on, and look at the cable between.")
        #expect(Advice.line(.sample("a", health: "recovering", fault: Fault.silent.sentence)) == nil)
        #expect(Advice.line(.sample("a")) == nil)
        #expect(
            StatusText.lines(Status.sample.with { $0.wans[1].fault = Fault.upstreamSilent.sentence }).last
                == "smartfren: its own box answers, the provider's network behind it doesn't: call the provider.")
    }

    @Test("how long sessions may stay is said below the table")
    func draining() {
        let lines = StatusText.lines(Status.sample.with { $0.wans[1] = .sample("smartfren", metric: 2, drainEnds: 421.7) })
        #expect(lines.contains("Sessions that are on smartfren may stay for 7 min 1 s more."))
        #expect(!StatusText.lines(.sample).contains { $0.hasPrefix("Sessions") })
    }

    @Test("what is wrong is loud, and said once")
    func problems() {
        let lines = StatusText.lines(
            Status.sample.with {
                $0.nat = NATStatus(ok: false, variant: "nft", problem: "NAT rules are missing.")
                $0.problems = ["NAT rules are missing.", "Another program changes our routes."]
                $0.wans[0].carries = false
                $0.wans[1].carries = true
                $0.wans[0].routeMetric = nil
            })
        #expect(
            lines.suffix(4) == [
                "", "! NAT rules are missing.", "! Another program changes our routes.",
                "! telkom is selected, but the kernel doesn't send by it: it sends by smartfren.",
            ])
        #expect(lines.contains { $0.hasPrefix("   telkom") && $0.contains("1 (no route)") })
        #expect(lines.contains { $0.hasPrefix(">  smartfren") })
    }

    static let changes: [(String, Status, [String])] = [
        ("nothing", .sample, []),
        (
            "measurements",
            Status.sample.with {
                $0.wans[0].roundTripMilliseconds = 99
                $0.wans[0].sinceSeconds += 1
                $0.counters["probes_sent"] = 1300
            }, []
        ),
        (
            "a failover",
            Status.sample.with {
                $0.wans[0].health = "down"
                $0.wans[0].fault = "upstream silent"
                $0.wans[0].reason = "No target has answered for 1 s."
                $0.wans[0].carries = false
                $0.wans[1].carries = true
                $0.selection.wan = "smartfren"
                $0.selection.reason = "telkom is down"
            },
            [
                "selection: telkom -> smartfren: telkom is down",
                "telkom: up -> down (upstream silent)", "telkom: no longer carries new sessions",
                "smartfren: carries new sessions",
            ]
        ),
        (
            "a choice",
            Status.sample.with {
                $0.selection.pinned = true
                $0.selection.reason = "chosen by the operator"
            }, ["selection: still telkom: chosen by the operator"]
        ),
        (
            "another lease",
            Status.sample.with {
                $0.wans[0].gateway = nil
                $0.wans[0].addresses = []
            }, ["telkom: gateway 192.0.2.1 -> none", "telkom: addresses 192.0.2.7/24 -> none"]
        ),
        (
            "a reload",
            Status.sample.with {
                $0.wans[1].name = "xl"
                $0.wans[0].interface = "eth9"
            }, ["smartfren: no longer configured", "telkom: interface eth0 -> eth9", "xl: now configured, down (upstream silent)"]
        ),
        (
            "trouble",
            Status.sample.with {
                $0.problems = ["Another program changes our routes."]
                $0.nat = NATStatus(ok: false, variant: nil, problem: "The rules are gone.")
            }, ["! Another program changes our routes.", "! NAT: The rules are gone."]
        ),
    ]

    @Test("a watcher sees what changed, a line each, and nothing that changes all the time", arguments: changes)
    func change(what: String, status: Status, lines: [String]) {
        #expect(ChangeText.lines(from: .sample, to: status, at: "T") == lines.map { "T  \($0)" })
    }

    @Test("where IPv6 goes is said where it goes elsewhere, and each change of it")
    func ipv6() {
        func status(_ health: String, isElsewhere: Bool) -> Status {
            Status.sample.with {
                $0.wans[0].ipv6 = IPv6Status(health: health, sinceSeconds: 1, selected: !isElsewhere, reason: "it is so")
                $0.wans[1].ipv6 = IPv6Status(health: "up", sinceSeconds: 1, selected: isElsewhere, reason: "it is so")
            }
        }
        let (before, after) = (status("up", isElsewhere: false), status("down", isElsewhere: true))
        #expect(!StatusText.lines(before).contains { $0.contains("IPv6") })
        #expect(StatusText.lines(after).contains("IPv6 goes by smartfren."))
        #expect(
            ChangeText.lines(from: before, to: after, at: "T") == [
                "T  telkom: IPv6 up -> down", "T  telkom: no longer carries IPv6", "T  smartfren: carries IPv6",
            ])
    }

    @Test("trouble that is over is said too")
    func over() {
        let before = Status.sample.with {
            $0.problems = ["It burns."]
            $0.nat.ok = false
        }
        #expect(ChangeText.lines(from: before, to: .sample, at: "T") == ["T  no longer: It burns.", "T  NAT: in order"])
    }

    @Test("an event is one line")
    func event() {
        let time = PastTime.localExactly("2026-07-31T12:00:00.000Z")
        #expect(time.hasSuffix("00.000") && !time.contains("Z"))
        #expect(EventText.line(.sample(1)) == "\(time)  warning  health         telkom is down.")
        let later = ControlEvent(
            id: 2, time: "T", kind: .init(rawValue: "a-later-kind-of-event"), severity: .info, wan: nil, message: "x", details: [:])
        #expect(EventText.line(later) == "T  info     a-later-kind-of-event  x")
    }

    @Test("an explanation is its sentence, and the WANs below each other")
    func explanation() {
        let lines = ExplanationText.lines(
            Explanation(
                sentence: "telkom.", lines: [.init(wan: "telkom", clauses: [], text: "a"), .init(wan: "xl", clauses: [], text: "b")]))
        #expect(lines == ["telkom.", "", "a", "b"])
        #expect(ExplanationText.lines(Explanation(sentence: "None.", lines: [])) == ["None."])
        #expect(
            ExplanationText.lines(Explanation(sentence: "None.", lines: [], commands: [])) == [
                "None.", "", "Routes and rules would stay as they are.",
            ])
    }

    @Test("the quality of a WAN is a sentence, its limits, and a table with a drawing of the last probes")
    func quality() {
        #expect(
            QualityText.lines([.sample("telkom")]).joined(separator: "\n") == """
                telkom is up: 10.0 % lost of 30 probes in 30 s, mean 12.3 ms, deviation 0.8 ms, 99 of 100 within 20.0 ms.
                Too bad with: loss above 20.0 %, until it is 10.0 % or less; mean above 300 ms, until it is 150 ms or less.

                TARGET   SENT  LOSS    MEAN     DEVIATION  MIN      MAX      P99      LAST
                gateway  0     -       -        -          -        -        -
                1.1.1.1  31    10.0 %  12.3 ms  0.8 ms     10.0 ms  20.0 ms  20.0 ms  _.x=#

                LAST: a character for each probe, the newest at the right; _ the target's quickest, # its slowest, x lost.
                """)
        #expect(QualityText.lines([]) == ["No WAN is configured."])
        var silent = WANQuality.sample("a")
        silent.figures = .sample(sent: 0, lost: 0)
        #expect(QualityText.sentence(silent) == "a is up: no probe has an outcome yet.")
        silent.figures = .sample(sent: 2, lost: 1)
        #expect(QualityText.sentence(silent) == "a is up: 10.0 % lost of 1 probe in 30 s.")
    }

    @Test(
        "a drawing has a character for each of the last probes, and no mountains where there is a plain",
        arguments: [
            ([], ""), ([nil, nil], "xx"), ([10, 10, 10], "___"), ([10, 11, 10.5], "_._"), ([10, 20, 40], "_-#"), ([0, 0], "__"),
            ([.nan, 1], "x_"), ([Double?](repeating: 1, count: 100), String(repeating: "_", count: 40)),
        ] as [([Double?], String)])
    func drawing(answers: [Double?], text: String) { #expect(QualityText.drawing(answers) == text) }

    @Test(
        "a size is as exact as a person compares",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (552_960, "553 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"),
            (1_234_567, "1.2 MB"), (663_552_000, "664 MB"), (6_635_520_000, "6.6 GB"),
        ])
    func size(bytes: Int, text: String) { #expect(uplinkctl.sizeText(bytes) == text) }

    @Test(
        "a time of the command line has a unit",
        arguments: [("2s", 2), ("500ms", 0.5), ("0.5s", 0.5), ("60s", 60), ("1m", 60)] as [(String, Double)])
    func time(text: String, value: Double) throws {
        #expect(try timeInSeconds(text, from: .milliseconds(100), to: .seconds(60)) == value)
    }

    @Test(
        "a time that is none says what to write",
        arguments: [
            ("2", "'2' has no unit: write '2s'."), ("s", "'s' is no time: write '100ms'."), ("", "'' is no time: write '100ms'."),
            ("2m", "'2m' is out of range: from 100ms to 1m."), ("1h", "'1h' is out of range: from 100ms to 1m."),
            ("-1s", "'-1s' is no time: write '100ms'."), ("nans", "'nans' is no time: write '100ms'."),
            ("2 s", "'2 s' is no time: the units are ms, s, m and h, as in '100ms'."), ("1.2.3s", "'1.2.3s' is no time: write '100ms'."),
        ])
    func noTime(text: String, problem: String) {
        let error = #expect(throws: ValidationError.self) { _ = try timeInSeconds(text, from: .milliseconds(100), to: .seconds(60)) }
        #expect(error?.message == problem)
    }

    @Test(
        "a figure for programs has no digits that nobody measured",
        arguments: [(265.58400000000006, "265.584"), (0, "0"), (12, "12"), (-0.5, "-0.5"), (0.1 + 0.2, "0.3"), (1e300, "1e+300")]
            as [(Double, String)])
    func plain(value: Double, text: String) { #expect(plainNumber(value) == text) }

    @Test(
        "a word that is no command is answered with the one that it may have been",
        arguments: [
            (["statsu"], "There is no command 'statsu'. Did you mean 'status'? 'uplinkctl --help' lists them."),
            (["help", "foo"], "There is no command 'foo'. 'uplinkctl --help' lists them."),
            (["help", "status"], nil), (["status", "x"], nil), (["--help"], nil), ([], nil), (["help"], nil), (["help", "--help"], nil),
            ([""], "There is no command ''. 'uplinkctl --help' lists them."),
        ] as [([String], String?)])
    func suggestion(arguments: [String], problem: String?) {
        #expect(Suggestion.problem(arguments, commands: ["status", "watch", "switch"]) == problem)
    }

    @Test("a switch is in effect when the kernel sends there, and not before")
    func effect() {
        let pinned = Status.sample.with { $0.selection.pinned = true }
        #expect(SwitchCommand.isInEffect(pinned, "telkom"))
        #expect(!SwitchCommand.isInEffect(pinned, "smartfren"))
        #expect(!SwitchCommand.isInEffect(pinned, nil))
        #expect(SwitchCommand.isInEffect(.sample, nil))
        #expect(!SwitchCommand.isInEffect(.sample, "telkom"))
        #expect(!SwitchCommand.isInEffect(pinned.with { $0.wans[0].carries = false }, "telkom"))
    }

    @Test("a WAN that was chosen and can't be used yet isn't said to be selected")
    func chosenInVain() {
        var selection = SelectionStatus(
            wan: "telkom", reason: Sentence("first-choice", "it is the first choice"), since: "", pinned: true, pinnedTo: "smartfren")
        #expect(
            SelectionText.line(selection, inEffect: false)
                == "smartfren is chosen, and carries as soon as it can be used; until then telkom is selected.")
        selection.wan = nil
        #expect(SelectionText.line(selection, inEffect: false).contains("no other WAN can."))
        selection.wan = "smartfren"
        #expect(SelectionText.line(selection, inEffect: true) == "New sessions go by smartfren: it is the first choice.")
    }

    @Test("the daemon's program is looked for beside ours first")
    func daemonProgram() {
        #expect(DaemonProgram.candidates(beside: "/usr/bin/uplinkctl") == ["/usr/bin/uplinkd", "/usr/bin/../sbin/uplinkd"])
        #expect(DaemonProgram.candidates(beside: nil) == [])
    }
}
