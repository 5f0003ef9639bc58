import ArgumentParser
import Control
import ControlProtocol
import Varlink

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Makes uplinkd read its configuration file again.",
        discussion: "A file with problems is refused, and the configuration before stays in force. Needs root.")

    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let changes = try options.order("reload") { client throws(ControlClientError) in try client.reload() }
        if output.json {
            try Output.json(ReloadReply(changes: changes))
        } else {
            try Output.lines(changes.isEmpty ? ["Nothing has changed."] : changes)
        }
    }
}
