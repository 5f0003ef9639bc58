import ArgumentParser
import Control
import ControlProtocol
import Model
import Varlink

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Asks once, now, by one WAN, and explains the answer.",
        discussion: """
            Without a target: all that are configured for the WAN; with --kind, those of that kind. A WAN that is down is asked, too. Needs root.
            Ends with 5 if a probe was lost or got a wrong answer.
            """)

    @Argument(help: ArgumentHelp("The name of a WAN.", valueName: "wan"), completion: .wans())
    var wan: String
    @Argument(
        help: ArgumentHelp(
            "A configured target, or whom else to ask: an address, 'gateway', a resolver, 'http://host/path'.", valueName: "target"))
    var target: String?
    @Option(help: "\(kinds). What fits the other options if left out.")
    var kind: String?
    @Option(help: "tcp: the port to connect to.")
    var port: Int?
    @Option(help: "dns: the name to ask for.")
    var name: String?
    @Option(help: "dns: the type of record; A if left out.")
    var type: String?
    @Option(help: ArgumentHelp("dns: an answer that is right; may be given several times.", valueName: "answer"))
    var expect: [String] = []
    @Option(help: "http: the status that is right; 200 if left out.")
    var status: Int?
    @Option(help: ArgumentHelp("http: what the page has to begin with.", valueName: "text"))
    var body: String?
    @Option(help: ArgumentHelp("http: whom to ask for the host's address.", valueName: "address"))
    var resolver: String?
    @Option(
        help: ArgumentHelp("How long to wait for each answer, such as 2s; as configured if left out.", valueName: "time"),
        transform: { try timeInSeconds($0, from: .milliseconds(100), to: .seconds(60)) })
    var timeout: Double?
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    /// `icmp, arp, … or exec`
    private static var kinds: String { enumeration(Question.Kind.allCases.map(\.rawValue), "or") }

    func run() throws {
        let wanted = ProbeParameters {
            $0.wan = wan
            $0.target = target
            $0.kind = kind
            $0.port = port
            $0.name = name
            $0.type = type
            $0.expect = expect.isEmpty ? nil : expect
            $0.status = self.status
            $0.body = body
            $0.resolver = resolver
            $0.timeoutSeconds = timeout
        }
        let results = try options.connect().probe(wanted)
        if output.json { try Output.json(ProbeReply(results: results)) } else { try Output.lines(ProbeText.lines(results)) }
        let status = Self.exitStatus(results)
        if status != .done { throw Failure(status, nil) }
    }

    /// One that couldn't be sent says nothing about the WAN, so it is no bad answer.
    static func exitStatus(_ results: [ProbeResult]) -> ExitStatus {
        if results.contains(where: { $0.outcome != .answered && $0.outcome != .notSent }) { return .unanswered }
        return results.contains { $0.outcome == .notSent } ? .failed : .done
    }
}
