import ArgumentParser
import Control
import ControlProtocol
import FoundationEssentials
import Varlink

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "A view of all that goes on, or a line for every change.",
        discussion: """
            On a terminal: a full-screen view with the round trips of each WAN and the last events, until q is pressed. Otherwise, and with \
            --lines: the status, and then a line for every change, until interrupted. With --json: the whole status at every change, one object \
            a line.
            """)

    @Flag(help: "Lines, also on a terminal.")
    var lines = false
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        if !output.json, !lines, FullScreen.isPossible {
            // Said on the screen as it was, if it can't be reached.
            let status = try options.connect().status()
            return try FullScreen.run(options.control, first: status)
        }
        var replies = try options.connect().watch()
        var before: Status?
        while let status = try replies.next()?.status {
            if output.json {
                try Output.json(status, oneLine: true)
            } else if let before {
                try Output.lines(ChangeText.lines(from: before, to: status, at: PastTime.localExactly(wireTime(Date()))))
            } else {
                try Output.lines(StatusText.lines(status, width: Output.size?.columns))
            }
            before = status
        }
    }
}
