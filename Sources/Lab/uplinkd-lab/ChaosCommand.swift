import ArgumentParser
import Lab

struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Faults, repairs and rough hands by chance, and what has to hold all the same. Exit status 1 if it didn't.",
        discussion: "The same seed does the same things in the same order.")
    @OptionGroup var arguments: LabArguments
    @Option(help: "For how long, in minutes.") var minutes = 5.0
    @Option(help: "Where chance begins. Default: anywhere; it is printed.") var seed: UInt64?

    func validate() throws {
        guard minutes > 0, minutes <= 100_000 else { throw ValidationError("--minutes takes a number above 0, and at most 100000") }
    }

    func run() async throws {
        let options = LabOptions(programs: try arguments.programs(), keepsBoxToItsWANs: false)
        let seed = seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        let minutes = minutes
        printLine("seed \(seed)")
        try await interruptible {
            let deeds = try await Lab.with(options: options) { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let stream = try await lab.client.stream()
                let end = Moment.now + .milliseconds(Int64(minutes * 60_000))
                var chaos = Chaos(seed: seed) { printLine($0) }
                var deeds = 0
                try await chaos.run(lab, daemon) { count in
                    deeds = count
                    return Moment.now >= end
                }
                _ = try await stream.stop()
                return deeds
            }
            printLine("All held through \(deeds) deeds.")
        }
    }
}
