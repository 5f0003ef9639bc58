import Model
import Selection
import Testing

@Suite("Which WAN carries new sessions")
struct SelectionTests {
    /// `a` has the lower metric. `current` and `pin` by name; "-" is none.
    @Test(
        "table",
        arguments: [
            // a, b, current, pin → chosen
            ("up", "up", "-", "-", "a"), ("up", "up", "b", "-", "a"), ("down", "up", "a", "-", "b"), ("suspect", "up", "a", "-", "a"),
            ("suspect", "up", "b", "-", "b"), ("down", "suspect", "a", "-", "b"), ("unknown", "unknown", "-", "-", "a"),
            // At boot the backup answers first: no switch before there is a word against the first choice.
            ("unknown", "up", "a", "-", "a"),
            // A first choice that appears later proves itself first.
            ("unknown", "up", "b", "-", "b"), ("recovering", "up", "b", "-", "b"), ("recovering", "down", "-", "-", "a"),
            ("recovering", "recovering", "b", "-", "b"), ("recovering", "unknown", "-", "-", "a"), ("down", "down", "a", "-", "-"),
            ("absent", "no-carrier", "a", "-", "-"),
            ("no-gateway", "up", "-", "-", "b"), ("up", "up", "a", "b", "b"), ("up", "down", "b", "b", "a"),
            ("up", "recovering", "a", "b", "a"),
            ("down", "up", "a", "a", "b"),
        ])
    func table(a: String, b: String, current: String, pin: String, chosen: String) throws {
        let candidates = [
            Candidate(wan: try #require(WANName("a")), health: try #require(HealthState(rawValue: a))),
            Candidate(wan: try #require(WANName("b")), health: try #require(HealthState(rawValue: b))),
        ]
        let name = { (text: String) in text == "-" ? nil : WANName(text) }
        #expect(Selection.choose(from: candidates, current: name(current), pin: name(pin)).wan == name(chosen))
    }

    /// Health, then what impairs it: "portal", or how bad it is as a multiple of the threshold; "?": not measured; "~": a service in doubt.
    @Test(
        "a bad WAN yields only to a better one",
        arguments: [
            // a, b, current → chosen
            ("impaired 1.5", "up", "a", "b"), ("impaired 1.5", "impaired 1.4", "a", "a"), ("impaired 1.5", "impaired 3", "a", "a"),
            ("impaired 4", "impaired 1.5", "a", "b"), ("impaired 4", "impaired 1.5 ?", "a", "a"),
            // Not back either, unless it is much better there.
            ("impaired 1.5", "impaired 2", "b", "b"), ("impaired 1.1", "impaired 3", "b", "a"),
            // Whether the other one is better isn't known yet.
            ("impaired 1.5", "up ?", "a", "a"), ("impaired 1.5", "suspect", "a", "a"), ("impaired 1.5", "recovering", "a", "a"),
            ("impaired 1.5", "down", "a", "a"), ("impaired 1.5", "up", "b", "b"), ("suspect 1.5", "up", "a", "b"),
            // No DNS, or a portal, is worse than lossy.
            ("impaired portal", "up ?", "a", "b"), ("impaired portal", "impaired 3", "a", "b"), ("impaired 3", "impaired portal", "a", "a"),
            ("impaired portal", "impaired portal", "a", "a"), ("impaired portal", "impaired portal", "b", "b"),
            ("impaired portal", "down", "a", "a"), ("impaired portal", "recovering", "a", "a"), ("impaired portal", "suspect", "a", "b"),
            ("impaired portal", "up ~", "a", "a"), ("down", "up ~", "a", "b"),
            // A WAN that leads nowhere is left for anything.
            ("down", "impaired portal", "a", "b"), ("down", "impaired 9", "a", "b"), ("up", "impaired 1.5", "b", "a"),
        ])
    func impaired(a: String, b: String, current: String, chosen: String) throws {
        let candidates = try [("a", a), ("b", b)].map { name, text in
            let words = text.split(separator: " ").map(String.init)
            let impairment: Candidate.Impairment? =
                words.contains("portal") ? .service : words.compactMap(Double.init).first.map { .quality($0) }
            return Candidate(
                wan: try #require(WANName(name)), health: try #require(HealthState(rawValue: words[0])), impairment: impairment,
                isMeasured: !words.contains("?"), isInDoubt: words.contains("~"))
        }
        #expect(Selection.choose(from: candidates, current: WANName(current), pin: nil).wan == WANName(chosen))
    }

    @Test(
        "the minimum stay holds back what is only better, never what is needed",
        arguments: [
            // a, b, current → chosen
            ("up", "up", "b", "b"), ("impaired", "up", "a", "a"), ("down", "up", "a", "b"), ("absent", "up", "a", "b"),
            ("up", "down", "b", "a"), ("up", "recovering", "b", "a"), ("up", "up", "a", "a"),
        ])
    func minimumStay(a: String, b: String, current: String, chosen: String) throws {
        let candidates = try [("a", a), ("b", b)].map { name, text in
            Candidate(
                wan: try #require(WANName(name)), health: try #require(HealthState(rawValue: text)),
                impairment: text == "impaired" ? .quality(2) : nil)
        }
        let until = Instant.start + .seconds(30)
        let selection = Selection.choose(from: candidates, current: WANName(current), pin: nil, stayUntil: until)
        #expect(selection.wan == WANName(chosen))
        if chosen == current, (a, b) != ("up", "up") || current == "b" {
            #expect(selection.reason == .staying(better: try #require(WANName(current == "a" ? "b" : "a")), until: until))
        }
        // What the operator asks for is done at once.
        #expect(
            Selection.choose(from: candidates, current: WANName("b"), pin: WANName("a"), stayUntil: until).wan
                == (a == "up" || a == "impaired" ? WANName("a") : WANName("b")))
    }

    @Test(
        "one that never answered comes before one that is dead for certain, and, once it is proven, before one that has only just come back",
        arguments: [
            // a, b, current → chosen
            ("down", "untried", "a", "b", Selection.Reason.onlyUntried), ("no-carrier", "untried", "a", "b", .onlyUntried),
            ("recovering", "untried", "b", "a", .onlyRecovering), ("unknown", "untried", "b", "a", .onlyUnknown),
            ("down", "proven", "a", "b", .onlyProven), ("recovering", "proven", "b", "b", .onlyProven),
            ("up", "proven", "b", "a", .firstChoice), ("up", "proven", "a", "a", .firstChoice),
            ("proven", "untried", "a", "a", .onlyProven), ("untried", "down", "a", "a", .onlyUntried),
            // Nothing was ever heard by any, or somebody asked in vain.
            ("untried", "untried", "a", "-", .noneUsable), ("down", "failed", "a", "-", .noneUsable),
        ])
    func unheard(a: String, b: String, current: String, chosen: String, reason: Selection.Reason) throws {
        let kinds: [String: Candidate.Unheard] = ["proven": .proven, "untried": .untried, "failed": .failed]
        let candidates = try [("a", a), ("b", b)].map { name, text in
            Candidate(
                wan: try #require(WANName(name)), health: kinds[text] == nil ? try #require(HealthState(rawValue: text)) : .down,
                unheard: kinds[text])
        }
        let selection = Selection.choose(from: candidates, current: WANName(current), pin: nil)
        #expect(selection == Selection(wan: chosen == "-" ? nil : WANName(chosen), reason: reason))
    }

    @Test("the reason names those that were passed over")
    func reason() throws {
        let names = try ["a", "b", "c"].map { try #require(WANName($0)) }
        let candidates = zip(names, [HealthState.down, .noCarrier, .up]).map { Candidate(wan: $0, health: $1) }
        #expect(Selection.choose(from: candidates, current: nil, pin: nil).reason == .bestUsable(passedOver: [names[0], names[1]]))
    }
}
