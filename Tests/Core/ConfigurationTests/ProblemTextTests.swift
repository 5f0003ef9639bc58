import Configuration
import Testing

@Suite struct ProblemTextTests {
    private func text(_ yaml: String) -> String {
        Configuration.parse(yaml).problems.map { $0.text(file: "uplinkd.yaml") }.joined(separator: "\n")
    }

    @Test("place, severity, message, the line without its indentation, an underline, the hint")
    func whole() {
        let yaml = Case.office + "probe:\n    timeouts: 1s   # comment\n"
        #expect(
            text(yaml) == """
                uplinkd.yaml:6:5: error: unknown key 'timeouts'
                  timeouts: 1s   # comment
                  ^~~~~~~~
                  hint: did you mean 'timeout'?
                """)
    }

    @Test("a problem of the whole file has no excerpt")
    func wholeFile() {
        #expect(
            text("") == """
                uplinkd.yaml:1:1: error: nothing is configured: the file is empty
                  hint: it needs 'lan' and 'wans' at least
                """)
    }

    @Test("a warning says that it is one")
    func warning() {
        #expect(
            text("lan: {interfaces: [br0]}\nwans:\n  telkom: {interface: eth0, metric: 1}\n") == """
                uplinkd.yaml:3:3: warning: 'telkom' is the only WAN: there is nothing to fail over to
                  telkom: {interface: eth0, metric: 1}
                  ^~~~~~
                  hint: add another to 'wans'
                """)
    }

    @Test("tabs are kept, so that the underline is under what it means however wide they are")
    func tabs() {
        #expect(
            text(Case.office + "probe:\n  hold:\t\t1") == """
                uplinkd.yaml:6:10: error: 'hold' has to be a time from 0s to 1h, not '1'
                  hold:\t\t1
                       \t\t^
                  hint: add a unit, such as '1s' or '1ms'
                """)
    }

    @Test("a tab in the indentation is pointed at")
    func leadingTab() {
        #expect(
            text(Case.office + "probe:\n\thold: 1s") == """
                uplinkd.yaml:6:1: error: a tab in the indentation
                  \thold: 1s
                  ^
                  hint: YAML is indented with spaces only
                """)
    }

    @Test("of a long line only the surroundings are shown")
    func longLine() {
        let yaml = Case.office + "iptables: \(String(repeating: " ", count: 200))nfd # \(String(repeating: "x", count: 200))"
        #expect(
            text(yaml) == """
                uplinkd.yaml:5:211: error: 'iptables' has to be 'auto', 'nft' or 'legacy', not 'nfd'
                  …\(String(repeating: " ", count: 50))nfd # \(String(repeating: "x", count: 44))…
                   \(String(repeating: " ", count: 50))^~~
                  hint: did you mean 'nft'?
                """)
    }

    @Test("a value of several lines is underlined to the end of the first")
    func severalLines() {
        #expect(
            text(Case.office + "iptables: 'nft\n  legacy'") == """
                uplinkd.yaml:5:11: error: 'iptables' has to be 'auto', 'nft' or 'legacy', not 'nft legacy'
                  iptables: 'nft
                            ^~~~
                """)
    }

    @Test("what could move a terminal's cursor is not printed")
    func control() {
        #expect(
            text(Case.office + "iptables: \u{1B}[2J\u{202E}nft") == """
                uplinkd.yaml:5:11: error: the character U+001B, which can't be in YAML
                  iptables: \u{FFFD}[2J\u{FFFD}nft
                            ^
                  hint: delete it
                """)
    }
}
