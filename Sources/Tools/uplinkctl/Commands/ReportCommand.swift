import ArgumentParser
import Control
import ControlProtocol
import HistoryProtocol
import Varlink

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "What a switch was, and whom it reached.",
        discussion: """
            Without an ID: the last switch. IDs are in the events and in 'report --list'. With an ID that uplinkd doesn't have any more, or \
            while it doesn't run: from uplinkd-history.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, markdown }

    @Argument(help: ArgumentHelp("A report, such as 20261124-183012-527.", valueName: "id"))
    var id: String?
    @Flag(help: "All reports that uplinkd has, a line each.")
    var list = false
    @Option(help: "text, json or markdown.")
    var format = Format.text
    @Flag(help: "Print JSON: the same as --format json.")
    var json = false
    @OptionGroup var historyOptions: HistoryOptions
    @OptionGroup var options: ControlOptions

    func validate() throws {
        if json, format == .markdown { throw ValidationError("--json and --format markdown exclude each other.") }
        if list, id != nil { throw ValidationError("--list shows all reports: leave out the ID, or --list.") }
        if list, format == .markdown { throw ValidationError("--list is text or JSON: name a report to have it in Markdown.") }
    }

    func run() throws {
        let format = json ? .json : format
        let reports = try id.map(report) ?? options.connect().reports(last: list ? nil : 1)
        if list {
            if format == .json { try Output.json(ReportsReply(reports: reports)) } else { try Output.lines(ReportText.list(reports)) }
            return
        }
        guard let report = reports.last else { throw Failure(.failed, ReportText.none) }
        switch format {
        case .text: try Output.lines(ReportText.lines(report))
        case .json: try Output.json(report)
        case .markdown: try Output.lines(ReportText.markdown(report))
        }
    }

    /// The daemon has the latest ones; the history all that it keeps. What the daemon said stands when there is no history to ask.
    private func report(_ id: String) throws -> [SwitchReport] {
        let answer: Result<[SwitchReport], any Error> = Result { try options.connect().reports(id: id) }
        if case .success(let reports) = answer, !reports.isEmpty { return reports }
        do {
            let past = try historyOptions.ask(HistoryMethod.reports, PastReportsParameters(id: id))
            if !past.reports.isEmpty { return past.reports }
        } catch {
            return try answer.get()
        }
        return try answer.get()
    }
}
