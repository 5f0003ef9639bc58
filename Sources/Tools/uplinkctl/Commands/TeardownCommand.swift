import ArgumentParser
import Control
import ControlProtocol
import Varlink

struct TeardownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teardown", abstract: "Takes back all that uplinkd has done to this box's network.",
        discussion: "Only while uplinkd is stopped: it would put everything back at once. Needs root.")

    @Flag(help: "Only print the commands that it equals.")
    var dryRun = false
    @Flag(help: "Print JSON.")
    var json = false
    @OptionGroup var options: ControlOptions

    func run() throws {
        try refuseIfRunning()
        let control = options.control == defaultControlSocket ? [] : ["--control", options.control]
        try DaemonProgram.become(["--teardown"] + control + (dryRun ? ["--dry-run"] : []) + (json ? ["--json"] : []))
    }

    /// Whether it answers calls doesn't matter: that somebody listens is enough.
    private func refuseIfRunning() throws(Failure) {
        do {
            let pid = try ControlClient(path: options.control).serverPID
            let number = pid.map { " (pid \($0))" } ?? ""
            throw Failure(.failed, "uplinkd is running\(number): stop it first: systemctl stop uplinkd")
        } catch let error as ControlClientError {
            switch error {
            case .noSocket, .nobodyListens: return
            default: throw Failure(error) ?? Failure(.failed, "\(error)")
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }
}
