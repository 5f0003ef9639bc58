import ArgumentParser
import Dispatch
import Lab
import Model

/// Runs inside `ManyWANs`, on one processor.
struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Probes many WANs as the daemon would, for a while, and prints what that cost as a line of JSON.",
        discussion: "`bench --only scale` starts it where there are that many.", shouldDisplay: false)
    @Option(help: "wan1 to wan<N>.") var wans: Int
    @Option(help: "Addresses, separated by commas.") var targets: String
    @Option(help: "Milliseconds from one probe of a target to the next.") var intervalMs = 100
    @Option(help: "Seconds until the measurement begins.") var warmUp = 5
    @Option(help: "Seconds of measurement.") var seconds = 30

    func run() async throws {
        let addresses = targets.split(separator: ",").map(String.init)
        let settings = try ScaleSettings(wans: wans, targets: addresses, interval: .milliseconds(intervalMs))
        let shell = try ScaleShell(settings, queue: DispatchQueue(label: "net.uplinkd.engine"))
        await shell.start()
        try await Task.sleep(for: .seconds(warmUp))
        let before = await shell.measure()
        try await Task.sleep(for: .seconds(seconds))
        printLine(try JSON.line(await shell.measure().since(before)))
    }
}

/// What a configuration and a first look at the kernel would say.
struct ScaleSettings {
    let settings: Settings
    let snapshot: Snapshot

    init(wans: Int, targets: [String], interval: Duration) throws {
        let questions = try targets.map { text in
            guard let address = IPv4Address(text) else { throw ValidationError("not an address: \(text)") }
            return Target.address(address)
        }
        let probe = ProbeSettings(targets: questions, interval: interval)
        var interfaces: [Interface] = []
        var list: [WANSettings] = []
        for number in 1...wans {
            guard let name = WANName("wan\(number)"), let interface = InterfaceName(ManyWANs.interface(number)),
                let gateway = IPv4Address(ManyWANs.gateway(number)), let prefix = IPv4Prefix("\(ManyWANs.address(number))/24"),
                let index = interfaceIndex(interface.description)
            else { throw ValidationError("there is no \(ManyWANs.interface(number))") }
            list.append(
                WANSettings(name: name, interface: interface, metric: UInt32(number), gateway: gateway, number: number, probe: probe))
            interfaces.append(Interface(name: interface, index: index, isUp: true, hasCarrier: true, addresses: [prefix]))
        }
        settings = Settings(lan: [], wans: list)
        snapshot = Snapshot(interfaces: interfaces)
    }
}
