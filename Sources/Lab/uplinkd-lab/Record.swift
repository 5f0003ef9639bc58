import ArgumentParser
import FoundationEssentials
import Lab

/// Records the scenarios of the tests anew: real faults, a real kernel, what the daemon heard and what it said to do.
/// Needed when a change gives the probes other numbers or another order; after any smaller one the replay can write them.
struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays every recorded fault and writes its scenario into FOLDER.", shouldDisplay: false)

    @Argument(help: "Tests/Core/ScenarioTests/Scenarios") var folder: String
    @Option(help: "Only the one of this name.") var only: String?
    @OptionGroup var arguments: LabArguments

    private struct Story: Sendable {
        var name: String
        var comment: String
        var configuration = DaemonConfiguration.office()
        var play: @Sendable (Lab, Daemon) async throws -> Void
    }

    func run() async throws {
        let stories = Self.stories.filter { only == nil || $0.name == only }
        guard !stories.isEmpty else {
            throw ValidationError("No scenario '\(only ?? "")': there are \(Self.stories.map(\.name).joined(separator: ", ")).")
        }
        for story in stories {
            let path = "\(folder)/\(story.name).scenario"
            try await Lab.with(options: LabOptions(programs: try arguments.programs(), isEverythingMasqueraded: false)) { lab in
                let daemon = try await lab.startDaemon(story.configuration, record: path)
                try await lab.ready(daemon)
                try await story.play(lab, daemon)
                try await daemon.stop()
            }
            let recorded = try String(contentsOfFile: path, encoding: .utf8)
            try Data("# \(story.comment)\n# Recorded by `uplinkd-lab record`.\n\(recorded)".utf8).write(to: URL(filePath: path))
            print("\(path): \(recorded.split(separator: "\n").count) lines")
        }
    }

    private static let telkom = Addresses.telkom
    private static let smartfren = Addresses.smartfren

    private static var stories: [Story] {
        [
            Story(
                name: "cable-cut",
                comment: "The primary's cable is cut and plugged in again: failover at the notice, failback after a hold of 2 s."
            ) {
                lab, daemon in
                try await lab.telkom.cutCable()
                try await selects(smartfren, lab, daemon)
                try await lab.telkom.plugCable()
                try await selects(telkom, lab, daemon)
            },
            Story(
                name: "upstream-silent",
                comment: "The primary's upstream goes silent while its gateway answers: a burst, a verdict, a failover; and back."
            ) { lab, daemon in
                try await lab.telkom.silenceUpstream()
                try await selects(smartfren, lab, daemon)
                try await lab.telkom.restoreUpstream()
                try await selects(telkom, lab, daemon)
            },
            Story(
                name: "standstill",
                comment: "The same while a client has traffic: the packet counters stand still before a reply is late."
            ) { lab, daemon in
                let stream = try await lab.client.stream(packetsPerSecond: 200)
                try await Task.sleep(for: .seconds(2))
                try await lab.telkom.silenceUpstream()
                try await selects(smartfren, lab, daemon)
                _ = try await stream.stop()
            },
            Story(
                name: "lossy",
                comment: "A third of the primary's packets are lost each way, and a threshold asks for a switch.",
                configuration: .office(probe: ["thresholds: {loss: {leave: 20%, return: 10%}}"])
            ) { lab, daemon in
                try await lab.telkom.lose(percent: 30)
                try await selects(smartfren, lab, daemon)
            },
            Story(name: "gateway-dead", comment: "The primary's gateway falls silent altogether.") { lab, daemon in
                try await lab.telkom.killGateway()
                try await selects(smartfren, lab, daemon)
                try await lab.telkom.reviveGateway()
                try await selects(telkom, lab, daemon)
            },
            Story(name: "gateway-changed", comment: "The DHCP client gets another gateway: it is followed, new route first.") {
                lab, daemon in
                try await lab.telkom.moveGateway()
                try await reads("gateway \(telkom.otherGateway)", lab, daemon) { $0.wan(telkom)?.gateway == telkom.otherGateway }
                try await Task.sleep(for: .seconds(1))
            },
            Story(name: "metric-zero", comment: "Somebody adds default routes that would beat ours: they are moved behind.") {
                lab, daemon in
                for provider in [smartfren, telkom] {
                    try await lab.router.addDefaultRoute(by: provider)
                    try await lab.eventually("it is moved behind") {
                        try await lab.router.defaultRoutes().allSatisfy { $0.isOurs || ($0.metric ?? 0) > 2 }
                    }
                }
            },
            Story(
                name: "route-deleted",
                comment: "Somebody deletes our route, then the DHCP clients' routes: ours return, and the gateways are still known."
            ) {
                lab, daemon in
                try await lab.router.deleteDefaultRoute(by: telkom)
                try await lab.eventually("it is back") { try await lab.router.defaultRoutes().first?.isOurs ?? false }
                for provider in [telkom, smartfren] {
                    try await lab.router.node.run(["sh", "-c", "ip route del default dev \(provider.interface) proto 16"])
                }
                try await lab.eventually("ours are there") { try await lab.router.defaultRoutes().filter(\.isOurs).count == 2 }
                try await Task.sleep(for: .seconds(1))
            },
            Story(name: "nat-flushed", comment: "Somebody flushes the nat table, then deletes our chain in the middle of things.") {
                lab, daemon in
                try await lab.router.flushNAT()
                try await natIsBack(lab)
                try await lab.router.node.run([
                    "sh", "-c",
                    "iptables -w -t nat -D POSTROUTING -j UPLINKD_NAT; iptables -w -t nat -F UPLINKD_NAT; iptables -w -t nat -X UPLINKD_NAT || true",
                ])
                try await natIsBack(lab)
            },
            Story(
                name: "drained",
                comment: "A failback from a backup whose sessions may stay for 3 s: at their end what is left is moved.",
                configuration: .office(smartfren: ["drain: 3s"])
            ) { lab, daemon in
                try await lab.telkom.silenceUpstream()
                try await selects(smartfren, lab, daemon)
                try await lab.telkom.restoreUpstream()
                try await selects(telkom, lab, daemon)
                try await Task.sleep(for: .seconds(4))
            },
            Story(
                name: "all-silent",
                comment: "Both upstreams go silent, the selected one last; the backup is back first and takes over all sessions."
            ) { lab, daemon in
                try await lab.smartfren.silenceUpstream()
                try await reads("smartfren down", lab, daemon) { $0.wan(smartfren)?.health == "down" }
                try await lab.telkom.silenceUpstream()
                try await reads("telkom down", lab, daemon) { $0.wan(telkom)?.health == "down" }
                try await lab.smartfren.restoreUpstream()
                try await selects(smartfren, lab, daemon)
                try await Task.sleep(for: .seconds(1))
            },
            Story(
                name: "ipv6-silent",
                comment: "The primary's upstream goes silent for IPv6 alone, which goes by the backup; and back.",
                configuration: .office(targets: ["gateway"] + Addresses.targets + Addresses.targets6)
            ) { lab, daemon in
                try await lab.telkom.silenceUpstream(of: .ipv6)
                try await reads("IPv6 by smartfren", lab, daemon) { $0.wan(smartfren)?.ipv6?.selected ?? false }
                try await Task.sleep(for: .seconds(1))
                try await lab.telkom.restoreUpstream(of: .ipv6)
                try await reads("IPv6 by telkom", lab, daemon) { $0.wan(telkom)?.ipv6?.selected ?? false }
            },
            Story(
                name: "advertisements",
                comment: "The primary's IPv6 gateway says that it is none any longer, comes back, and is another one then."
            ) { lab, daemon in
                try await lab.telkom.advertise(lifetime: .zero)
                try await Task.sleep(for: .seconds(1))
                try await lab.telkom.advertise()
                try await Task.sleep(for: .seconds(1))
                try await lab.telkom.moveGateway6()
                try await Task.sleep(for: .seconds(1))
            },
            Story(
                name: "drill-silent",
                comment: "A drill plays that the primary is silent, and ends by its time: rules, a failover by the probes, and a failback."
            ) { lab, daemon in
                try await daemon.control(["drill", "telkom", "--fault", "silent", "--for", "10s"])
                try await selects(telkom, lab, daemon)
            },
            Story(
                name: "drill-ended",
                comment: "Whoever began a drill is killed after the failover: the rules go at once, and the traffic returns."
            ) { lab, daemon in
                let drill = try await lab.router.node.start(
                    "drill",
                    [lab.programs.uplinkctl, "drill", "telkom", "--fault", "silent", "--for", "60s", "--control", daemon.control])
                try await selects(smartfren, lab, daemon)
                try await drill.kill9()
                try await selects(telkom, lab, daemon)
            },
            Story(name: "operator", comment: "The operator chooses the backup, gives the choice back, and reloads.") { lab, daemon in
                try await daemon.control(["switch", "smartfren"])
                try await selects(smartfren, lab, daemon)
                try await daemon.control(["switch", "auto"])
                try await selects(telkom, lab, daemon)
                try await daemon.control(["reload"])
            },
            Story(
                name: "killed-on-backup",
                comment:
                    "kill -9 while the backup carries the traffic, and a new daemon: the traffic stays where it is until the primary has proven itself."
            ) { lab, daemon in
                try await lab.telkom.silenceUpstream()
                try await selects(smartfren, lab, daemon)
                try await daemon.kill9()
                // What is recorded is the second run.
                try await daemon.restart()
                try await selects(smartfren, lab, daemon)
                try await lab.telkom.restoreUpstream()
                try await selects(telkom, lab, daemon)
            },
        ]
    }

    private static func selects(_ provider: Provider, _ lab: Lab, _ daemon: Daemon) async throws {
        try await lab.eventually("uplinkd has selected \(provider.name)") {
            try await daemon.status().selection.wan == provider.name
        }
        // What follows from it in the kernel belongs to the story.
        try await Task.sleep(for: .milliseconds(500))
    }

    private static func reads(_ what: String, _ lab: Lab, _ daemon: Daemon, _ holds: (DaemonStatus) -> Bool) async throws {
        try await lab.eventually(what) { holds(try await daemon.status()) }
    }

    private static func natIsBack(_ lab: Lab) async throws {
        try await lab.eventually("NAT is back") {
            let rules = try await lab.router.natRules()
            return rules.contains("-A POSTROUTING -j UPLINKD_NAT") && rules.contains("-A UPLINKD_NAT -o usb0 -j MASQUERADE")
        }
        try await Task.sleep(for: .milliseconds(500))
    }
}
