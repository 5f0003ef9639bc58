import Control
import ControlFixtures
import ControlProtocol
import FoundationEssentials
import Model
import Testing
import Varlink

@testable import Catalogue
@testable import uplinkctl

@Suite("In Indonesian") struct IndonesianTests {
    private static func inIndonesian<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Speech.$language.withValue(.indonesian, operation: body)
    }

    /// As uplinkd says it.
    private static var status: Status {
        Status.sample.with {
            $0.selection.reason = Sentence("first-choice", "it is the first choice")
            $0.drill = Sentence("drill-returning", ["wan": "telkom"], "A drill is over, and telkom has yet to be selected again.")
            $0.wans[1].fault = Fault.upstreamSilent.sentence
            $0.wans[0].drainEndsInSeconds = 421
            $0.problems = [Sentence("kernel-unreadable", ["error": "No buffer space available (ENOBUFS)"], "the kernel can't be read: …")]
        }
    }

    @Test("the status")
    func status() {
        #expect(
            Self.inIndonesian { StatusText.lines(Self.status, width: 80) }.joined(separator: "\n") == """
                Trafik lewat telkom sejak 3 hr 4 jam lalu: ini pilihan pertama.
                Drill sudah selesai, dan telkom belum dipilih lagi.

                   WAN        INTERFACE  KONDISI               SEJAK         RTT      LOSS
                >  telkom     eth0       up                    3 hr 4 jam    12.3 ms  0 %
                   smartfren  usb0       down (upstream diam)  5 mnt 10 dtk  -        100 %
                Sesi yang ada di telkom boleh tinggal 7 mnt 1 dtk lagi.
                smartfren: modemnya menjawab, jaringan provider di belakangnya tidak: hubungi provider.

                ! kernel tidak bisa dibaca: No buffer space available (ENOBUFS)
                """)
    }

    @Test("whatever is wrong with a WAN, its loss is seen in 80 columns, and with a long fault at least since when")
    func width() throws {
        for fault in Fault.allCases {
            let status = Self.status.with { $0.wans[1].fault = fault.sentence }
            let lines = Self.inIndonesian { StatusText.lines(status, width: 80) }
            let table = try #require(lines.firstIndex { $0.hasPrefix("   WAN") })
            #expect(lines[table].contains(fault == .lossy ? "SEJAK" : "LOSS"), "\(fault)")
            #expect(lines[table...].prefix(3).allSatisfy { $0.count <= 80 })
        }
    }

    @Test("an event, whose WAN stands beside its details")
    func event() {
        let event = ControlEvent(
            id: 1, time: "2026-07-31T12:00:00.000Z", kind: .readiness, severity: .warning, wan: "smartfren", code: "unready",
            message: "smartfren answers, but isn't ready to take over: It hasn't been proven yet.",
            details: ["problem": "It hasn't been proven yet.", "problem_code": "unproven"])
        let line = Self.inIndonesian { EventText.line(event) }
        #expect(line.hasSuffix("  awas     kesiapan       smartfren menjawab, tetapi belum siap mengambil alih: Belum pernah dibuktikan."))
        #expect(EventText.line(event).hasSuffix("  warning  readiness      \(event.message)"))
    }

    @Test("a report, an explanation, a refusal")
    func others() {
        let report = Self.inIndonesian { ReportText.lines(.sample("20261124-183012-527")) }
        #expect(report[1] == "2 dari 4 klien pindah, median 0.4 s, paling lambat 0.8 s, 1 putus, 1 diam.")
        #expect(report.contains("Klien:            2 pindah, 0 tinggal, 1 putus, 1 diam, 0 pergi"))
        let telkom = ExplanationLine(
            wan: "telkom",
            clauses: [
                Sentence("up", ["wan": "telkom", "round_trip_ms": "12", "loss_percent": "0"], "telkom is up: …"),
                Sentence("carries", "it carries new sessions"),
            ], text: "telkom is up: …; it carries new sessions.")
        let explanation = Explanation(
            sentence: Sentence(
                "goes-by", ["wan": "telkom", "reason": "it is the first choice", "reason_code": "first-choice"],
                "Traffic goes by telkom: it is the first choice."), lines: [telkom], commands: nil)
        #expect(
            Self.inIndonesian { ExplanationText.lines(explanation) } == [
                "Trafik lewat telkom: ini pilihan pertama.", "", "telkom up: menjawab dalam 12 ms; membawa sesi baru.",
            ])
        let refusal = ControlClientError.refused(
            .drillRefused(reason: Sentence("only-wan", ["wan": "telkom"], "telkom is the only WAN, so …")))
        #expect(
            Self.inIndonesian { Failure(refusal)?.message }
                == "telkom satu-satunya WAN, jadi drill hanya akan memutus kantor: konfigurasikan WAN lain dulu")
    }

    @Test("whoever can't be reached is said in Indonesian, and in English as the error itself says it")
    func unreachable() throws {
        let errors: [ControlClientError] = [
            .noSocket(path: "/run/c"), .nobodyListens(path: "/run/c"), .mayNotConnect(path: "/run/c"), .noAnswer(path: "/run/c"),
            .connectionLost(path: "/run/c"),
        ]
        for error in errors {
            #expect(Failure(error)?.message == "\(error)")
            let said = try #require(Self.inIndonesian { Failure(error)?.message })
            #expect(said != "\(error)" && said.contains("/run/c"))
        }
    }

    @Test("the caller's locale comes before the configuration, and a configuration that can't be read counts for nothing")
    func wanted() {
        let file = "lan: {interfaces: [br0]}\nwans:\n  a: {interface: eth0, metric: 1}\nlanguage: id\n"
        func wanted(_ locale: String?, _ file: String?) -> Language {
            Speech.wanted {
                $0 == "LANG" ? locale : nil
            } configuration: {
                file
            }
        }
        #expect(wanted(nil, file) == .indonesian)
        #expect(wanted("C.UTF-8", file) == .indonesian)
        #expect(wanted("en_US.UTF-8", file) == .english)
        #expect(wanted("id_ID.UTF-8", nil) == .indonesian)
        for nothing in [nil, "", "language: xx\n", file.replacing("language: id", with: "language: jv")] as [String?] {
            #expect(wanted("C", nothing) == .english)
        }
    }

    @Test("everything that this program says by itself is in the catalogue, and nothing else is")
    func complete() throws {
        let folder = #filePath.replacing("/Tests/Tools/UplinkctlTests/IndonesianTests.swift", with: "/Sources/Tools/uplinkctl")
        // Nouns that are counted, and a conjunction: asked for by name.
        var said: Set<String> = ["and"]
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
            let source = try String(contentsOf: URL(filePath: "\(folder)/\(file)"), encoding: .utf8)
            for match in source.matches(of: /\bsay\(\s*"([^"]*)"/) { said.insert(String(match.output.1)) }
            for match in source.matches(of: /\bcount\([^"()]*(?:\([^"()]*\)[^"()]*)?, "([a-zA-Z ]*)"\)/) {
                said.insert(String(match.output.1))
            }
        }
        try #require(said.count > 90)
        // What is only in the English texts of these commands, which stay English.
        let english: Set<String> = ["hop", "switch", "problem"]
        #expect(said.subtracting(Indonesian.phrases.keys).subtracting(english) == [], "not in the catalogue")
        #expect(Set(Indonesian.phrases.keys).subtracting(said) == [], "said nowhere")
    }
}
