import ControlProtocol
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
                Traffic goes by telkom: first choice, up for 3 d 4 h.

                   WAN        INTERFACE  HEALTH                  SINCE       ROUND TRIP  LOSS   GATEWAY       METRIC
                >  telkom     eth0       up                      3 d 4 h     12.3 ms     0 %    192.0.2.1     1
                   smartfren  usb0       down (upstream silent)  5 min 10 s  -           100 %  198.51.100.1  2 (route 1002)
                """)
    }

    static let answers: [(String, Status)] = [
        ("Traffic goes by telkom: first choice, up for 3 d 4 h.", .sample),
        (
            "No WAN is usable; traffic is tried by telkom: first choice, down (upstream silent) for 1 min 5 s.",
            Status.sample.with {
                $0.wans[0].health = "down"
                $0.wans[0].fault = "upstream silent"
                $0.wans[0].usable = false
                $0.wans[0].sinceSeconds = 65
            }
        ),
        (
            "No WAN carries traffic: no WAN has a gateway.",
            Status.sample.with {
                $0.selection.wan = nil
                $0.selection.reason = "no WAN has a gateway"
            }
        ),
        ("Traffic goes by gone: first choice.", Status.sample.with { $0.selection.wan = "gone" }),
    ]

    @Test("the first line is the answer", arguments: answers)
    func answer(text: String, status: Status) { #expect(StatusText.answer(status) == text) }

    @Test(
        "a fault is named unless the health says the same",
        arguments: [
            ("up", nil, "up"), ("down", "upstream silent", "down (upstream silent)"), ("no-carrier", "no carrier", "no-carrier"),
            ("absent", "modem gone", "absent (modem gone)"),
        ] as [(String, String?, String)])
    func health(health: String, fault: String?, text: String) {
        #expect(StatusText.health(.sample("a", health: health, fault: fault)) == text)
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
        #expect(lines.contains { $0.hasPrefix("   telkom") && $0.hasSuffix("1 (no route)") })
        #expect(lines.contains { $0.hasPrefix(">  smartfren") })
    }

    @Test("a choice of the operator's says how to take it back")
    func pinned() {
        #expect(StatusText.lines(Status.sample.with { $0.selection.pinned = true })[1] == "It stays so until 'uplinkctl switch auto'.")
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
        #expect(EventText.line(.sample(1)) == "2026-07-31T12:00:00.000Z  warning  health         telkom is down.")
        let later = ControlEvent(id: 2, time: "T", kind: .init(rawValue: "a-later-kind-of-event"), severity: .info, wan: nil, message: "x")
        #expect(EventText.line(later) == "T  info     a-later-kind-of-event  x")
    }

    @Test("an explanation is its sentence, and the WANs below each other")
    func explanation() {
        let lines = ExplanationText.lines(
            Explanation(sentence: "telkom.", lines: [.init(wan: "telkom", sentence: "a"), .init(wan: "xl", sentence: "b")]))
        #expect(lines == ["telkom.", "", "a", "b"])
        #expect(ExplanationText.lines(Explanation(sentence: "None.", lines: [])) == ["None."])
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

    @Test("the daemon's program is looked for beside ours first")
    func daemonProgram() {
        #expect(DaemonProgram.candidates(beside: "/usr/bin/uplinkctl") == ["/usr/bin/uplinkd", "/usr/bin/../sbin/uplinkd"])
        #expect(DaemonProgram.candidates(beside: nil) == [])
    }
}
