import ArgumentParser
import Control
import ControlProtocol
import Varlink

struct QualityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality", abstract: "How good each WAN is: loss, round trips, and the last probes to each target.")

    @Argument(help: ArgumentHelp("The name of a WAN; all of them if left out.", valueName: "wan"), completion: .wans())
    var wan: String?
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let quality = try options.connect().quality(of: wan)
        if output.json { try Output.json(QualityReply(quality: quality)) } else { try Output.lines(QualityText.lines(quality)) }
    }
}
