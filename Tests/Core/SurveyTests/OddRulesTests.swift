import Model
import Survey
import Testing

/// Rules that somebody made by mistake, or to try what happens: as iptables 1.8.9 and nft 1.0.6 print them.
@Suite("Odd rules of others")
struct OddRulesTests {
    private func rules(_ iptables: String, nftables: String = "") -> BoxRules { BoxRules(iptables: [iptables], nftables: nftables) }

    private func settings() throws -> Settings {
        let wan = WANSettings(
            name: try #require(WANName("telkom")), interface: try #require(InterfaceName("eth0")), metric: 1, number: 1)
        return Settings(lan: [try #require(InterfaceName("br0"))], wans: [wan])
    }

    static let texts: [String] = [
        // iptables -N ';'; iptables -A ';'
        ":; - [0:0]\n-A ;",
        // --comment $'x\n-A \ny', $'x\n \ny"q\'\\z'
        "-A FORWARD -m comment --comment \"x\n-A \ny\" -j ACCEPT", "-A FORWARD -m comment --comment \"x\n \ny\\\"q\\'\\\\z\"",
        // iptables -N '"', '}'
        ":\" - [0:0]\n-A \" -j DROP\n-A FORWARD -j \"", ":} - [0:0]\n-A } -j DROP",
        // Nobody prints these.
        "-A", "-A ", " ", "-A FORWARD -j", "-A FORWARD -m mark --mark", "-A FORWARD -o", "-A FORWARD ! -o", ":", "*", "-A X \"",
        "-A FORWARD -j A\n-A A -g B\n-A B -j A",
    ]

    @Test("none of them makes it crash, and none hides what stands behind it", arguments: texts)
    func odd(rule: String) throws {
        let settings = try settings()
        for table in ["filter", "nat", "mangle"] {
            _ = rules("*\(table)\n\(rule)\nCOMMIT\n").warnings(for: settings, kind: "nft")
        }
        _ = rules("", nftables: rule).warnings(for: settings, kind: "nft")
        _ = rules("", nftables: "table inet t {\n\tchain c {\n\t\ttype filter hook forward priority 0; policy drop;\n\(rule)\n")
            .warnings(for: settings, kind: "legacy")
        // A quotation mark that nothing closes goes on to the end.
        guard rule != "-A X \"" else { return }
        let theirs = "-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.7"
        let found = rules("*filter\n\(rule)\nCOMMIT\n*nat\n\(theirs)\nCOMMIT\n").fixedAddresses(settings.wans)
        #expect(found.count == 1 && found[0].hasSuffix(theirs), "\(found)")
    }

    @Test("text in quotes is no rule")
    func quotes() throws {
        let settings = try settings()
        let comment = "\"x\n-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.7\n*filter\n:FORWARD DROP [0:0]\n\""
        let text = "*nat\n-A POSTROUTING -m comment --comment \(comment) -j RETURN\nCOMMIT\n"
        #expect(rules(text).warnings(for: settings, kind: "nft") == [])
        let inner = "x\n\t}\n}\ntable inet u {\n\tchain c {\n\t\ttype filter hook forward priority 0; policy drop;\n"
        let table = "table inet t {\n\tchain c {\n\t\taccept comment \"\(inner)\"\n\t}\n}\n"
        #expect(rules("", nftables: table).warnings(for: settings, kind: "nft") == [])
    }

    @Test("a rule is shown in one line, whatever is in its comment")
    func shown() throws {
        let rule = "-A POSTROUTING -m comment --comment \"a\nb; c\" -j SNAT --to-source 192.0.2.7"
        let found = rules("*nat\n\(rule)\nCOMMIT\n").fixedAddresses(try settings().wans)
        #expect(found.count == 1)
        #expect(found[0].hasSuffix("-A POSTROUTING -m comment --comment \"a b; c\" -j SNAT --to-source 192.0.2.7"))
    }

    @Test("chains that call many others, or each other in a circle, are walked once each")
    func walk() throws {
        var text = "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j C0\n"
        for chain in 0..<64 { text += String(repeating: "-A C\(chain) -j C\(chain + 1)\n", count: 8) }
        text += "-A C64 -j C0\nCOMMIT\n"
        #expect(rules(text).closedForwarding(try settings()).count == 1)
    }
}

@Suite struct ListedLineTests {
    @Test(
        "lines and words, of which one in quotes may hold anything",
        arguments: [
            ("", .iptables, []), ("\n \n\t\n", .iptables, []),
            ("-A X  -j Y\n:; -\n", .iptables, [["-A", "X", "-j", "Y"], [":;", "-"]]),
            ("-A X \"a \\\" b\nc\" -j Y\nCOMMIT", .iptables, [["-A", "X", "\"a \\\" b\nc\"", "-j", "Y"], ["COMMIT"]]),
            ("x \"a\\\\\" b", .iptables, [["x", "\"a\\\\\"", "b"]]), ("x \"a\nb", .iptables, [["x", "\"a\nb"]]),
            ("-A \" -j \"\n-i \"0 -o \"1 a\"b c\n", .iptables, [["-A", "\"", "-j", "\""], ["-i", "\"0", "-o", "\"1", "a\"b", "c"]]),
            ("\"e\u{301}\"\u{301} x\r\ny", .iptables, [["\"e\u{301}\"", "\u{301}", "x\r"], ["y"]]),
            ("\ttype nat; policy drop;\n\t}\n", .nftables, [["type", "nat", "policy", "drop"], ["}"]]),
            (
                "iifname { \"a\", \"b\" } comment \"c;\\\" d", .nftables,
                [["iifname", "{", "\"a\"", ",", "\"b\"", "}", "comment", "\"c;\\\"", "d"]]
            ),
            ("chain \" {\njump \"", .nftables, [["chain", "\"", "{"], ["jump", "\""]]),
        ] as [(String, ListedLine.Language, [[Substring]])])
    func words(_ text: String, _ language: ListedLine.Language, _ words: [[Substring]]) {
        #expect(ListedLine.all(in: text, language).map(\.words) == words)
    }

    @Test("the text of a line is all of it but its indentation")
    func text() {
        #expect(ListedLine.all(in: "\t type nat;  policy drop; \n\n a\n", .nftables).map(\.text) == ["type nat;  policy drop; ", "a"])
    }

    @Test(arguments: [("\"a b\"", "a b"), ("a", "a"), ("\"a", "a"), ("\"", ""), ("\"\"", ""), ("", "")] as [(Substring, Substring)])
    func unquoted(_ word: Substring, _ inner: Substring) { #expect(word.unquoted == inner) }
}
