import Model
import Testing

@testable import Catalogue

/// The catalogue and docs/control-protocol.md say the same.
extension CodeTests {
    /// What an argument is for that no sentence has: programs and reports go by it.
    private static let forPrograms: Set<String> = [
        "step", "after_ms", "applied_us", "switch", "report", "kind", "outcome", "round_trip_ms",
    ]
    /// What the English one leaves out as well, or what it has as words that the argument doesn't say.
    private static let unsaid: [String: Set<String>] = [
        "wrong-answer": ["within"], "none-selected": ["from"], "ipv6-none": ["from"], "drill-failover": ["wan"], "drill-failback": ["wan"],
        "drill-over": ["failover_ms", "failback_ms"],
        "started": ["config", "control", "min_stay", "wans", "probes"],
        "repaired": ["commands"], "firewall-applied": ["commands"], "drill-rules": ["commands"], "configuration-read": ["changes"],
        "configuration-refused": ["problems"], "health": ["was", "carried"], "ipv6-health": ["was"],
    ]

    @Test("each code has a sentence in Indonesian, and no sentence is there without a code")
    func catalogued() throws {
        let codes = try Set(Self.documented().keys)
        let entries = Set(Catalogue.indonesian.sentences.keys)
        #expect(codes.subtracting(entries) == [], "without an entry")
        #expect(entries.subtracting(codes) == [], "without a code")
        let lists = [Indonesian.conditions, Indonesian.problems, Indonesian.events, Indonesian.answers]
        #expect(lists.map(\.count).reduce(0, +) == entries.count, "an entry is there twice")
    }

    @Test("a sentence in Indonesian fills in all that there is, and nothing else")
    func catalogueArguments() throws {
        for (code, documented) in try Self.documented() {
            let entry = try #require(Catalogue.indonesian.sentences[code], "\(code)")
            let used = Template(entry).arguments
            // An event's WAN is beside its details.
            let mayHave = documented.union(
                ["health", "ipv6-health", "ready", "unready", "sessions-stuck", "mtu-whole"].contains(code) ? ["wan"] : [])
            #expect(used.subtracting(mayHave) == [], "\(code): made up")
            var forgotten = documented.subtracting(used).filter { !$0.hasSuffix("_code") }
            forgotten.subtract(Self.forPrograms)
            forgotten.subtract(Self.unsaid[code] ?? [])
            // Behind the health, unless that says it already.
            if entry.contains(":condition}") { forgotten.remove("fault") }
            // Lists that are said together, and what it would say twice.
            if used.contains("wans") { forgotten.subtract(["healths", "faults"]) }
            #expect(forgotten == [], "\(code): forgotten")
        }
    }

    @Test("each sentence that uplinkd has can be said in Indonesian: none falls back to English for want of an argument")
    func sayable() throws {
        for sentence in try Self.examples() where !Self.isOthers.contains(sentence.code) {
            let text = Language.indonesian.text(sentence)
            let isSame = text.trimmingEnd == sentence.text.trimmingEnd
            #expect(!isSame || Self.isAlike.contains(sentence.code), "\(sentence.code): \(text)")
            #expect(!text.contains { "{}[]|".contains($0) }, "\(sentence.code): \(text)")
            let english = ["it is", " the ", " isn't", " can't", " is down", " and "].first { text.contains($0) }
            #expect(english == nil, "\(sentence.code): \(text)")
        }
    }

    /// They are somebody else's words.
    private static let isOthers: Set<String> = [
        "box", "box-warning", "firewall-failed", "answer-unreachable", "answer-refused", "answer-dns", "answer-portal", "answer-http",
        "answer-exec", "malformed-target", "history-set-aside",
    ]
    /// These are the same in both languages.
    private static let isAlike: Set<String> = ["captive-portal", "up"]
}

extension String {
    fileprivate var trimmingEnd: String { hasSuffix(".") ? String(dropLast()) : self }
}
