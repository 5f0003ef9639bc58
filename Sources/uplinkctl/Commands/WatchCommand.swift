import ArgumentParser
import Control
import ControlProtocol
import FoundationEssentials

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "The status, and then a line for every change, until interrupted.",
        discussion: "With --json: the whole status at every change, one object a line.")

    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        var replies = try options.connect().watch()
        var before: Status?
        while let status = try replies.next()?.status {
            if output.json {
                try Output.json(status, oneLine: true)
            } else if let before {
                try Output.lines(ChangeText.lines(from: before, to: status, at: wireTime(Date())))
            } else {
                try Output.lines(StatusText.lines(status))
            }
            before = status
        }
    }
}
