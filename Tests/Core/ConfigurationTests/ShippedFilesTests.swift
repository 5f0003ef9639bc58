import Foundation
import Model
import Testing

@testable import Configuration

@Suite struct ShippedFilesTests {
    static func file(_ path: String) throws -> String {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    static let example = "etc/uplinkd/uplinkd.yaml"
    static let manual = "docs/configuration.md"

    @Test("the shipped file is accepted without a warning, and what it shows are the defaults")
    func shipped() throws {
        let file = try Self.file(Self.example)
        let expected = Settings(
            lan: [try #require(InterfaceName("br0"))],
            wans: [
                WANSettings(
                    name: try #require(WANName("telkom")), interface: try #require(InterfaceName("eth0")), metric: 1, number: 1),
                WANSettings(
                    name: try #require(WANName("smartfren")), interface: try #require(InterfaceName("usb0")), metric: 2, isMetered: true,
                    number: 2),
            ])
        for text in [file, Self.unhidden(file)] {
            let parsed = Configuration.parse(text)
            #expect(parsed.problems.map { $0.text(file: Self.example) } == [])
            #expect(parsed.settings == expected)
        }
    }

    /// With the keys that a '#' without a space behind it hides.
    private static func unhidden(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indentation = line.prefix { $0 == " " }
            let rest = line.dropFirst(indentation.count)
            let isHidden = rest.first == "#" && rest.dropFirst().first?.isLowercase == true
            return isHidden ? indentation + rest.dropFirst() : line
        }.joined(separator: "\n")
    }

    @Test("every key is in the shipped file", arguments: Schema.paths)
    func inExample(path: String) throws {
        // It stands in the place of `interface`, so no file can have both.
        if let place = path.range(of: "wans.<name>.match") {
            let example = try Self.file(Self.example)
            #expect(
                example.contains("# match: {")
                    && example.contains(place.upperBound == path.endIndex ? "match" : "\(path[place.upperBound...].dropFirst()):"))
            return
        }
        var problems = Problems(source: Source(Self.unhidden(try Self.file(Self.example))))
        var nodes = [try #require(YAMLReader.read(&problems))]
        for word in path.split(separator: ".") {
            nodes = nodes.flatMap { node -> [Node] in
                guard case .mapping(let pairs) = node.content else { return [] }
                return pairs.filter { pair in
                    guard case .scalar(let key) = pair.key.content else { return false }
                    return word == "<name>" || key == word
                }.map(\.value)
            }
        }
        #expect(!nodes.isEmpty)
    }

    @Test("every key with a value has a row in the manual's table, and a section of its own", arguments: Schema.paths)
    func inManual(path: String) throws {
        let lines = try Self.file(Self.manual).split(separator: "\n")
        let hasKeysBelow = Schema.paths.contains { $0.hasPrefix(path + ".") }
        if !hasKeysBelow { #expect(lines.contains { $0.hasPrefix("| `\(path)` |") }) }
        if path != "wans.<name>" {
            #expect(lines.contains { $0.hasPrefix("##") && $0.hasSuffix(" `\(path)`") })
        }
    }

    @Test("the manual's table has no key that isn't there")
    func noOther() throws {
        let rows = try Self.file(Self.manual).split(separator: "\n").filter { $0.hasPrefix("| `") }
        let keys = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(keys.count >= 24)
        #expect(Set(keys).subtracting(Schema.paths).subtracting(Question.Kind.allCases.map(\.rawValue)) == [])
    }

    @Test("the manual's table of kinds has every key of every kind", arguments: Question.Kind.allCases)
    func kinds(kind: Question.Kind) throws {
        let rows = try Self.file(Self.manual).split(separator: "\n").filter { $0.hasPrefix("| `\(kind.rawValue)` |") }
        let row = try #require(rows.first)
        for key in Schema.target(kind).map(\.name) where !["kind", "interval", "timeout"].contains(key) {
            #expect(row.contains("`\(key)`"))
        }
    }

    /// The manual's fenced blocks: what stands after the fence, and the text.
    static func blocks(of page: String = manual) throws -> [(kind: String, text: String)] {
        try file(page).components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map { block in
            let lines = block.element.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(lines[0]), lines.count > 1 ? String(lines[1]) : "")
        }
    }

    @Test("every example of the manual is accepted without a warning")
    func examples() throws {
        let examples = try Self.blocks().filter { $0.kind == "yaml" }
        #expect(examples.count == 6)
        for example in examples { #expect(Configuration.parse(example.text).problems.map { $0.text(file: "example") } == []) }
    }

    @Test("every configuration of the recipes is accepted without a warning")
    func recipes() throws {
        let recipes = try Self.blocks(of: "docs/recipes.md").filter { $0.kind == "yaml" }
        #expect(recipes.count == 5)
        for recipe in recipes { #expect(Configuration.parse(recipe.text).problems.map { $0.text(file: "recipe") } == []) }
    }

    @Test("the manual's wrong file gives what the manual says")
    func wrongExample() throws {
        let blocks = try Self.blocks()
        let wrong = try #require(blocks.first { $0.kind == "yaml refused" })
        let said = try #require(blocks.first { $0.kind == "text" })
        let problems = Configuration.parse(wrong.text).problems
        #expect(problems.map { $0.text(file: "uplinkd.yaml") + "\n" }.joined() == said.text)
    }
}
