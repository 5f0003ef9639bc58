import ArgumentParser
import Configuration
import ControlProtocol
import Dispatch
import Floor
import Glibc
import LinuxKernel
import Logging
import Model

@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplinkd",
        abstract: "Keeps several WANs in order and moves every client to one that works.",
        discussion: """
            Runs in the foreground, and needs CAP_NET_ADMIN and CAP_NET_RAW. One daemon for each network namespace. Signals: SIGHUP reads the \
            configuration again, SIGTERM and SIGINT end the daemon and leave routes and NAT as they are.
            Exit statuses: 0 ended as asked, 1 failed, 2 configuration refused, 3 another uplinkd runs here, 4 no permission, 64 wrong usage.
            """,
        version: Version.current)

    @Option(help: "The configuration file.")
    var config = "/etc/uplinkd/uplinkd.yaml"

    @Option(help: "The control socket; the record of what was there before lies beside it.")
    var control = defaultControlSocket

    @Option(help: ArgumentHelp("Record all that comes in and goes out, for a bug report.", valueName: "file"))
    var record: String?

    @Option(help: ArgumentHelp("Replay a recording, and say where it comes out differently now.", valueName: "file"))
    var replay: String?

    @Flag(help: "Check the configuration file and end.")
    var check = false

    @Flag(help: "Take back all that uplinkd has made in this network namespace, and end. Needs no configuration.")
    var teardown = false

    @Flag(help: "Print the commands that would be carried out on this box, and end without changing anything.")
    var dryRun = false

    @Flag(help: "With --check, --dry-run and --teardown: the answer as JSON.")
    var json = false

    @Option(
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("'\(text)' is no log level.") }
            return level
        })
    var logLevel: Logger.Level = .info

    func validate() throws {
        let tasks = [check, teardown, replay != nil].count { $0 }
        if tasks > 1 { throw ValidationError("--check, --teardown and --replay don't go together.") }
        if json && !check && !teardown && !dryRun { throw ValidationError("--json goes with --check, --dry-run and --teardown.") }
        if record != nil && (tasks > 0 || dryRun) { throw ValidationError("--record needs a running daemon.") }
    }

    func run() throws {
        do throws(Failure) {
            if let replay { return try Replay(path: replay).run() }
            if teardown { return try Teardown(control: control, isDryRun: dryRun, asJSON: json).run() }
            let file = try load()
            if check {
                // Only root may look at the packet filter.
                let box = geteuid() == 0 ? blocking { await BoxSurvey.warnings(for: file.settings) } : nil
                if json { return printJSON(CheckAnswer(file: config, .success(file), box: box)) }
                defer {
                    for warning in box ?? [] { print("box: warning: \(warning).") }
                    if box == nil { print("box: not looked at for others' rules that get into the way: that needs root.") }
                }
                print(
                    "\(config) is right: "
                        + file.settings.wans.map { "\($0.name) (\($0.interface), metric \($0.metric))" }.joined(separator: ", ") + ".")
                return print((["Probing costs"] + file.settings.wans.map { "\($0.name): \($0.cost)" }).joined(separator: "\n  "))
            }
            if dryRun { return try DryRun(settings: file.settings, control: control, asJSON: json).run() }
            try serve(file)
        } catch {
            error.exit()
        }
    }

    private func load() throws(Failure) -> ConfigurationFile {
        do throws(ConfigurationFile.Refused) {
            let file = try ConfigurationFile(path: config)
            if !json { for warning in file.warnings { complain(warning.text(file: config)) } }
            return file
        } catch {
            if check && json {
                printJSON(CheckAnswer(file: config, .failure(error)))
                Glibc.exit(Failure.Status.configuration.rawValue)
            }
            throw Failure(status: .configuration, message: "the configuration is refused\n" + error.lines.joined(separator: "\n"))
        }
    }

    private func serve(_ file: ConfigurationFile) throws(Failure) {
        try Privileges.require()
        let isJournal = environment("JOURNAL_STREAM") != nil
        let level = logLevel
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level, forJournal: isJournal) }
        let manager = ServiceManager()
        let queue = DispatchQueue(label: "net.uplinkd.engine")
        let daemon: Daemon
        do {
            daemon = try Daemon(
                options: .init(configuration: config, control: control, recording: record), settings: file.settings, text: file.text,
                queue: queue, manager: manager, log: Logger(label: "uplinkd"))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
        // Sources have to live as long as the process.
        let signals = Signals(daemon: daemon, manager: manager)
        signals.start()
        withExtendedLifetime(signals) { dispatchMain() }
    }
}
