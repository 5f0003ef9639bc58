import ArgumentParser
import Control
import Varlink

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why traffic goes where it goes, or where it would go if.",
        discussion: """
            With --if uplinkd says what it would do now if a WAN were otherwise than it is, and does nothing. \
            A WAN can be up, down, no-carrier, no-gateway, absent, lossy, slow, no-dns or portal.
            """)

    @Option(
        name: .customLong("if"),
        help: ArgumentHelp("What to suppose, such as 'telkom=down'; more than once for several WANs.", valueName: "wan=state"))
    var suppositions: [String] = []
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let explanation = try options.connect().explanation(supposing: suppositions)
        if output.json { try Output.json(explanation) } else { try Output.lines(ExplanationText.lines(explanation)) }
    }
}
