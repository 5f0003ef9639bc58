@testable import Engine
import Model
import Testing

/// Codes and arguments are for programs and for other languages: they stay as they are, whatever becomes of the English.
@Suite("Wording")
struct WordingTests {
    private static let eth0 = InterfaceName("eth0")
    private let telkom: WANName
    private let smartfren: WANName
    private let eth0: InterfaceName

    init() throws {
        telkom = try #require(World.telkom)
        smartfren = try #require(World.smartfren)
        eth0 = try #require(Self.eth0)
    }

    @Test("of a WAN's condition")
    func conditions() {
        let all: [(Condition, Sentence)] = [
            (.unknown, Sentence("unknown", "not heard of yet")),
            (
                .notAsked(.suspect, error: "No buffer space available"),
                Sentence(
                    "not-asked", ["health": "suspect", "error": "No buffer space available"],
                    "suspect: probes can't be sent (No buffer space available)")
            ),
            (.absent(eth0), Sentence("absent", ["interface": "eth0"], "absent: there is no interface eth0")),
            (.setDown(eth0), Sentence("set-down", ["interface": "eth0"], "without carrier: eth0 is set down")),
            (.up(roundTrip: nil, loss: 0.5), Sentence("up", "up")),
            (
                .up(roundTrip: .microseconds(9_940), loss: nil), Sentence("up", ["round_trip_ms": "9.9"], "up: it answers in 9.9 ms")
            ),
            (
                .up(roundTrip: .milliseconds(20), loss: 0.016),
                Sentence("up", ["round_trip_ms": "20", "loss_percent": "2"], "up: it answers in 20 ms, 2 % lost")
            ),
            (.impaired(nil), Sentence("impaired", "impaired")),
            (
                .impaired(.lossy, loss: 0.25, seconds: 7),
                Sentence(
                    "impaired", ["fault": "lossy", "loss_percent": "25", "seconds": "7"],
                    "impaired: lossy (25 % lost); it is better now, and good again after 7 s more")
            ),
            (
                .impaired(.slow, roundTrip: .milliseconds(700)),
                Sentence("impaired", ["fault": "slow", "round_trip_ms": "700"], "impaired: slow (700 ms)")
            ),
            (
                .impaired(.dnsDead, evidence: "SERVFAIL"),
                Sentence("impaired", ["fault": "DNS dead", "evidence": "SERVFAIL"], "impaired: DNS dead (SERVFAIL)")
            ),
            (.down(.gatewaySilent), Sentence("down", ["fault": "gateway silent"], "down: gateway silent")),
            (.down(nil), Sentence("down", "down: its link is back, and nothing has answered yet")),
            (
                .recovering(seconds: 3),
                Sentence("recovering", ["seconds": "3"], "recovering: it answers again, and is up after 3 s more")
            ),
        ]
        for (condition, sentence) in all { #expect(condition.sentence == sentence) }
    }

    @Test("of a selection's reason")
    func reasons() {
        let down = Unfit(wan: telkom, state: .down, fault: .upstreamSilent)
        let all: [(Reason, Sentence)] = [
            (.firstChoice, Sentence("first-choice", "it is the first choice")),
            (
                .bestUsable(passedOver: [down, Unfit(wan: smartfren, state: .down, drill: .playedDown)]),
                Sentence(
                    "best-usable", ["wans": "telkom,smartfren", "healths": "down,down", "faults": "upstream silent,drill"],
                    "telkom is down (upstream silent), smartfren is down (drill)")
            ),
            (
                .staying(better: telkom, seconds: 9),
                Sentence(
                    "min-stay", ["better": "telkom", "seconds": "9"],
                    "telkom could have it again, but the last switch was a moment ago (min-stay: 9 s more)")
            ),
            (
                .waiting(Unfit(wan: telkom, state: .suspect, drill: .struck), other: smartfren, seconds: 2),
                Sentence(
                    "waiting", ["wan": "telkom", "health": "suspect", "other": "smartfren", "seconds": "2"],
                    "telkom is suspect in a drill, and smartfren has only just begun to answer again (it gets the traffic in 2 s)")
            ),
            (.noneBetter(nil), Sentence("none-better", "it is bad, and no other WAN is better")),
            (
                .noneUsable([Unfit(wan: telkom)]),
                Sentence("none-usable", ["wans": "telkom", "healths": "unknown", "faults": ""], "telkom is not heard of yet")
            ),
            (.noneConfigured, Sentence("none-configured", "none is configured")),
        ]
        for (reason, sentence) in all { #expect(reason.sentence == sentence) }
    }

    @Test("of what happens: the details that events, the log and hooks have had all along")
    func happenings() {
        func what(_ from: WANName?, _ to: WANName?, _ direction: Switch.Direction, _ reason: Reason, _ drill: DrillFault? = nil) -> Switch {
            Switch(from: from, to: to, direction: direction, drill: drill, reason: reason)
        }
        var failover = what(telkom, smartfren, .failover, .bestUsable(passedOver: [Unfit(wan: telkom, state: .noCarrier)]))
        failover.applied = .microseconds(812)
        failover.report = "20261124-183012-527"
        let all: [(Happening, Happening.Severity, WANName?, Sentence)] = [
            (
                .switched(failover), .warning, smartfren,
                Sentence(
                    "failover",
                    [
                        "reason": "telkom is without carrier", "reason_code": "best-usable", "from": "telkom", "to": "smartfren",
                        "reason_wans": "telkom", "reason_healths": "no-carrier", "reason_faults": "", "switch": "failover",
                        "applied_us": "812", "report": "20261124-183012-527",
                    ], "Failover from telkom to smartfren: telkom is without carrier.")
            ),
            (
                .switched(what(smartfren, telkom, .failback, .firstChoice, .lossy(30))), .notice, telkom,
                Sentence(
                    "failback",
                    [
                        "reason": "it is the first choice", "reason_code": "first-choice", "from": "smartfren", "to": "telkom",
                        "switch": "failback", "drill": "lossy=30",
                    ],
                    "Failback from smartfren to telkom: it is the first choice.")
            ),
            (
                .switched(what(nil, telkom, .failover, .firstChoice)), .notice, telkom,
                Sentence(
                    "selected", ["reason": "it is the first choice", "reason_code": "first-choice", "to": "telkom"],
                    "telkom is selected: it is the first choice.")
            ),
            (
                .switched(what(telkom, nil, .failback, .noneConfigured)), .error, nil,
                Sentence(
                    "none-selected", ["reason": "none is configured", "reason_code": "none-configured", "from": "telkom"],
                    "No WAN can be used: none is configured.")
            ),
            (
                .healthChanged(
                    .init(
                        wan: telkom, before: .up, health: .down, fault: .silent, loss: 0.1234, roundTrip: .microseconds(20_339),
                        condition: .down(.silent))), .warning, telkom,
                Sentence(
                    "health",
                    ["health": "down", "was": "up", "fault": "silent", "loss_percent": "12.3", "round_trip_ms": "20.33"],
                    "telkom is down: silent.")
            ),
            (
                .sessionsMoved(.init(count: 1, from: telkom, to: smartfren, isDrained: true)), .notice, telkom,
                Sentence(
                    "sessions-moved", ["sessions": "1", "from": "telkom", "to": "smartfren"],
                    "1 session moved from telkom to smartfren: their time there was over.")
            ),
            (
                .sessionsMoved(.init(count: 2)), .notice, nil,
                Sentence("unmasqueraded-moved", ["sessions": "2"], "2 sessions that began without masquerade will begin anew.")
            ),
            (
                .clientsTold(telkom, .init(told: 40, answered: 38, own: 1)), .info, telkom,
                Sentence(
                    "clients-told", ["told": "40", "answered": "38", "silent": "2", "untold": "0", "own": "1"],
                    "The clients of 40 TCP sessions were told that they are over: 38 answered, 2 stayed silent; 1 TCP session of the box's own ended."
                )
            ),
            (
                .clientsTold(telkom, .init(untold: 1, problem: "no nft")), .warning, telkom,
                Sentence(
                    "clients-told", ["told": "0", "answered": "0", "silent": "0", "untold": "1", "own": "0", "problem": "no nft"],
                    "Those of 1 TCP session couldn't be told; it didn't go as it should: no nft.")
            ),
            (
                .drill(
                    DrillStep(
                        wan: telkom, after: .milliseconds(61_234), what: .over(.noFailback, failover: .milliseconds(5), failback: nil))),
                .warning, telkom,
                Sentence(
                    "drill-over", ["step": "over", "after_ms": "61234", "outcome": "no-failback", "failover_ms": "5", "wan": "telkom"],
                    "The drill of telkom is over: failover, and no failback within 6m; 'uplinkctl explain' may say why.")
            ),
            (
                .drill(DrillStep(wan: telkom, after: .zero, what: .begun(.silent, for: .seconds(60)))), .notice, telkom,
                Sentence(
                    "drill-begun", ["step": "begun", "after_ms": "0", "fault": "silent", "for": "1m", "wan": "telkom"],
                    "A drill begins: for 1m this box plays that telkom is silent.")
            ),
            (
                .unready(smartfren, .notForwarding(eth0)), .warning, smartfren,
                Sentence(
                    "unready",
                    [
                        "problem": "eth0 forwards nothing: sysctl -w net.ipv4.conf.eth0.forwarding=1.", "problem_code": "not-forwarding",
                        "problem_interface": "eth0",
                    ],
                    "smartfren answers, but isn't ready to take over: eth0 forwards nothing: sysctl -w net.ipv4.conf.eth0.forwarding=1.")
            ),
            (
                .configurationRead(changes: ["a", "b"]), .notice, nil,
                Sentence("configuration-read", ["changes": "a\nb"], "The configuration has changed.")
            ),
            (
                .reported(id: "r", telkom, headline: "2 of 4 clients.", isAnybodyBroken: true), .warning, telkom,
                Sentence("reported", ["report": "r"], "2 of 4 clients.")
            ),
            (
                .drillJudged(.clientsLost, message: "Over."), .warning, nil,
                Sentence(
                    "drill-judged", ["step": "result", "outcome": "not-backed-up", "verdict": "clients-lost"],
                    "Over. Not all clients were backed up.")
            ),
        ]
        for (happening, severity, wan, sentence) in all {
            #expect(happening.sentence == sentence)
            #expect(happening.severity == severity, "\(sentence.code)")
            #expect(happening.wan == wan, "\(sentence.code)")
        }
    }

    @Test("the operator's word is neither a warning nor, for reports, a failover")
    func operators() {
        let word = Switch(from: telkom, to: smartfren, direction: .failover, drill: nil, reason: .pinned)
        #expect(Happening.switched(word).severity == .notice)
        #expect(word.kind == .switch)
        #expect(Happening.switched(word).sentence.arguments["switch"] == "failover")
    }
}
