import ArgumentParser
import Control
import ControlProtocol
import Glibc

@main
struct Uplinkctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplinkctl",
        abstract: "Asks and tells uplinkd, which moves this box's traffic to another WAN when one fails.",
        discussion: """
            Answers go to standard output, everything else to standard error.
            Exit status: 0 done, 1 refused or failed, 2 wrong usage or a wrong configuration file, 3 uplinkd can't be reached, \
            4 permission denied, 5 a probe was lost or got a wrong answer, \
            6 a drill showed that not everybody is backed up.
            """,
        version: Version.current,
        subcommands: [
            StatusCommand.self, WatchCommand.self, EventsCommand.self, HistoryCommand.self, ReplayCommand.self, ExplainCommand.self,
            QualityCommand.self, ClientsCommand.self, InterfacesCommand.self, ReportCommand.self, ProbeCommand.self, MetricsCommand.self,
            SwitchCommand.self, DrillCommand.self, ReloadCommand.self, CheckCommand.self, TeardownCommand.self,
            TraceCommand.self, SpeedTestCommand.self,
        ])

    /// Not the parser's own: its exit status for wrong usage is 64, and ours are the few that the documentation has.
    static func main() { Speech.$language.withValue(Speech.ofCaller()) { start() } }

    private static func start() {
        let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
        if let problem = Suggestion.problem(Array(CommandLine.arguments.dropFirst()), commands: commands) {
            Output.error("uplinkctl: \(problem)")
            Glibc.exit(ExitStatus.usage.rawValue)
        }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Glibc.exit(report(error).rawValue)
        }
    }

    /// Says what went wrong, and gives the status to exit with.
    private static func report(_ error: any Error) -> ExitStatus {
        if let failure = Failure(error) {
            if let message = failure.message { Output.error("uplinkctl: \(message)") }
            return failure.status
        }
        let message = fullMessage(for: error)
        guard exitCode(for: error).isSuccess else {
            Output.error(message)
            return exitCode(for: error) == .validationFailure ? .usage : .failed
        }
        // --help and --version come as errors too.
        do {
            try Output.line(message)
            return .done
        } catch {
            return report(error)
        }
    }
}
