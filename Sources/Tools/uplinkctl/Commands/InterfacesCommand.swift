import ArgumentParser
import Configuration
import Control
import ControlProtocol
import Devices
import Floor
import Model
import Plan
import Varlink

struct InterfacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interfaces",
        abstract:
            "Which interfaces the box has, what each can be told from the others by, and which WAN it is; uplinkd need not be running.",
        discussion: """
            What stands behind 'path', 'serial', 'vendor', 'product', 'driver' and 'mac' is what 'match' in the configuration file takes.
            """)

    @OptionGroup var options: ControlOptions

    @Option(help: ArgumentHelp("The configuration file, for whose is which.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var config = "/etc/uplinkd/uplinkd.yaml"

    @Flag(help: "Print JSON, see docs/cli.md.")
    var json = false

    func run() throws {
        let survey = DeviceSurvey()
        let listed: [ListedDevice]
        do throws(KernelError) { listed = try survey.listed() } catch { throw Failure(.failed, "\(error)") }
        let owners = owners(listed.map(\.device))
        let rows = listed.sorted { $0.device.index < $1.device.index }.map { one in
            InterfaceRow(one, managers: survey.isHere ? survey.files.managers(of: one.device) : [], owners)
        }
        if json { try Output.json(InterfacesAnswer(interfaces: rows)) } else { try Output.lines(InterfacesText.lines(rows)) }
    }

    /// As the file says it; where that can't be read, as uplinkd does.
    private func owners(_ devices: [Device]) -> InterfaceOwners {
        do throws(CallError) {
            let text = String(decoding: try Files.read(config), as: UTF8.self)
            if let settings = Configuration.parse(text).settings { return InterfaceOwners(settings, among: devices) }
            Output.error("\(config) isn't right, so whose is which isn't known by it: 'uplinkctl check' shows what is wrong.")
        } catch {
            guard let status = try? ControlClient(path: options.control, patience: .zero).status() else {
                Output.error("Whose is which isn't known: \(error), and uplinkd doesn't say.")
                return InterfaceOwners()
            }
            return InterfaceOwners(status)
        }
        return InterfaceOwners()
    }
}

/// Which WAN an interface is, and which are the LAN's, by their names.
struct InterfaceOwners {
    var wans: [String: String] = [:]
    var lan: Set<String> = []

    init() {}

    init(_ settings: Settings, among devices: [Device]) {
        let assignment = Assignment(settings, among: devices)
        lan = Set(assignment.lan.map(\.description))
        for (wan, found) in assignment.wans {
            if let device = found.device { wans[device.name.description] = wan.description }
        }
    }

    /// It doesn't tell of the LAN.
    init(_ status: Status) {
        wans = Dictionary(status.wans.map { ($0.interface, $0.name) }) { first, _ in first }
    }
}
