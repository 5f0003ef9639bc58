import ArgumentParser
import Control
import ControlProtocol
import Glibc
import Varlink

struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Rehearses a failover under real traffic, and undoes it.",
        discussion: """
            This box plays the fault, and nobody else is touched. It ends after its time, at Ctrl-C, and as soon as no other WAN can be used; should \
            uplinkd die, the kernel ends it. Needs root.
            Ends with 6 unless the traffic moved, came back, and every client was backed up.
            """)

    @Argument(help: ArgumentHelp("The name of the WAN that carries the traffic.", valueName: "wan"), completion: .wans())
    var wan: String
    @Option(
        help: ArgumentHelp(
            "'down': the WAN counts as down. 'silent': nothing leaves by it any more. 'lossy=30': so many percent don't. 'dns': no question to a resolver does.",
            valueName: "fault"))
    var fault = "down"
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, from 10s to 15m.", valueName: "time"),
        transform: { Int(try timeInSeconds($0, from: .seconds(10), to: .seconds(900))) })
    var seconds = 60
    @Flag(help: "Even where no other WAN is ready, or where the drill can show little.")
    var force = false
    @OptionGroup var options: ControlOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        // The daemon sees that this end is gone, and takes the fault back.
        signal(SIGINT) { _ in
            let text: StaticString = "\nuplinkctl: interrupted; uplinkd takes the fault back.\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            _exit(130)
        }
        var replies = try options.connect().drill(
            DrillParameters(wan: wan, fault: fault, seconds: seconds, force: force ? true : nil))
        var last: DrillProgress?
        var reports: [String] = []
        while let progress = try replies.next()?.progress {
            if output.json { try Output.json(progress, oneLine: true) } else { try Output.line(DrillText.line(progress)) }
            if let report = progress.report { reports.append(report) }
            last = progress
        }
        if !output.json { for id in reports { try show(id) } }
        if last?.outcome != "passed" { throw Failure(.notBackedUp, nil) }
    }

    /// As `uplinkctl report` has it: the way out, and the way back.
    private func show(_ id: String) throws {
        for report in try options.connect().reports(id: id) { try Output.lines([""] + ReportText.lines(report)) }
    }
}
