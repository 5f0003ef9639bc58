import ArgumentParser
import Control
import Varlink

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Which WAN carries the traffic, and how every WAN is.")

    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let status = try options.connect().status()
        if output.json { try Output.json(status) } else { try Output.lines(StatusText.lines(status, width: Output.size?.columns)) }
    }
}
