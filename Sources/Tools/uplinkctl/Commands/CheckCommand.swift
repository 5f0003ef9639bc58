import ArgumentParser

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Checks a configuration file; uplinkd need not be running.",
        discussion: "Without a file: the one that uplinkd reads by default.")

    @Argument(help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var file: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try DaemonProgram.become(["--check"] + (file.map { ["--config", $0] } ?? []) + (json ? ["--json"] : []))
    }
}
