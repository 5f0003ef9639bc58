import ArgumentParser
import Control
import Floor
import Glibc

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "The status as Prometheus reads it.",
        discussion:
            "With --output: into a file that node_exporter's textfile collector reads, in one step, so that it never sees half of it.")

    @Option(help: ArgumentHelp("Write into this file instead, such as /var/lib/prometheus/node-exporter/uplinkd.prom.", valueName: "file"))
    var output: String?
    @OptionGroup var options: ControlOptions

    func run() throws {
        let text = try options.connect().metrics()
        guard let output else { return try Output.lines([String(text.dropLast())]) }
        try Self.write(text, to: output)
    }

    /// The collector reads whatever ends in `.prom`, so the name of the unfinished file doesn't.
    static func write(_ text: String, to path: String) throws(Failure) {
        let unfinished = "\(path).\(getpid())"
        do throws(OutputError) {
            let file = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw OutputError(code: errno) }
            defer { close(file) }
            // Readable by node_exporter's user, whatever the umask of a service is.
            guard fchmod(file, 0o644) == 0 else { throw OutputError(code: errno) }
            let code = Output.write(text, to: file)
            guard code == 0 else { throw OutputError(code: code) }
            guard rename(unfinished, path) == 0 else { throw OutputError(code: errno) }
        } catch {
            unlink(unfinished)
            throw Failure(error.code == EACCES ? .denied : .failed, "\(path) can't be written: \(errorText(error.code))")
        }
    }
}
