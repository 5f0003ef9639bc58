import Testing

@Suite struct TextTests {
    static let cases: [Case] = [
        Case(
            "nothing at all", "",
            "1:1: error: nothing is configured: the file is empty | it needs 'lan' and 'wans' at least"),
        Case(
            "comments only", "# nothing\n",
            "1:1: error: nothing is configured: the file is empty | it needs 'lan' and 'wans' at least"),
        Case(
            "an empty document", "---\n",
            "1:1: error: nothing is configured: the file is empty | it needs 'lan' and 'wans' at least"),
        Case(
            "a byte order mark only", "\u{FEFF}",
            "1:1: error: nothing is configured: the file is empty | it needs 'lan' and 'wans' at least"),
        .office(
            "a byte order mark is no column; one in the middle is refused", "iptables: \u{FEFF}nft",
            "5:11: error: the character U+FEFF, which can't be in YAML | delete it"),
        .office(
            "a NUL byte, once for the whole file", "iptables: \u{0}\n# \u{0}\n",
            "5:11: error: a NUL byte: this isn't a text file | save it as UTF-8 text"),
        .office(
            "bytes that are not UTF-8, once a line", "# caf\u{FFFD} \u{FFFD}\n  # \u{FFFD}\n",
            "5:6: error: bytes that aren't UTF-8 | save the file as UTF-8",
            "6:5: error: bytes that aren't UTF-8 | save the file as UTF-8"),
        .office(
            "line ends that editors do not know", "# a\u{2028}iptables: nft\n# b\u{85}\n",
            "5:4: error: the character U+2028, which YAML takes for the end of a line | delete it",
            "6:4: error: the character U+0085, which YAML takes for the end of a line | delete it"),
        .office(
            "control characters", "iptables: \u{1B}[31mnft\n",
            "5:11: error: the character U+001B, which can't be in YAML | delete it"),
        .office(
            "columns count characters, not bytes and not combining marks", "\"e\u{301}é日\": 1",
            "5:1: error: unknown key 'e\u{301}é日' | the keys here are 'lan', 'wans', 'probe', 'readiness', 'min-stay', 'firewall', 'iptables', 'mark-mask', 'reports', 'tell-clients', 'fastpath' and 'language'"
        ),
        .office(
            "columns count a tab as one", "probe: {\thold: 1}",
            "5:16: error: 'hold' has to be a time from 0s to 1h, not '1' | add a unit, such as '1s' or '1ms'"),
        .office(
            "after characters outside of the basic plane", "probe: { \"😀👨‍👩‍👧\": 1, hold: 1}",
            "5:10: error: unknown key '😀👨<U+200D>👩<U+200D>👧' | the keys here are 'profile', 'targets', 'interval', 'metered-interval', 'timeout', 'min-rto', 'burst-interval', 'quorum', 'hold', 'thresholds' and 'budget'",
            "5:25: error: 'hold' has to be a time from 0s to 1h, not '1' | add a unit, such as '1s' or '1ms'"),
        Case(
            "CRLF",
            "lan: {interfaces: [br0]}\r\nwans:\r\n  telkom: {interface: eth0, metric: 1}\r\n  smartfren: {interface: usb0, metric: 1}\r\n",
            "4:40: error: 1 is already the metric of WAN 'telkom' | each WAN has a metric of its own, the lowest is the first choice; the other one is on line 3"
        ),
        Case(
            "CR alone",
            "lan: {interfaces: [br0]}\rwans:\r  telkom: {interface: eth0, metric: 1}\r  smartfren: {interface: usb0, metric: 1}\r",
            "4:40: error: 1 is already the metric of WAN 'telkom' | each WAN has a metric of its own, the lowest is the first choice; the other one is on line 3"
        ),
    ]

    @Test("what is wrong with the text is reported at its place", arguments: cases)
    func check(_ sample: Case) { sample.check() }
}
