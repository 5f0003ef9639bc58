import FoundationEssentials
import Glibc
import Model
import Scenario
import Testing

/// Each file in Scenarios/ was recorded by `uplinkd --record` in the lab, or made from such a recording. Replaying it has to give the very
/// same effects. When a change is meant to change them, `UPDATE=1 swift test --filter ScenarioTests` writes the files anew, and the
/// difference is for the reviewer to read. When probes get other numbers or another order, the recordings have to be made anew:
/// `.build/debug/uplinkd-lab record Tests/Core/ScenarioTests/Scenarios`.
@Suite("Scenarios from files")
struct ScenarioTests {
    private static var folder: String { #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Scenarios" }

    static var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".scenario") }.sorted()
    }

    @Test("there are some") func some() { #expect(Self.files.count >= 5) }

    @Test("replay as recorded", arguments: files)
    func replay(file: String) throws {
        let path = "\(Self.folder)/\(file)"
        let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
        let recorded = try Scenario(parsing: text)
        let replayed = try recorded.replayed()
        if getenv("UPDATE") != nil {
            let comments = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("#") || $0.isEmpty }
            let content = comments.map { $0 + "\n" }.joined() + replayed.text
            #expect(FileManager.default.createFile(atPath: path, contents: Data(content.utf8)))
            return
        }
        for (expected, actual) in zip(recorded.steps, replayed.steps) where expected != actual {
            Issue.record("\(file) at \(expected.at.sinceStart): recorded\n\(expected.text)now\n\(actual.text)")
            return
        }
    }

    @Test("a scenario's text reads back to itself")
    func text() throws {
        for file in Self.files {
            let text = String(decoding: try #require(FileManager.default.contents(atPath: "\(Self.folder)/\(file)")), as: UTF8.self)
            let scenario = try Scenario(parsing: text)
            #expect(try Scenario(parsing: scenario.text) == scenario)
        }
    }

    @Test(
        "what isn't a scenario is refused with its line",
        arguments: [
            ("nonsense", "line 1: a line begins with @, |, > or #"), ("| lan:", "line 1: a configuration without a step"),
            ("> ip route", "line 1: an effect without a step"), ("@x start", "line 1: a step is '@SECONDS what'"),
            ("@-1 start", "line 1: a step is '@SECONDS what'"), ("# one\n@0", "line 2: a step is '@SECONDS what'"),
            ("@0 {\"tick\":true}\n| lan:", "line 2: an event has no configuration"),
        ])
    func refused(text: String, message: String) {
        #expect(throws: ScenarioError.self) { try Scenario(parsing: text) }
        do { _ = try Scenario(parsing: text) } catch { #expect("\(error)" == message) }
    }

    @Test(
        "events that aren't any are refused",
        arguments: [
            "{}", "[]", "{\"what\":1}", "{\"tick\":true,\"pinned\":null}", "{\"probe\":{\"id\":1}}",
            "{\"probe\":{\"id\":1,\"answered\":-1}}",
            "{\"snapshot\":{\"interfaces\":[],\"routes\":[\"nonsense\"],\"rules\":[]}}",
        ])
    func badEvent(json: String) { #expect(throws: ScenarioError.self) { try Scenario(parsing: "@0 \(json)") } }

    @Test("a replay needs a start, one, with a configuration that is right")
    func start() throws {
        let tick = try Scenario(parsing: "@0 {\"tick\":true}")
        #expect(throws: ScenarioError.self) { try tick.replayed() }
        let empty = try Scenario(parsing: "@0 start")
        #expect(throws: ScenarioError.self) { try empty.replayed() }
    }
}
