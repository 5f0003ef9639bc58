import FoundationEssentials
import Health
import Model
import Testing

@testable import Catalogue
@testable import Engine

/// Programs and other languages go by codes and arguments, and docs/control-protocol.md has all of them.
@Suite("Codes")
struct CodeTests {
    private static let root = #filePath.replacing("/Tests/Core/EngineTests/CodeTests.swift", with: "")

    /// By their code the arguments.
    static func documented() throws -> [String: Set<String>] {
        let page = try String(contentsOf: URL(filePath: "\(root)/docs/control-protocol.md"), encoding: .utf8)
        let start = try #require(page.firstRange(of: "\n## Codes\n"))
        let section = page[start.upperBound...].prefix { _ in true }
        let end = section.firstRange(of: "\n## ")?.lowerBound ?? section.endIndex
        var codes: [String: Set<String>] = [:]
        for line in section[..<end].split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            try #require(cells.count == 5, "\(line)")
            let code = cells[1].filter { $0 != "`" && $0 != " " }
            #expect(codes[code] == nil, "\(code) is there twice")
            codes[code] = Set(cells[2].matches(of: /`([a-z_0-9]+)`/).map { String($0.output.1) })
        }
        return codes
    }

    @Test("each code that the sources have is documented, and each that is documented is in the sources")
    func complete() throws {
        var made: Set<String> = []
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/Sources").filter {
            $0.hasSuffix(".swift") && !$0.hasSuffix(".generated.swift")
        }
        try #require(files.count > 100)
        for file in files {
            let source = try String(contentsOf: URL(filePath: "\(Self.root)/Sources/\(file)"), encoding: .utf8)
            for match in source.matches(of: /\bSentence\(\s*([^,)\s]+)/) {
                let first = match.output.1
                // The same again, with a subject; and a text that an earlier version has kept.
                if first == "clause.code" || first == "\"\"" { continue }
                guard let code = first.wholeMatch(of: /"([a-z0-9-]+)"/) else {
                    Issue.record("\(file): a code isn't written down as it is: \(match.output.0)")
                    continue
                }
                made.insert(String(code.output.1))
            }
        }
        let documented = try Set(Self.documented().keys)
        #expect(made.subtracting(documented) == [], "not in the tables")
        #expect(documented.subtracting(made) == [], "not in the sources")
    }

    @Test("a sentence has no argument that isn't documented, and each that is documented is there")
    func arguments() throws {
        let documented = try Self.documented()
        var seen: [String: Set<String>] = [:]
        for sentence in try Self.examples() {
            let known = try #require(documented[sentence.code], "\(sentence.code)")
            // Those of its condition.
            if sentence.code != "not-usable" {
                let own = try sentence.arguments.keys.filter { try !Self.isOfPart($0, of: sentence, documented) }
                #expect(Set(own).subtracting(known) == [], "\(sentence.code)")
            }
            #expect(!sentence.text.isEmpty && !sentence.text.contains("Optional"), "\(sentence.code)")
            seen[sentence.code, default: []].formUnion(
                try sentence.arguments.keys.filter { try !Self.isOfPart($0, of: sentence, documented) })
        }
        for (code, arguments) in seen where code != "not-usable" { #expect(documented[code] == arguments, "\(code)") }
        // Those of the history and of probes are made elsewhere, and have tests there.
        let elsewhere = ["history-", "events-lost", "clock-set"]
        let unseen = documented.keys.filter { code in seen[code] == nil && !elsewhere.contains { code.hasPrefix($0) } }
        #expect(unseen == [], "without an example here")
    }

    /// Whether it is an argument of a sentence that stands in this one: `reason_wans`, where `reason_code` has `wans`.
    private static func isOfPart(_ key: String, of sentence: Sentence, _ documented: [String: Set<String>]) throws -> Bool {
        for (name, value) in sentence.arguments {
            let isCode = ["condition", "end"].contains(name) && sentence.arguments["\(name)_code"] == nil
            let code = name.hasSuffix("_code") || isCode ? value : nil
            let prefix = name.hasSuffix("_code") ? String(name.dropLast(4)) : name + "_"
            guard let code, key != name, key.hasPrefix(prefix) else { continue }
            let its = try #require(documented[code], "\(sentence.code): \(code)")
            if its.contains(String(key.dropFirst(prefix.count))) || code == "not-usable" { return true }
        }
        return false
    }

    @Test("what is refused says the way out")
    func refusals() throws {
        let telkom = try #require(World.telkom)
        for refusal in [
            DrillRefusal.noDNSTarget(telkom), .lossAllowed(telkom, leave: 0.3, percent: 30), .lossAllowed(telkom, leave: nil, percent: 30),
            .noneReady([.init(wan: telkom, why: .unproven)]), .notSelected(telkom, selected: telkom), .underWay(telkom),
        ] {
            #expect(refusal.sentence.text.contains("--force"), "\(refusal)")
        }
        #expect(
            DrillRefusal.lossAllowed(telkom, leave: 0.3, percent: 25).sentence.text.hasPrefix("telkom leaves it only above 30% of loss, so")
        )
        #expect(
            DrillRefusal.noneReady([.init(wan: telkom, why: .condition(.down(.silent)))]).sentence.text.hasPrefix(
                "No other WAN is ready: telkom is down: silent. "))
    }

    @Test("a bare text, as earlier versions have kept it, is read as a sentence without a code")
    func earlier() throws {
        let read = try JSONDecoder().decode(
            [Sentence].self, from: Data(#"["It is down.",{"code":"a","arguments":{"b":"c"},"text":"d"}]"#.utf8))
        #expect(read == [Sentence("", "It is down."), Sentence("a", ["b": "c"], "d")])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Sentence.self, from: Data(#"{"code":"a"}"#.utf8)) }
        #expect(try JSONDecoder().decode([Sentence].self, from: JSONEncoder().encode(read)) == read)
    }
}

extension CodeTests {
    /// Each case of each type, with all that it may have.
    static func examples() throws -> [Sentence] {
        let telkom = try #require(World.telkom)
        let eth0 = try #require(InterfaceName("eth0"))
        let question = try #require(try World.settings().wans.first?.probe.targets.first?.question)
        let conditions: [Condition] = [
            .notAsked(.suspect, error: "e"), .absent(eth0), .noCarrier(eth0), .setDown(eth0), .noGateway(eth0),
            .noRoute(eth0, metric: 101), .noGateway6(eth0), .unknown, .nothingFits(InterfaceMatch(serial: "s")),
            .severalFit(InterfaceMatch(serial: "s"), [eth0, eth0]), .taken(eth0, by: telkom), .unready(eth0),
            .up(roundTrip: .milliseconds(1), loss: 0.5), .suspect,
            .impaired(.slow, loss: 0.5, roundTrip: .milliseconds(1), evidence: "e", seconds: 1), .down(.silent), .recovering(seconds: 1),
        ]
        let faults: [Fault] = [
            .modemGone, .noCarrier, .noLease, .noRoute, .gatewaySilent, .upstreamSilent, .silent, .lossy, .slow, .tcpDead, .dnsDead,
            .dnsWrong,
            .captivePortal, .httpDead, .scriptFailed,
        ]
        let unfit = Unfit(wan: telkom, state: .down, fault: .silent)
        let reasons: [Reason] = [
            .firstChoice, .bestUsable(passedOver: [unfit]), .pinned, .staying(better: telkom, seconds: 1),
            .waiting(unfit, other: telkom, seconds: 1), .noneBetter(unfit), .onlyRecovering, .onlyUnknown, .onlyProven,
            .onlyUntried, .noneUsable([unfit]),
            .noneConfigured, .nothingKnown,
        ]
        let lost = PathSize.Found(size: 1400, whole: 1500, isTold: false)
        let problems: [FirewallProblem] = [.failed(error: "e"), .contested(.nat), .notLookedAt]
        let status: [StatusProblem] = [
            .noWAN(.noneConfigured), .kernelUnreadable(error: "e"), .kernelRefused(["e"]), .routesContested, .strayed(eth0),
            .lanMissing(eth0), .lanNotForwarded6, .advertisementsRefused(eth0), .sessionsStuck(error: "e"), .firewall(.nat, .notLookedAt),
            .firewall(.mangle, .notLookedAt), .firewall(.filter, .notLookedAt), .firewall(.fastPath, .notLookedAt), .barred,
            .notForwarded(eth0),
            .clientsStray(ClientWay(lan: eth0, family: .v4, interface: eth0, table: 1, rule: 1)),
            .overlapping(lan: eth0, network: "n", wan: telkom, wanNetwork: "n"), .targetInLAN(wan: telkom, target: "t", lan: eth0),
            .targetsBlocked(telkom), .largeLost(telkom, .v4, lost, .auto),
            .configurationRefused(problems: ["f:1:2: error: p\n  x"]), .stateUnwritten(error: "e"), .box("p"), .noIPv6(.noneConfigured),
            .ipv6Elsewhere(telkom, .down(.silent), to: telkom),
            .socketsHold(telkom, [OwnSocket(transport: 17, port: 5060)]), .resolverSilent(telkom, .elsewhere, []),
            .severalFit(telkom, InterfaceMatch(serial: "s"), [eth0, eth0], used: eth0), .interfaceTaken(telkom, eth0, by: telkom),
        ]
        let unready: [Unreadiness] = [
            .condition(.down(.silent)), .noNAT("p"), .notForwarding(eth0), .proofTooOld, .unproven, .stalling(1400),
            .failed(question, nil, within: .seconds(1)), .failed(question, WrongAnswer(.dns, "a"), within: .seconds(1)),
        ]
        let outcomes: [ProbeOutcome?] = [
            nil, .answered(seconds: 1), .wrong(WrongAnswer(.dns, "a")), .tooLong(most: 1400), .notSent(error: "e"),
        ]
        for problem in unready { #expect(Catalogue.indonesian.words["unready"]?[problem.sentence.code] != nil, "\(problem)") }
        var sentences = conditions.map { $0.sentence(of: telkom) } + faults.map(\.sentence) + reasons.map(\.sentence)
        sentences += problems.map(\.sentence) + status.map(\.sentence) + unready.map(\.sentence)
        sentences += outcomes.map { ProbeOutcome.sentence($0, to: question, within: .seconds(1)) }
        sentences += WrongAnswer.Kind.allCases.map { WrongAnswer($0, "a").sentence }
        return sentences + (try happenings(telkom, eth0)) + drills(telkom, eth0) + explanations(telkom, eth0) + reports(telkom)
            + refusals(telkom)
    }

    private static func happenings(_ telkom: WANName, _ eth0: InterfaceName) throws -> [Sentence] {
        func six(_ to: WANName?) -> Happening {
            .ipv6Switched(IPv6Switch(from: telkom, to: to, direction: .failover, reason: .firstChoice))
        }
        func what(_ from: WANName?, _ to: WANName?, _ direction: Switch.Direction, _ reason: Reason = .firstChoice) -> Happening {
            .switched(
                Switch(
                    from: from, to: to, direction: direction, drill: .silent, reason: reason, applied: .milliseconds(1),
                    report: from != nil && to != nil ? "r" : nil))
        }
        let all: [Happening] = [
            .healthChanged(
                .init(
                    wan: telkom, before: .up, health: .down, fault: .silent, carried: true, loss: 1, roundTrip: .zero,
                    condition: .down(.silent))),
            .ipv6Changed(.init(wan: telkom, before: .up, health: .down, fault: .silent, condition: .down(.silent))), six(telkom),
            six(nil),
            what(telkom, telkom, .failover), what(telkom, telkom, .failback), what(nil, telkom, .failback), what(telkom, nil, .failover),
            what(telkom, telkom, .failover, .pinned),
            .clientsTold(telkom, TellingOutcome(told: 3, answered: 2, untold: 1, own: 1, problem: "p")),
            .sessionsMoved(.init(count: 1, family: .v6, from: telkom, to: telkom)), .sessionsMoved(.init(count: 1)),
            .pathSize(telkom, .v4, PathSize.Found(size: 1400, whole: 1500, isTold: false), .off),
            .pathSize(telkom, .v6, PathSize.Found(size: 1400, whole: 1500, isTold: true), .auto), .pathSize(telkom, .v4, nil, .auto),
            .sessionsStuck(telkom, error: "e"), .ready(telkom), .unready(telkom, .unproven), .repaired(commands: ["c"]), .repairsHeld,
            .socketsHold(telkom, [OwnSocket(transport: 17, port: 5060)]), .resolverSilent(telkom, .silent, []),
            .resolverAnswers(telkom),
            .strayed(eth0), .kernelUnreadable(error: "e"), .kernelRefused(error: "e"), .firewallMissing(.nat, error: "e"),
            .firewallRestored(.nat), .firewallHeld(.nat), .firewallApplied(.nat, commands: "c"), .drillRulesApplied(.nat, commands: "c"),
            .started(.init(version: "1", configuration: "c", control: "c", settings: try World.settings())), .inOrder(after: .zero),
            .configurationRefused(problems: ["p"]), .configurationRead(changes: ["c"]), .operatorChose(telkom), .boxWarning("p"),
            .reported(id: "r", telkom, headline: "h", isAnybodyBroken: false), .drillJudged(.clientsLost, message: "m"),
        ]
        return all.map(\.sentence)
    }

    private static func drills(_ telkom: WANName, _ eth0: InterfaceName) -> [Sentence] {
        let steps: [DrillStep.What] = [
            .begun(.silent, for: .seconds(60)), .ended(.timeIsOver, isPlaying: true), .set(.dns, eth0), .noticed(.unknown),
            .failover(to: telkom, after: .zero), .failback(from: telkom, after: .zero), .over(.passed, failover: .zero, failback: .zero),
        ]
        let ends: [DrillEnd] = [
            .timeIsOver, .noBackup, .operatorChose, .configurationChanged(telkom), .rulesRefused(error: "e"), .stopped(.callerLeft),
            .stopped(.replaced), .stopped(.stopping),
        ]
        let verdicts: [DrillWatch.Verdict] = [.clientsLost, .reportsMissing, .clientsBackedUp, .nobodyToMove]
        return steps.map { DrillStep(wan: telkom, after: .zero, what: $0).sentence } + ends.map(\.sentence) + verdicts.map(\.sentence)
            + [DrillNow.playing(telkom, .dns, seconds: 1).sentence, DrillNow.returning(telkom).sentence]
    }

    private static func explanations(_ telkom: WANName, _ eth0: InterfaceName) -> [Sentence] {
        let proofs: [Explained.Proof] = [.ready(seconds: 1), .unproven, .unready(.proofTooOld)]
        var clauses: [Explained.Clause] = [
            .condition(telkom, .unknown), .carries, .standsBy(nil), .sessionsMayStay(seconds: 1),
            .holdGrown(.seconds(80), usual: .seconds(10)), .drill(telkom, .dns, seconds: 1), .chosen,
            .ipv6(.down(.silent), carries: true), .ipv6Unjudged, .mute(["a", "b"]), .ceased(["a"]),
            .largeLost(.v4, PathSize.Found(size: 1400, whole: 1500, isTold: false), .auto), .supposed(telkom, .down, .within(.seconds(1))),
            .routesUntold(eth0),
            .wouldCarry(already: true),
            .wouldCarry(already: false), .sessionsWait, .sessionsBeginAnew(telkom), .sessionsStay(limit: .seconds(60)),
        ]
        clauses += proofs.map(Explained.Clause.standsBy) + proofs.map(Explained.Clause.standby)
        let answers: [Answer] = [
            .undecided, .none(.noneConfigured), .carries(telkom, .firstChoice), .nobody(.noneConfigured), .begins(telkom, .firstChoice),
            .stays(telkom, .firstChoice), .moves(telkom, to: telkom, .firstChoice),
        ]
        return clauses.map(\.sentence) + answers.map(\.sentence)
    }

    private static func reports(_ telkom: WANName) -> [Sentence] {
        let evidence: [Evidence] = [
            .condition(telkom, .unknown), .wrong(target: "t", WrongAnswer(.dns, "a")), .notAsked(target: "t", error: "e"),
            .lastAnswered(target: "t", ago: .seconds(1)), .neverAnswered(target: "t"),
        ]
        let notes: [ReportNote] = [
            .cutShort(after: .seconds(1)), .deaf(error: "e"), .noNeighbours, .noCountAfter(error: "e"), .noCountBefore, .overrun, .noTimes,
            .notAllListed(clients: 2, listed: 1), .unheard(clients: 1),
        ]
        return evidence.map(\.sentence) + notes.map(\.sentence)
    }

    private static func refusals(_ telkom: WANName) -> [Sentence] {
        let drills: [DrillRefusal] = [
            .nothingRead, .onlyWAN(telkom), .underWay(telkom), .notSelected(telkom, selected: telkom),
            .noneReady([.init(wan: telkom, why: .unproven)]), .noNAT, .noDNSTarget(telkom), .lossAllowed(telkom, leave: 0.3, percent: 1),
            .reportsPending, .unknownFault("f"), .wrongDuration(.seconds(1)),
        ]
        let whatIfs: [WhatIfRefusal] = [
            .nothingRead, .neverFound(telkom, .lossy), .malformed("t", example: telkom), .unknownState("t"), .twice(telkom),
        ]
        let probes: [ProbeRefusal] = [
            .wrongTimeout(seconds: 99), .noTarget(telkom, kind: "k"), .unknownProgram(telkom, known: ["a"]), .malformed("p"),
        ]
        return drills.map(\.sentence) + whatIfs.map(\.sentence) + probes.map(\.sentence)
    }
}
