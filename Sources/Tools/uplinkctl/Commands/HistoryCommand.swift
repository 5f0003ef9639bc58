import ArgumentParser
import Control
import ControlProtocol
import HistoryProtocol
import Model
import Varlink

struct HistoryCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, csv }
    enum Unit: String, ExpressibleByArgument, CaseIterable { case day, month }

    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "When each WAN worked; of one WAN, every outage, fit to be sent to its provider.",
        discussion: """
            Without a WAN: of how much of the time each one was up. With a WAN: its outages, with start, end, fault, loss and round trip. \
            Asks uplinkd-history, which has to run.
            """)

    @Argument(help: ArgumentHelp("The name of a WAN.", valueName: "wan"), completion: .wans())
    var wan: String?
    @OptionGroup var past: PastOptions
    @Option(help: "A line for each day or month, besides the one for the whole time. Not with a WAN.")
    var by: Unit?
    @Option(help: "text, json, markdown or csv.")
    var format = Format.text
    @OptionGroup var options: HistoryOptions
    @OptionGroup var output: JSONOption

    func validate() throws {
        if wan != nil && by != nil { throw ValidationError("--by goes with the availability of all WANs: leave out '\(wan ?? "")'.") }
        if output.json && format != .text && format != .json {
            throw ValidationError("--json and --format \(format.rawValue): one of them.")
        }
    }

    func run() throws {
        if let wan {
            let reply = try options.ask(HistoryMethod.outages, PastOutagesParameters(wan: wan, since: past.since, until: past.until))
            guard let availability = reply.availability.first else {
                throw Failure(
                    .failed, "The history knows nothing of a WAN '\(wan)' in that time; 'uplinkctl history' has those that it knows.")
            }
            try show(reply, OutagesText(reply.outages, availability), reply.problems)
        } else {
            let reply = try options.ask(
                HistoryMethod.availability, PastAvailabilityParameters(since: past.since, until: past.until, by: by?.rawValue))
            try show(reply, AvailabilityText(reply.availability), reply.problems)
        }
    }

    private func show(_ reply: some Encodable, _ text: some PastText, _ problems: [Sentence]) throws {
        for problem in problems { Output.error("uplinkctl: \(tell(problem))") }
        switch output.json ? .json : format {
        case .text: try Output.lines(text.lines)
        case .json: try Output.json(reply)
        case .markdown: try Output.lines(text.markdown)
        case .csv: try Output.lines(text.csv)
        }
    }
}

/// The same answer in each format.
protocol PastText {
    var lines: [String] { get }
    var markdown: [String] { get }
    var csv: [String] { get }
}

struct PastOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "From when on: 30d, 12h, 2026-11-01, 2026-11-01T08:00; from the first that is kept if left out.", valueName: "time"),
        transform: { try Self.time($0, isEnd: false) })
    var since: String?
    @Option(
        help: ArgumentHelp("Until when, in the same way; a day is included.", valueName: "time"),
        transform: { try Self.time($0, isEnd: true) })
    var until: String?

    func validate() throws {
        if let since, let until, since > until { throw ValidationError("--since comes after --until.") }
    }

    private static func time(_ text: String, isEnd: Bool) throws -> String {
        guard let time = PastTime.wire(text, isEnd: isEnd) else {
            throw ValidationError("'\(text)' is no time: write '30d', '12h', '2026-11-01' or '2026-11-01T08:00'.")
        }
        return time
    }
}

struct HistoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The socket of uplinkd-history.", valueName: "socket"), completion: .file())
    var history = defaultHistorySocket

    func ask<P, R>(_ method: VarlinkMethod<P, R>, _ parameters: P) throws -> R {
        do throws(ControlClientError) {
            return try ControlClient(path: history).call(method, parameters)
        } catch {
            switch error {
            case .noSocket, .nobodyListens:
                throw Failure(
                    .unreachable, "uplinkd-history isn't running (nobody listens on \(history)): systemctl enable --now uplinkd-history")
            case .noAnswer, .connectionLost:
                throw Failure(
                    .unreachable, "uplinkd-history doesn't answer on \(history): journalctl -u uplinkd-history may say why.")
            case .refused(.service(.methodNotFound)):
                throw Failure(.failed, "The uplinkd-history that runs is an older one: systemctl restart uplinkd-history")
            default: throw error
            }
        }
    }
}
