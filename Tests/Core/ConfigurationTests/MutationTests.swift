import Configuration
import Model
import Testing

/// The shipped file, damaged in thousands of ways: whatever comes of it is right settings or problems, never a crash.
@Suite struct MutationTests {
    /// The same numbers in every run: a failure can be looked at again.
    struct Random: RandomNumberGenerator {
        var state: UInt64

        /// SplitMix64 (Steele, Lea, Flood 2014).
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static let pieces: [String] = [
        "\0", "\t", "\r", "\r\n", "\n", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{A0}", "e\u{301}", "😀", "\u{1B}", ":", ": ", "- ",
        "? ", "[", "]", "{", "}", ",", "#", " #", "&a ", "*a ", "!!int ", "| ", ">-\n", "'", "\"", "\\", "%", "@", "`", "---\n", "...\n",
        "<<: ",
        "\"\\0\"", "\"\\x1b\"", "\"\\uD800\"", "  ", "0", "1", "9", "99999999999999999999", "1s", "ms", "-1", "0.0.0.0", "gateway",
        "metric", "eth0", "20%", "{leave: 3%}", "100MB", "{kind: tcp, address: 1.1.1.1, port: 443}", "kind: dns", "none", "fast",
        "https://",
        "null", "~", "probe:\n", "wans:\n", "lan:\n",
    ]

    static func mutate(_ original: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            let length = Int.random(in: 0...min(12, bytes.count - at), using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes.removeSubrange(at..<at + length)
            case 1: bytes.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").utf8, at: at)
            case 2: bytes.replaceSubrange(at..<at + length, with: (pieces.randomElement(using: &random) ?? "").utf8)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            case 4: bytes.removeSubrange(at...)
            case 5, 6, 7:
                var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
                let from = Int.random(in: 0..<lines.count, using: &random)
                let to = Int.random(in: 0..<lines.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: lines.swapAt(from, to)
                case 1: lines.insert(lines[from], at: to)
                case 2: lines.remove(at: from)
                default: lines[from] = Array(repeating: UInt8(ascii: " "), count: length) + lines[from].drop { $0 == UInt8(ascii: " ") }
                }
                bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
            default: break
            }
        }
        return bytes
    }

    /// What `Settings` promises, written down a second time.
    static func isSound(_ settings: Settings) -> Bool {
        settings.wans.allSatisfy { isSound($0.probe) && ($0.probe.meteredInterval >= $0.probe.interval || !$0.isMetered) }
            && (Duration.zero ... .seconds(3600)).contains(settings.minimumStay)
            && !settings.lan.isEmpty && (1...15).contains(settings.wans.count)
            && settings.wans.allSatisfy { (1...999).contains($0.metric) && (1...15).contains($0.number) }
            && Set(settings.wans.map(\.metric)).count == settings.wans.count
            && Set(settings.wans.map(\.number)).count == settings.wans.count
            && Set(settings.wans.map(\.name)).count == settings.wans.count
            && settings.interfaces.count == settings.lan.count + settings.wans.count
    }

    private static func isSound(_ probe: ProbeSettings) -> Bool {
        let reach = probe.targets.count { !$0.question.isLocal && !$0.question.isService }
        let beyond = reach > 0 ? reach : probe.targets.count { $0.question.isService }
        let long = Duration.milliseconds(100) ... .seconds(3600)
        let short = Duration.milliseconds(10)...min(probe.timeout, .seconds(10))
        let times = [probe.thresholds.mean, probe.thresholds.deviation, probe.thresholds.percentile99].compactMap { $0 }
        return !probe.targets.isEmpty && Set(probe.targets.map(\.question)).count == probe.targets.count
            && short.contains(probe.minimumRTO) && short.contains(probe.burstInterval)
            && probe.thresholds.loss.map { (0...0.99).contains($0.leave) && (0...$0.leave).contains($0.back) } ?? true
            && times.allSatisfy { (Duration.milliseconds(1) ... .seconds(60)).contains($0.leave) && (.zero...$0.leave).contains($0.back) }
            && probe.budget.map { $0 >= probe.smallestBudget } ?? true
            && long.contains(probe.interval) && long.contains(probe.meteredInterval)
            && (Duration.milliseconds(100) ... .seconds(60)).contains(probe.timeout)
            && (Duration.zero ... .seconds(3600)).contains(probe.hold)
            && (1...max(1, beyond)).contains(probe.quorum)
    }

    /// What every problem promises, whatever the file.
    static func isSound(_ problem: Problem, lines: Int) -> Bool {
        let text = problem.text(file: "f")
        return (1...lines).contains(problem.line) && (1...problem.excerpt.count + 1).contains(problem.column) && problem.length >= 1
            && !problem.message.isEmpty
            && text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            && text.split(separator: "\n", omittingEmptySubsequences: false).count == 1 + (problem.excerpt.isEmpty ? 0 : 2)
                + (problem.hint == nil ? 0 : 1)
    }

    @Test("damaged files give sound settings or at least one error, in order and each once", arguments: 1...8)
    func mutations(seed: UInt64) throws {
        let example = Array(try ShippedFilesTests.file(ShippedFilesTests.example).utf8)
        var random = Random(state: seed)
        var accepted = 0
        let rounds = 500
        for round in 0..<rounds {
            let text = String(decoding: Self.mutate(example, &random), as: UTF8.self)
            let parsed = Configuration.parse(text)
            let lines = text.unicodeScalars.count { $0 == "\n" || $0 == "\r" } + 1
            let places = parsed.problems.map { [$0.line, $0.column] }
            let sound =
                switch parsed {
                case .accepted(let settings, let warnings): Self.isSound(settings) && warnings.allSatisfy { !$0.isError }
                case .refused(let problems): problems.contains { $0.isError }
                }
            let ordered = zip(places, places.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) }
            let once = Set(parsed.problems.map { $0.text(file: "f") }).count == parsed.problems.count
            guard sound, ordered, once, parsed.problems.allSatisfy({ Self.isSound($0, lines: lines) }) else {
                Issue.record("seed \(seed), round \(round): \(parsed)\n\(text)")
                return
            }
            if parsed.settings != nil { accepted += 1 }
        }
        // Else the damage is too small, or too great, to find anything.
        #expect((rounds / 20...rounds * 19 / 20).contains(accepted))
    }
}
