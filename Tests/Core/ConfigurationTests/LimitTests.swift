import Configuration
import Testing

@Suite struct LimitTests {
    private func messages(_ yaml: String) -> [String] {
        Configuration.parse(yaml).problems.map { "\($0.line):\($0.column): \($0.message)" }
    }

    @Test("a file of 256 KiB is read, one byte more is refused")
    func size() {
        let comment = String(repeating: "# \(String(repeating: "x", count: 1021))\n", count: 255) + Case.office
        let full = comment + "#" + String(repeating: "y", count: 256 * 1024 - comment.utf8.count - 1)
        #expect(messages(full) == [])
        #expect(messages(full + "y") == ["1:1: the file is larger than 256 KiB: this is no configuration of uplinkd"])
    }

    @Test("a line of 4096 bytes is read, one byte more is refused")
    func line() {
        let full = "#" + String(repeating: "x", count: 4095)
        #expect(messages(Case.office + full) == [])
        #expect(messages(Case.office + full + "x\n" + full + "x\n") == [5, 6].map { "\($0):1: the line is longer than 4096 bytes" })
    }

    @Test("many values are refused as soon as they are too many")
    func values() {
        let items = String(repeating: "- 1.1.1.1\n", count: 20_000)
        #expect(messages("probe:\n" + items) == ["9999:3: more than 10000 values: this is no configuration of uplinkd"])
    }

    @Test("deep nesting is refused however it is written", arguments: ["[", "{a: ", "{? ", "- ", "? "])
    func depth(opening: String) throws {
        let parsed = Configuration.parse(String(repeating: opening, count: 4096 / opening.utf8.count))
        let problem = try #require(parsed.problems.first)
        #expect(parsed.problems.count == 1)
        #expect(problem.message == "nested deeper than 16 levels")
        #expect(problem.line == 1)
    }

    @Test("a thousand laughs are none: aliases are not followed")
    func laughs() {
        let yaml = "a: &a [x]\n" + (0..<20).map { "b\($0): &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n" }.joined()
        let parsed = Configuration.parse(yaml)
        #expect(parsed.problems.count { $0.message == "aliases ('*name') are not supported" } == 180)
        #expect(parsed.problems.count { $0.message == "anchors ('&name') are not supported" } == 21)
    }
}
