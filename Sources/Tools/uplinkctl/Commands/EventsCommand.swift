import ArgumentParser
import Control
import ControlProtocol
import HistoryProtocol
import Varlink

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "What has happened, oldest first.",
        discussion: """
            With --since or --until: what uplinkd-history keeps, and if that doesn't run what uplinkd itself remembers.
            With --json: one object a line.
            """)

    @Option(help: ArgumentHelp("Only so many of the latest events.", valueName: "number"))
    var last: Int?
    @Flag(help: "Go on with every new event, until interrupted.")
    var follow = false
    @OptionGroup var past: PastOptions
    @OptionGroup var historyOptions: HistoryOptions
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        if let last, last < 0 { throw ValidationError("--last takes a number from 0 on.") }
        if follow, past.since != nil || past.until != nil { throw ValidationError("--follow doesn't go with --since and --until.") }
    }

    func run() throws {
        if past.since != nil || past.until != nil { return try show(pastEvents()) }
        let client = try options.connect()
        guard follow else { return try show(client.events(last: last)) }
        var replies = try client.follow(last: last)
        while let events = try replies.next()?.events { try show(events) }
    }

    private func pastEvents() throws -> [ControlEvent] {
        do {
            let reply = try historyOptions.ask(
                HistoryMethod.events, PastEventsParameters(since: past.since, until: past.until, last: last))
            for problem in reply.problems { Output.error("uplinkctl: \(tell(problem))") }
            return reply.events
        } catch let failure as Failure where failure.status == .unreachable {
            let events = try options.connect().events(last: nil).filter { event in
                // Text order is time order.
                past.since.map { event.time >= $0 } ?? true && past.until.map { event.time <= $0 } ?? true
            }
            Output.error("uplinkctl: \(failure.message ?? "") Only what uplinkd itself remembers:")
            return events.suffix(last ?? events.count)
        }
    }

    private func show(_ events: [ControlEvent]) throws {
        for event in events {
            if output.json { try Output.json(event, oneLine: true) } else { try Output.line(EventText.line(event)) }
        }
    }
}
