import ArgumentParser
import Chassis
import ControlProtocol
import Dispatch
import Floor
import Glibc

@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplinkd-hooks",
        abstract: "Runs the administrator's programs for each event of uplinkd.",
        discussion: """
            Runs in the foreground. A hook gets the event as JSON on its standard input and as UPLINKD_EVENT_… in its environment; \
            docs/hooks.md has it all. Signals: SIGUSR1 runs every hook with an event made up for a test, SIGTERM and SIGINT end this program \
            when the hooks that run have ended.
            Exit statuses: 0 ended as asked, 1 a hook failed with --test, 64 wrong usage.
            """,
        version: Version.current)

    @Option(help: ArgumentHelp("The control socket of uplinkd.", valueName: "socket"))
    var control = defaultControlSocket

    @Option(help: ArgumentHelp("The folder with the hooks.", valueName: "folder"))
    var hooks = "/etc/uplinkd/hooks.d"

    @Option(
        help: ArgumentHelp("How long one run may take, 100ms to 600s.", valueName: "time"),
        transform: { text in
            guard let time = duration(of: text) else { throw ValidationError("'\(text)' is no time from 100ms to 600s: write '10s'.") }
            return time
        })
    var timeout = Duration.seconds(10)

    @Option(help: ArgumentHelp("Where to keep how far each hook is, for after a restart.", valueName: "file"))
    var state: String?

    @Option(help: ArgumentHelp("The configuration of uplinkd, for the language of UPLINKD_EVENT_TEXT.", valueName: "file"))
    var config = "/etc/uplinkd/uplinkd.yaml"

    @Flag(help: "Run all hooks, or the one that is named, once with an event made up for it, and end. uplinkd need not be running.")
    var test = false

    @Argument(help: ArgumentHelp("With --test: the name of a hook.", valueName: "hook"))
    var hook: String?

    func validate() throws {
        if let hook, !test { throw ValidationError("'\(hook)': a hook is named with --test only.") }
    }

    func run() throws {
        if test { try Trial(folder: HookFolder(path: hooks), control: control, timeout: timeout, configuration: config).run(hook) }
        let chassis = Chassis("uplinkd-hooks", signals: [SIGUSR1], log: ServiceLog(namesSeverity: false))
        let options = Service.Options(folder: hooks, control: control, timeout: timeout, configuration: config, state: state)
        let service = Service(options, log: chassis.log, manager: chassis.manager)
        chassis.run(on: service.executor.queue, signals: [SIGUSR1: { await service.tryHooks() }]) {
            await service.start()
            // It is ready once it has looked for the daemon.
            return nil
        } stop: {
            await service.stop()
        }
    }
}
