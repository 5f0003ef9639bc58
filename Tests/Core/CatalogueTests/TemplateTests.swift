import Model
import Testing

@testable import Catalogue

@Suite("Templates") struct TemplateTests {
    private func text(_ template: String, _ arguments: [String: String]) -> String? {
        Template(template).filled({ arguments[$0] }, { name, _ in arguments[name] })?.text
    }

    @Test(
        "an argument is filled in, and a part without its argument is left out or said otherwise",
        arguments: [
            ("{a} dari {b}", ["a": "1", "b": "2"], "1 dari 2"),
            ("x[, {a} s]", ["a": "1"], "x, 1 s"), ("x[, {a} s]", [:], "x"), ("x[, {a} s]", ["a": "0"], "x"),
            ("x[, {a} s]", ["a": "0.0"], "x"), ("x[, {a} s]", ["a": ""], "x"),
            ("[{a}|LAN]", [:], "LAN"), ("[{a}|LAN]", ["a": "b"], "b"),
            ("[a? ya|tidak]", ["a": "true"], "ya"), ("[a? ya|tidak]", ["a": "false"], "tidak"),
            ("[a=x? satu][a=y? dua]", ["a": "y"], "dua"), ("[a? [b? , {b}|; ]{a}]", ["a": "1"], "; 1"),
            ("[a? [{b}|c] d]", ["a": "1"], "c d"),
            // What somebody else has said is no template.
            ("{a}", ["a": "{b} [c|d]"], "{b} [c|d]"),
        ] as [(String, [String: String], String)])
    func fills(template: String, arguments: [String: String], text: String) { #expect(self.text(template, arguments) == text) }

    @Test("without an argument that isn't in an optional part nothing is said")
    func missing() {
        #expect(text("{a} dari {b}", ["a": "1"]) == nil)
        #expect(text("[a? {b}]", ["a": "1"]) == nil)
    }

    @Test("a template whose brackets don't close is read as far as it goes", arguments: ["[a", "{a", "[", "{", "[a|", "a]", "a|b", "[[a"])
    func broken(template: String) { #expect(text(template, ["a": "1"]) != "never") }

    @Test("it knows its arguments, also those that only decide")
    func names() { #expect(Template("[a=x? {b:kind}|[{c}|d]] {e}").arguments == ["a", "b", "c", "e"]) }
}

@Suite("Languages") struct LanguageTests {
    @Test(
        "the first locale that is set decides, and one that names no language of ours says nothing",
        arguments: [
            ([:], nil), (["LANG": "id_ID.UTF-8"], .indonesian), (["LANG": "id"], .indonesian), (["LANG": "en_US.UTF-8"], .english),
            (["LANG": "C.UTF-8"], nil), (["LANG": "POSIX"], nil), (["LANG": "de_DE.UTF-8"], nil), (["LANG": "idx"], nil),
            (["LANG": "id_ID.UTF-8", "LC_ALL": "en_GB"], .english), (["LANG": "en_US", "LC_MESSAGES": "id_ID"], .indonesian),
            (["LANG": "id_ID", "LC_ALL": "C"], nil), (["LANG": "id_ID", "LC_ALL": ""], .indonesian),
        ] as [([String: String], Language?)])
    func environment(environment: [String: String], language: Language?) {
        #expect(Language { environment[$0] } == language)
    }

    private func said(_ code: String, _ arguments: [String: String], _ text: String) -> String {
        Language.indonesian.text(Sentence(code, arguments, text))
    }

    @Test("the English text says whether it is a sentence or a clause")
    func shape() {
        #expect(said("undecided", [:], "Nothing is decided yet.") == "Belum ada keputusan: kernel belum dibaca.")
        #expect(said("undecided", [:], "nothing is decided") == "belum ada keputusan: kernel belum dibaca")
        #expect(
            said("down", ["wan": "telkom", "fault": "upstream silent"], "telkom is down: upstream silent.") == "telkom down: upstream diam."
        )
        #expect(said("only-wan", ["wan": "telkom"], "telkom is the only WAN.").hasPrefix("telkom satu-satunya"))
    }

    @Test("a sentence in a sentence is said as well, with its own arguments")
    func parts() {
        let reason = Sentence(
            "best-usable", ["wans": "telkom,xl", "healths": "down,no-carrier", "faults": "upstream silent,no carrier"], "r")
        let failover = Sentence(
            "failover", reason.asArgument("reason").merging(["from": "telkom", "to": "smartfren"]) { $1 },
            "Failover from telkom to smartfren: r.")
        #expect(
            Language.indonesian.text(failover) == "Failover dari telkom ke smartfren: telkom down (upstream diam), xl tanpa carrier.")
        #expect(said("not-usable", ["condition": "down", "fault": "DNS dead"], "It is down: DNS dead.") == "WAN ini down: DNS mati.")
        #expect(
            said("drill-noticed", ["wan": "telkom", "condition": "down", "condition_fault": "silent"], "uplinkd has noticed: …")
                == "uplinkd menyadarinya: telkom down: diam")
    }

    @Test("what isn't known is said in English: another code, an argument that is missing, a code in a code")
    func unknown() {
        #expect(said("from-tomorrow", ["wan": "telkom"], "telkom glows.") == "telkom glows.")
        #expect(said("", [:], "It is down.") == "It is down.")
        #expect(said("failover", ["from": "telkom"], "Failover from telkom.") == "Failover from telkom.")
        #expect(said("not-usable", ["condition": "from-tomorrow"], "It is glowing.") == "It is glowing.")
        // A part that isn't known stays English in a sentence that is.
        #expect(
            said("goes-by", ["wan": "telkom", "reason": "it glows", "reason_code": "from-tomorrow"], "Traffic goes by telkom: it glows.")
                == "Trafik lewat telkom: it glows.")
        #expect(said("down", ["fault": "glowing"], "down: glowing") == "down: glowing")
        #expect(said("best-usable", ["wans": "a,b", "healths": "down", "faults": ","], "a is down, b is down") == "a is down, b is down")
    }

    @Test("a health has its fault behind it, unless it says the same")
    func healths() {
        func health(_ health: String, _ fault: String?) -> String {
            var arguments = ["wan": "telkom", "health": health]
            arguments["fault"] = fault
            return said("health", arguments, "telkom is ….")
        }
        #expect(health("down", "upstream silent") == "telkom down (upstream diam).")
        #expect(health("no-carrier", "no carrier") == "telkom tanpa carrier.")
        #expect(health("recovering", "silent") == "telkom dalam pemulihan.")
        #expect(health("up", nil) == "telkom up.")
    }

    @Test("English stays as it came")
    func english() { #expect(Language.english.text(Sentence("down", ["fault": "silent"], "It is down.")) == "It is down.") }

    @Test("each word of the protocol has one in Indonesian")
    func words() {
        for fault in Fault.allCases { #expect(Indonesian.words["fault"]?[fault.rawValue] != nil, "\(fault)") }
        for health in HealthState.allCases { #expect(Indonesian.words["health"]?[health.rawValue] != nil, "\(health)") }
        for fault in Fault.allCases {
            #expect(Language.indonesian.word(fault.rawValue, "fault") == Language.indonesian.text(fault.sentence), "\(fault)")
        }
    }

    @Test(
        "times have their units in Indonesian",
        arguments: [("500ms", "500 ms"), ("90s", "90 dtk"), ("15m", "15 mnt"), ("1h", "1 jam"), ("0.4 ms", "0.4 ms"), ("2.5 s", "2.5 dtk")])
    func times(text: String, said: String) {
        #expect(self.said("unanswered", ["question": "1.1.1.1", "within": text], "…") == "1.1.1.1 tidak menjawab dalam \(said)")
    }

    @Test("no phrase is there with other arguments than the English one has")
    func phrases() {
        for (english, entry) in Indonesian.phrases {
            let (mine, theirs) = (Template(entry).arguments, Template(english).arguments)
            // Indonesian has no plural.
            #expect(mine == theirs.subtracting(["noun", "stay"]), "\(english)")
        }
    }
}
