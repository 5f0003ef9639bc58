import ConfigurationFile
import ArgumentParser
import Chassis
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

    @Option(
        help: ArgumentHelp(
            "The folder of what a reboot shall not take away: which WANs are dead. Without it that isn't kept.", valueName: "folder"))
    var state: String?

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

    @Flag(help: "Make the settings that IPv6 needs and the service can't make, and end. With --dry-run: only print them.")
    var ipv6Settings = false

    @Flag(help: "With --check, --dry-run, --teardown and --ipv6-settings: the answer as JSON.")
    var json = false

    @Option(
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else { throw ValidationError("'\(text)' is no log level.") }
            return level
        })
    var logLevel: Logger.Level = .info

    func validate() throws {
        let tasks = [check, teardown, ipv6Settings, replay != nil].count { $0 }
        if tasks > 1 { throw ValidationError("--check, --teardown, --ipv6-settings and --replay don't go together.") }
        if json && !check && !teardown && !ipv6Settings && !dryRun {
            throw ValidationError("--json goes with --check, --dry-run, --teardown and --ipv6-settings.")
        }
        if record != nil && (tasks > 0 || dryRun) { throw ValidationError("--record needs a running daemon.") }
    }

    func run() throws {
        do throws(Failure) {
            if let replay { return try Replay(path: replay).run() }
            if teardown { return try Teardown(control: control, isDryRun: dryRun, asJSON: json).run() }
            if check { return try Check(path: config, asJSON: json).run() }
            if ipv6Settings {
                return try IPv6Settings(settings: try load(warn: complain).settings, isDryRun: dryRun, asJSON: json).run()
            }
            if dryRun { return try DryRun(settings: try load(warn: complain).settings, control: control, asJSON: json).run() }
        } catch {
            error.exit("uplinkd")
        }
        let chassis = Chassis("uplinkd", signals: [SIGHUP])
        do throws(Failure) { try serve(chassis) } catch { chassis.fail(error) }
    }

    private func load(warn: (String) -> Void) throws(Failure) -> ConfigurationFile {
        let file: ConfigurationFile
        do throws(ConfigurationFile.Refused) { file = try ConfigurationFile(path: config) } catch { throw error.failure }
        if !json { for warning in file.warnings { warn(warning.text(file: config)) } }
        return file
    }

    private func serve(_ chassis: Chassis) throws(Failure) -> Never {
        let file = try load(warn: standardError.add)
        try Privilege.require(needed, unit: "uplinkd")
        let level = logLevel
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level, log: chassis.log) }
        let queue = DispatchQueue(label: "net.uplinkd.engine")
        let lock: InstanceLock
        let daemon: Daemon
        do {
            lock = try InstanceLock(besideSocket: control)
            daemon = try Daemon(
                options: .init(configuration: config, control: control, recording: record, state: state),
                settings: file.settings, text: file.text,
                queue: queue, manager: chassis.manager, log: Logger(label: "uplinkd"))
        } catch {
            throw Failure(error)
        }
        // What went wrong with a reload has been published by the daemon, and there is nobody here to be told.
        chassis.run(on: queue, signals: [SIGHUP: { do throws(ControlError) { try await daemon.reload() } catch {} }]) {
            try await daemon.start()
            return await daemon.summary
        } stop: {
            await daemon.stop()
            // Until here somebody has to hold it: nothing comes after `run`, so a variable alone would be let go before.
            withExtendedLifetime(lock) {}
        }
    }
}

let needed: [Privilege] = [.networkAdministration, .rawSockets]
