import Testing

@Suite struct SyntaxTests {
    static let cases: [Case] = [
        .office(
            "a tab as indentation", "probe:\n\thold: 1s",
            "6:1: error: a tab in the indentation | YAML is indented with spaces only"),
        .office(
            "a key without a colon", "probe:\n  hold 1s\n  timeout: 1s",
            "7:10: error: a ':' where none can be | either this line is indented too far, or the one before it has no ': ' after its key"),
        .office(
            "a key without a space after the colon", "probe:\n  hold:1s\n  timeout: 1s",
            "7:10: error: a ':' where none can be | either this line is indented too far, or the one before it has no ': ' after its key"),
        .office(
            "a no-break space after the colon", "probe:\n  hold:\u{A0}1s\n  timeout: 1s",
            "7:10: error: a ':' where none can be | line 6 has a no-break space (U+00A0) in it: put an ordinary space in its place"),
        .office(
            "a last line without a colon", "iptables",
            "5:1: error: a key without ': ' after it | write 'key: value', with a space after the colon"),
        .office(
            "indented too far", "probe:\n  hold: 1s\n    timeout: 1s",
            "7:12: error: a ':' where none can be | either this line is indented too far, or the one before it has no ': ' after its key"),
        .office(
            "indented too little", "probe:\n  hold: 1s\n timeout: 1s",
            "7:2: error: this doesn't fit in here | check its indentation: keys of one mapping begin in one column"),
        .office(
            "two values in one line", "iptables: nft: legacy",
            "5:14: error: a second ':' in one line | put a value with ': ' in it in quotes"),
        .office(
            "a list item among keys", "- nft",
            "5:1: error: this doesn't fit in here | check its indentation: keys of one mapping begin in one column"),
        .office(
            "a list item after a key", "probe: - nft",
            "5:8: error: this doesn't fit in here | check its indentation: keys of one mapping begin in one column"),
        .office(
            "a list that is not closed", "probe:\n  targets: [1.1.1.1, 8.8.8.8\n  hold: 1s\n",
            "6:12: error: this list is not closed | put a ',' between its values and a ']' at its end"),
        .office(
            "a mapping that is not closed", "probe: {hold: 1s\niptables: nft\n",
            "5:8: error: this mapping is not closed | put a ',' between its keys and a '}' at its end"),
        .office(
            "a quotation mark that is not closed", "iptables: \"nft\n",
            "5:11: error: this quotation mark is not closed | put the same one at the end of the value"),
        .office(
            "a character that begins no value", "iptables: @nft",
            "5:11: error: a value can't begin with this character | put the value in quotes"),
        .office(
            "an escape that YAML does not know", "iptables: \"\\q\"",
            "5:12: error: this isn't YAML: found unknown escape character"),
        .office(
            "text after the end of the document", "...\nnft\n",
            "6:1: error: this doesn't fit in here | check its indentation: keys of one mapping begin in one column"),
        Case(
            "a directive of another YAML", "%YAML 3.0\n---\na: b\n",
            "1:1: error: this isn't YAML: found incompatible YAML document"),
        .office(
            "a second document", "---\nlan: {}\n",
            "5:1: error: a second document begins here | the file may hold one only"),
        .office(
            "an anchor and its alias", "probe: &p {hold: 1s}\niptables: *p\n",
            "5:8: error: anchors ('&name') are not supported | remove it",
            "6:11: error: aliases ('*name') are not supported | write the value out"),
        .office(
            "a merge key", "probe: {<<: *p}\n",
            "5:13: error: aliases ('*name') are not supported | write the value out"),
        .office(
            "a tag", "probe: {hold: !!str 1s}\n",
            "5:15: error: tags ('!name') are not supported | remove it"),
        .office(
            "deep nesting", "probe: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
            "5:23: error: nested deeper than 16 levels"),
        .office(
            "an alias as a key", "*a : b\n",
            "5:1: error: aliases ('*name') are not supported | write the value out"),
        .office(
            "a list as a key", "? [a, b]\n: c\n",
            "5:3: error: a key has to be a word, not a list"),
        Case(
            "nothing as a key", "?\n: c\n",
            "1:1: error: 'lan' is missing | name the interfaces that the clients are behind: 'lan: {interfaces: [br0]}'",
            "1:1: error: 'wans' is missing | name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'",
            "1:2: error: a key has to be a word, but is empty"),
        .office(
            "a file that ends within a list", "probe:\n  targets: [1.1.1.1,\n\n \n",
            "6:21: error: the file ends in the middle of a list or a mapping | close what a '[' or '{' opened"),
        .office(
            "a file that ends within a list and without a line end", "probe:\n  targets: [",
            "6:13: error: the file ends in the middle of a list or a mapping | close what a '[' or '{' opened"),
        .office(
            "no value between two commas", "probe: {targets: [1.1.1.1, , 8.8.8.8]}",
            "5:28: error: a value is missing here"),
        .office(
            "a character without width in a key", "ip​tables: nft",
            "5:1: error: unknown key 'ip<U+200B>tables' | did you mean 'iptables'?"),
    ]

    @Test("what is not YAML, or more YAML than is needed, is reported at its place", arguments: cases)
    func check(_ sample: Case) { sample.check() }
}
