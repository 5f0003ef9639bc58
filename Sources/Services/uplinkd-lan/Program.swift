import ArgumentParser
import Chassis
import ConfigurationFile
import ControlProtocol
import Dispatch
import Floor
import Glibc
import LANFiles
import Model

@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uplinkd-lan",
        abstract: "Gives the LAN addresses and names, by dnsmasq, and lets it ask the resolvers of the WAN that carries.",
        discussion: """
            Runs in the foreground and follows uplinkd: whenever another WAN carries, the LAN's dnsmasq asks that WAN's resolvers. docs/lan.md \
            has it all. It needs 'lan.address' in the configuration.
            With --write, as root: writes what systemd-networkd and dnsmasq are told, has them read it, and ends. With --show it prints that, and \
            changes nothing.
            Exit statuses: 0 ended as asked, 1 failed, 2 the configuration is refused, 64 wrong usage.
            """,
        version: Version.current)

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/uplinkd/uplinkd.yaml"

    @Option(help: ArgumentHelp("The control socket of uplinkd.", valueName: "socket"))
    var control = defaultControlSocket

    @Option(name: .customLong("run"), help: ArgumentHelp("The folder of the list of resolvers.", valueName: "folder"))
    var runFolder = "/run/uplinkd-lan"

    @Option(help: ArgumentHelp("The folder of dnsmasq's configuration.", valueName: "folder"))
    var files = "/var/lib/uplinkd-lan"

    @Option(help: ArgumentHelp("Where dnsmasq keeps the leases.", valueName: "file"))
    var leases = LANService.leaseFile

    @Option(help: ArgumentHelp("The folder of systemd-networkd's files.", valueName: "folder"))
    var networkd = "/etc/systemd/network"

    @Flag(help: "Write the files of dnsmasq and systemd-networkd.")
    var write = false

    @Flag(help: "Print the files of dnsmasq and systemd-networkd.")
    var show = false

    func validate() throws {
        if write, show { throw ValidationError("--write and --show can't be used together: --show prints what --write would write.") }
    }

    func run() throws {
        if write || show {
            do {
                let desk = Desk(
                    lan: try settings().lanService, networkd: networkd,
                    places: .init(configuration: "\(files)/dnsmasq.conf", leases: leases, resolvers: "\(runFolder)/resolvers"))
                if show { return desk.show() }
                let failure = blocking { () -> Failure? in
                    do { try await desk.write() } catch { return Failure(error) }
                    return nil
                }
                if let failure { throw failure }
            } catch {
                Failure(error).exit("uplinkd-lan")
            }
            return
        }
        let chassis = Chassis("uplinkd-lan", signals: [SIGHUP])
        let path = config
        let service = Service(list: "\(runFolder)/resolvers", control: control, log: chassis.log) { () throws(Failure) in
            try Self.settings(path).lanService
        }
        chassis.run(on: service.executor.queue, signals: [SIGHUP: { await service.reload() }]) {
            try await service.start()
        } stop: {
        }
    }

    private func settings() throws(Failure) -> Settings { try Self.settings(config) }

    private static func settings(_ path: String) throws(Failure) -> Settings {
        do {
            return try ConfigurationFile(path: path).settings
        } catch {
            throw error.failure
        }
    }
}
