import ArgumentParser
import Lab

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Builds a lab and leaves it standing until Ctrl-C, for experiments by hand.")
    @OptionGroup var arguments: LabArguments
    @Option(help: "Computers in the LAN, 1 to 60.") var clients = 1
    @Option(help: "Metrics of the DHCP clients' routes: apart (100 and 200) or zero.") var metrics = "apart"
    @Flag(help: "Static routes instead of a daemon.") var staticRoutes = false
    @Flag(help: "Start the daemon too.") var daemon = false
    @Option(help: "Milliseconds that telkom takes each way; can be changed while the lab stands.") var delay: Double?
    @Flag(help: "No router advertisements: static IPv6 addresses and routes.") var noAdvertisements = false
    @Flag(help: "Another LAN beside the clients'.") var guests = false
    @Flag(help: "Two routers more behind the Internet, and a server behind them.") var farServer = false
    @Flag(help: "Let the first client send a UDP stream of 200 packets a second all the while.") var stream = false

    func validate() throws {
        guard DHCPMetrics(rawValue: metrics) != nil else { throw ValidationError("--metrics is apart or zero") }
        guard delay.map({ (0...10_000).contains($0) }) ?? true else { throw ValidationError("--delay takes 0 to 10000 milliseconds") }
        guard !(staticRoutes && daemon) else { throw ValidationError("--static-routes and --daemon exclude each other") }
    }

    func run() async throws {
        let options = LabOptions(
            metrics: DHCPMetrics(rawValue: metrics) ?? .apart, advertisements: noAdvertisements ? nil : .seconds(5), hasGuests: guests,
            hasFarServer: farServer,
            programs: try arguments.programs(), isEverythingMasqueraded: false)
        try await interruptible {
            do {
                try await Lab.with(clients: clients, options: options) { lab in
                    if staticRoutes { try await lab.router.useStaticRoutes() }
                    if let delay { try await lab.telkom.delay(.nanoseconds(Int64(delay * 1e6))) }
                    let running = daemon ? try await lab.startDaemon(.office(hold: nil)) : nil
                    if stream { _ = try await lab.client.stream() }
                    printLine(directions(lab, control: running?.control))
                    while true { try await Task.sleep(for: .seconds(3600)) }
                }
            } catch is CancellationError {
                print("Taken down.")
            }
        }
    }

    private func directions(_ lab: Lab, control: String?) -> String {
        let enter = "ip netns exec \(lab.name)"
        var text = """
            A lab stands. Ctrl-C takes it down. In another terminal:
              \(enter)-router ip route                 what the router thinks; ip -6 route
              \(enter)-client1 ping \(lab.internet.targets[0])        a client at work; ping \(Addresses.targets6[0])
              \(enter)-telkom ip link set wan down     cuts telkom's cable ("up" plugs it in)
              \(enter)-telkom sysctl -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0   silences what is beyond its gateway (1 brings it back)
              \(enter)-router \(lab.programs.uplinkd) --config FILE --control \(lab.folder)/control
            Namespaces: \(lab.name)-router, -telkom, -smartfren, -internet, -client1…\(lab.clients.count)\(guests ? ", -guest" : "")
            IPv6: LAN 2001:db8:88::/64, telkom \(Addresses.telkom.prefix6), smartfren \(Addresses.smartfren.prefix6), server \(Addresses.server6)
            """
        if delay != nil {
            text += "\nTelkom's delay, jitter, length of loss bursts and time between them, in milliseconds: "
            text += "echo 200 20 0 0 > \(lab.telkom.relayControl)"
        }
        if let control { text += "\nThe daemon runs: \(enter)-router \(lab.programs.uplinkctl) status --control \(control)" }
        return text
    }
}
