import Engine
import class FoundationEssentials.JSONDecoder
import class FoundationEssentials.JSONEncoder
import struct FoundationEssentials.Data
import Model

extension Scenario {
    package init(parsing text: String) throws(ScenarioError) {
        var steps: [Step] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = number + 1
            switch line.first {
            case nil, "#": continue
            case "@": steps.append(try Self.step(line.dropFirst(), line: number))
            case "|":
                guard let last = steps.indices.last else { throw ScenarioError("a configuration without a step", line: number) }
                let text = line.dropFirst(line.hasPrefix("| ") ? 2 : 1) + "\n"
                switch steps[last].input {
                case .start(let before, let beginning): steps[last].input = .start(configuration: before + text, beginning)
                case .reload(let before): steps[last].input = .reload(configuration: before + text)
                case .event: throw ScenarioError("an event has no configuration", line: number)
                }
            case ">":
                guard let last = steps.indices.last else { throw ScenarioError("an effect without a step", line: number) }
                steps[last].effects.append(String(line.dropFirst(line.hasPrefix("> ") ? 2 : 1)))
            default: throw ScenarioError("a line begins with @, |, > or #", line: number)
            }
        }
        self.init(steps: steps)
    }

    private static func step(_ text: Substring, line: Int) throws(ScenarioError) -> Step {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let seconds = Double(parts[0]), seconds >= 0, seconds < 9e9 else {
            throw ScenarioError("a step is '@SECONDS what'", line: line)
        }
        let at = Instant(sinceStart: .nanoseconds(Int64((seconds * 1e9).rounded())))
        let rest = parts[1]
        do {
            let decoder = JSONDecoder()
            if rest == "reload" { return Step(at: at, input: .reload(configuration: ""), effects: []) }
            if rest.hasPrefix("start") {
                let json = rest.dropFirst("start".count)
                let beginning = json.isEmpty ? Beginning() : try decoder.decode(Beginning.self, from: Data(json.utf8))
                return Step(at: at, input: .start(configuration: "", beginning), effects: [])
            }
            return Step(at: at, input: .event(try decoder.decode(Event.self, from: Data(rest.utf8))), effects: [])
        } catch {
            throw ScenarioError("not an event: \(error)", line: line)
        }
    }

    package var text: String { steps.map(\.text).joined() }
}

extension Scenario.Step {
    /// As it stands in the file, with its last line ended.
    package var text: String {
        let time = "@\(at.sinceStart.inSeconds)"
        let configuration: String
        var lines: [String]
        switch input {
        case .start(let text, let beginning):
            configuration = text
            lines = ["\(time) start \(Self.json(beginning))"]
        case .reload(let text):
            configuration = text
            lines = ["\(time) reload"]
        case .event(let event):
            configuration = ""
            lines = ["\(time) \(Self.json(event))"]
        }
        lines += configuration.split(separator: "\n", omittingEmptySubsequences: true).map { "| \($0)" }
        lines += effects.map { "> \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that JSON doesn't have could fail, and no event holds one that isn't finite.
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
