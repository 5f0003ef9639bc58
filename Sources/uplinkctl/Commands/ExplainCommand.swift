import ArgumentParser
import Control

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why traffic goes where it goes.")

    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let explanation = try options.connect().explanation()
        if output.json { try Output.json(explanation) } else { try Output.lines(ExplanationText.lines(explanation)) }
    }
}
