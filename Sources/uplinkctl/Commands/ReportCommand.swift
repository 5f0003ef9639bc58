import ArgumentParser
import Control
import ControlProtocol

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "What a switch was, and whom it reached.",
        discussion: "Without an ID: the last switch. IDs are in the events and in 'report --list'.")

    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, markdown }

    @Argument(help: ArgumentHelp("A report, such as 20261124-183012-527.", valueName: "id"))
    var id: String?
    @Flag(help: "All reports that uplinkd has, a line each.")
    var list = false
    @Option(help: "text, json or markdown.")
    var format = Format.text
    @OptionGroup var options: ControlOptions

    func validate() throws {
        if list, id != nil { throw ValidationError("--list shows all reports: leave out the ID, or --list.") }
        if list, format == .markdown { throw ValidationError("--list is text or JSON: name a report to have it in Markdown.") }
    }

    func run() throws {
        let reports = try options.connect().reports(id: id, last: list || id != nil ? nil : 1)
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
}
