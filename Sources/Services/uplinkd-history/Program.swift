import ArgumentParser
import Control
import ControlProtocol
import Dispatch
import Floor
import Glibc
import History
import HistoryProtocol

@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplinkd-history",
        abstract: "Keeps what uplinkd tells: events, reports of switches, and when each WAN worked.",
        discussion: """
            Runs in the foreground, and needs no privileges but membership in group uplinkd. SIGTERM and SIGINT end it; what it has heard is \
            written then.
            Exit statuses: 0 ended as asked, 1 failed, 64 wrong usage.
            """,
        version: Version.current)

    @Option(help: ArgumentHelp("The control socket of uplinkd.", valueName: "socket"))
    var control = defaultControlSocket

    @Option(help: ArgumentHelp("Where to answer questions.", valueName: "socket"))
    var socket = defaultHistorySocket

    @Option(help: ArgumentHelp("Where the history is kept.", valueName: "folder"))
    var state = "/var/lib/uplinkd-history"

    @Option(help: "How long to keep it: a number of days, 1d to 3650d.", transform: Self.time)
    var keep: Duration = .seconds(90 * 86400)

    @Option(help: "How large the file may get: 10MB to 10GB. What is oldest goes first.", transform: Self.bytes)
    var limit = 50_000_000

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let keeper: Keeper
        let server: ControlServer
        do {
            keeper = try Keeper(.init(folder: state, keep: keep, limit: limit), log: logLine)
            let service = HistoryService(keeper: keeper, now: currentTime)
            server = try ControlServer(
                path: socket, service: service, poll: Poll(queue: DispatchQueue(label: "net.uplinkd.history.control")))
        } catch {
            logLine(.error, "\(error)")
            throw ExitCode(1)
        }
        let sources = Self.signals(keeper, server) + [Self.timer(keeper)]
        Task { await server.start() }
        let follower = Follower(path: control, keeper: keeper, now: currentTime, log: logLine)
        DispatchQueue(label: "net.uplinkd.history.follower").async { follower.run() }
        withExtendedLifetime(sources) { dispatchMain() }
    }

    private static func signals(_ keeper: Keeper, _ server: ControlServer) -> [any DispatchSourceProtocol] {
        [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: keeper.executor.queue)
            source.setEventHandler {
                Task {
                    await server.stop()
                    await keeper.finish(at: currentTime())
                    Glibc.exit(0)
                }
            }
            source.activate()
            return source
        }
    }

    private static func timer(_ keeper: Keeper) -> any DispatchSourceProtocol {
        let timer = DispatchSource.makeTimerSource(queue: keeper.executor.queue)
        timer.schedule(deadline: .now() + .seconds(5), repeating: .seconds(5), leeway: .seconds(1))
        timer.setEventHandler { keeper.assumeIsolated { $0.tick(at: currentTime()) } }
        timer.activate()
        return timer
    }

    private static func time(_ text: String) throws -> Duration {
        guard text.hasSuffix("d"), let days = Int(text.dropLast()), (1...3650).contains(days) else {
            throw ValidationError("'\(text)' is no number of days: write '90d' (1d to 3650d).")
        }
        return .seconds(days * 86400)
    }

    private static func bytes(_ text: String) throws -> Int {
        for (unit, size) in [("MB", 1_000_000), ("GB", 1_000_000_000)] where text.hasSuffix(unit) {
            if let number = Int(text.dropLast(2)), (1...10_000).contains(number), (10_000_000...10_000_000_000).contains(number * size) {
                return number * size
            }
        }
        throw ValidationError("'\(text)' is no size that the file can have: write '50MB' (10MB to 10GB).")
    }
}

private let beginning = ContinuousClock.now

@Sendable private func currentTime() -> Now { Now(wall: .now(), steady: ContinuousClock.now - beginning) }

/// Standard error: the journal's under systemd, which takes the severity from a prefix such as `<4>` (sd-daemon(3)).
@Sendable private func logLine(_ severity: ControlEvent.Severity, _ message: String) {
    let prefix =
        if getenv("JOURNAL_STREAM") == nil {
            "\(severity.rawValue): "
        } else {
            switch severity {
            case .error: "<3>"
            case .warning: "<4>"
            case .notice: "<5>"
            default: "<6>"
            }
        }
    complain(prefix + message.replacing("\n", with: " "))
}
