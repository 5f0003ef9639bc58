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
            ("recovering", "unknown", "-", "-", "a"), ("down", "down", "a", "-", "-"), ("absent", "no-carrier", "a", "-", "-"),
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

    @Test("the reason names those that were passed over")
    func reason() throws {
        let names = try ["a", "b", "c"].map { try #require(WANName($0)) }
        let candidates = zip(names, [HealthState.down, .noCarrier, .up]).map { Candidate(wan: $0, health: $1) }
        #expect(Selection.choose(from: candidates, current: nil, pin: nil).reason == .bestUsable(passedOver: [names[0], names[1]]))
    }
}
