import ArgumentParser
import Lab

@main
struct UplinkdLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplinkd-lab",
        abstract: "A client, a router, two providers and the Internet, in network namespaces of this machine. Needs root.",
        subcommands: [
            Demo.self, Up.self, Bench.self, Clean.self, Stream.self, Echo.self, Connections.self, Names.self, Connection.self,
            TCPServe.self, WhoAmI.self, TimedCommand.self, Record.self, RelayCommand.self, WatchRoutes.self, Advertise.self,
            FloodCommand.self, UDPSessionsCommand.self, TCPSessionsCommand.self, PushServe.self, DownloadCommand.self, UploadServe.self,
            UploadCommand.self, DNSServe.self, HTTPServe.self, SpeedServe.self,
            Scale.self, Simulate.self, SweepTimes.self, ChaosCommand.self, BoxCommand.self,
        ])
}

struct LabArguments: ParsableArguments {
    @Option(help: "The daemon's program. Default: beside this one.") var uplinkd: String?
    @Option(help: "Its command-line program. Default: beside this one.") var uplinkctl: String?

    func programs() throws -> Programs { try Programs(uplinkd: uplinkd, uplinkctl: uplinkctl) }
}
