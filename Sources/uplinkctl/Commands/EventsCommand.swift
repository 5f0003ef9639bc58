import ArgumentParser
import Control
import ControlProtocol

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "What has happened, oldest first.", discussion: "With --json: one object a line.")

    @Option(help: ArgumentHelp("Only so many of the latest events.", valueName: "number"))
    var last: Int?
    @Flag(help: "Go on with every new event, until interrupted.")
    var follow = false
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        if let last, last < 0 { throw ValidationError("--last takes a number from 0 on.") }
    }

    func run() throws {
        let client = try options.connect()
        guard follow else { return try show(client.events(last: last)) }
        var replies = try client.follow(last: last)
        while let events = try replies.next()?.events { try show(events) }
    }

    private func show(_ events: [ControlEvent]) throws {
        for event in events {
            if output.json { try Output.json(event, oneLine: true) } else { try Output.line(EventText.line(event)) }
        }
    }
}
