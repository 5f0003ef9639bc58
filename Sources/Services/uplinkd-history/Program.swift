import ArgumentParser
import Chassis
import Control
import ControlProtocol
import Dispatch
import Floor
import Glibc
import History
import HistoryProtocol
import Varlink

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
        let chassis = Chassis("uplinkd-history")
        let log: @Sendable (ControlEvent.Severity, String) -> Void = { chassis.log.write(.init($0), $1) }
        let keeper: Keeper
        let server: VarlinkServer
        do {
            keeper = try Keeper(.init(folder: state, keep: keep, limit: limit), log: log)
            server = try VarlinkServer(path: socket, group: "uplinkd", service: .history(keeper, now: currentTime))
        } catch {
            chassis.log.write(.error, "\(error)")
            chassis.end(Failure.Status.failed.rawValue)
        }
        let timer = Self.timer(keeper)
        let follower = Follower(path: control, keeper: keeper, now: currentTime, log: log)
        withExtendedLifetime(timer) {
            chassis.run(on: keeper.executor.queue) {
                await server.start()
                Task { await follower.run() }
                return "Follows uplinkd on \(control)."
            } stop: {
                await server.stop()
                await keeper.finish(at: currentTime())
            }
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

extension ServiceLog.Severity {
    fileprivate init(_ severity: ControlEvent.Severity) {
        switch severity {
        case .error: self = .error
        case .warning: self = .warning
        case .notice: self = .notice
        // Also one that only a later daemon has.
        default: self = .info
        }
    }
}
