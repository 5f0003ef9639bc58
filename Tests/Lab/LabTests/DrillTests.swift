import Glibc
import Lab
import Testing

extension BesideOthers {
    /// Real faults, played by the box itself, on real traffic.
    @Suite("Drills")
    struct DrillTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        /// Each way to keep the rules, as the configuration has it, and the command that shows what a drill has put there.
        enum Keeper: String, CaseIterable {
            case nft, legacy, nftables

            func configuration(probe: [String] = [], targets: [String] = ["gateway"] + Addresses.targets) -> DaemonConfiguration {
                switch self {
                case .nft: .office(iptables: .nft, targets: targets, probe: probe)
                case .legacy: .office(iptables: .legacy, targets: targets, probe: probe)
                case .nftables: .office(firewall: .nftables, targets: targets, probe: probe)
                }
            }

            func rules(_ lab: Lab) async throws -> Int {
                let commands =
                    switch self {
                    case .nft: "iptables-nft-save -t mangle; ip6tables-nft-save -t mangle"
                    case .legacy: "iptables-legacy-save -t mangle; ip6tables-legacy-save -t mangle"
                    case .nftables: "nft list ruleset"
                    }
                return Int(try await lab.router.node.shell("{ \(commands); } | grep -ci drill || true").filter(\.isNumber)) ?? 0
            }
        }

        private static func start(_ lab: Lab, _ words: String) async throws -> Child {
            try await lab.router.node.start(
                "drill",
                [lab.programs.uplinkctl, "drill"] + words.split(separator: " ").map(String.init) + ["--control", "\(lab.folder)/control"])
        }

        private static func says(_ step: String, _ drill: Child, _ lab: Lab) async throws {
            try await lab.eventually("the drill says '\(step)'") { drill.output.contains("s  \(step) ") }
        }

        /// What it said to its end, and its exit status on the last line.
        private static func drill(_ lab: Lab, _ words: String) async throws -> String {
            try await lab.router.node.shell(
                "set +e; \(lab.programs.uplinkctl) drill \(words) --control \(lab.folder)/control 2>&1; echo status $?")
        }

        private static func steps(_ text: String) -> [String] {
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count > 2 && words[1] == "s" ? String(words[2]) : nil
            }
        }

        @Test("silent: the box finds it by itself, everybody moves and comes back, and the LAN doesn't notice", arguments: Keeper.allCases)
        func silent(keeper: Keeper) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(keeper.configuration())
                let stream = try await lab.client.stream()
                let stream6 = try await lab.client.path(over: .ipv6).stream(packetsPerSecond: 200)
                let inside = try await lab.toRouter().stream(packetsPerSecond: 200)
                // Counts them: on a busy machine the failover may come before the count that the drill begins with is there.
                _ = try await daemon.control(["clients"])
                let text = try await Self.drill(lab, "telkom --fault silent --for 10s")
                let rest = try await keeper.rules(lab)
                #expect(rest == 0)
                // A report comes when nothing more is to be expected of it.
                let steps = Self.steps(text)
                #expect(steps.filter { $0 != "report" } == ["begun", "set", "noticed", "failover", "ended", "failback", "over"], "\(text)")
                #expect(steps.count { $0 == "report" } == 2, "\(text)")
                let outcome =
                    "Outcome: passed. The drill of telkom is over: failover and failback. Every client that had to move was backed up."
                #expect(text.contains(outcome) && text.hasSuffix("\nstatus 0\n"), "\(text)")
                try await lab.carries(Self.telkom)
                for report in [try await stream.stop(), try await stream6.stop()] {
                    // A fault was played, so something is lost; but no longer than until the failover.
                    #expect(report.lost > 0 && report.lost < 600, "\(report.lost) of \(report.sent)")
                    #expect(report.there.sources.count >= 2)
                }
                #expect(try await inside.stop().lost == 0)
                let switches = try await daemon.switches().map { $0.details?["drill"] }
                #expect(switches == ["silent", "silent"])
                let results = try await daemon.events().filter { $0.kind == "drill" && $0.details?["step"] == "result" }
                #expect(results.map { $0.details?["outcome"] } == ["passed"])
            }
        }

        @Test("down: nobody is cut off at any time")
        func down() async throws {
            try await Lab.with { lab in
                _ = try await lab.daemon(.office())
                let stream = try await lab.client.stream()
                let text = try await Self.drill(lab, "telkom --for 10s --json")
                #expect(text.hasSuffix("status 0\n"), "\(text)")
                #expect(text.contains("\"outcome\":\"passed\"") && text.contains("\"step\":\"failover\""))
                let report = try await stream.stop()
                #expect(report.lost < 5, "\(report.lost) of \(report.sent)")
                #expect(report.there.sources.map(\.source).prefix(2) == [Self.telkom.address, Self.smartfren.address])
            }
        }

        @Test("lossy: as much as was asked for, and the threshold moves the traffic", arguments: Keeper.allCases)
        func lossy(keeper: Keeper) async throws {
            try await Lab.with { lab in
                _ = try await lab.daemon(keeper.configuration(probe: ["interval: 200ms", "thresholds: {loss: {leave: 20%, return: 10%}}"]))
                let refused = try await Self.drill(lab, "telkom --fault lossy=20")
                #expect(refused.contains("telkom leaves it only above 20% of loss") && refused.hasSuffix("status 1\n"), "\(refused)")
                let drill = try await Self.start(lab, "telkom --fault lossy=50 --for 60s")
                try await Self.says("set", drill, lab)
                try await Self.says("failover", drill, lab)
                try await lab.carries(Self.smartfren)
                // What the box itself sends by telkom still gets lost.
                let ping = try await lab.router.node.shell("ping -n -q -c 200 -i 0.01 -W 1 -I eth0 \(Self.telkom.gateway) || true")
                let received = ping.split(separator: "\n").first { $0.contains("received") }?.split(separator: " ")
                let count = received.flatMap { $0.count > 3 ? Int($0[3]) : nil } ?? 0
                #expect(count > 60 && count < 140, "\(ping)")
                drill.signal(SIGINT)
                try await lab.eventually("its rules are gone") { try await keeper.rules(lab) == 0 }
            }
        }

        @Test("dns: questions to resolvers end here, and nothing else does", arguments: [Keeper.nft, .nftables])
        func dns(keeper: Keeper) async throws {
            try await Lab.with { lab in
                try await lab.internet.startResolver()
                let resolver = "{kind: dns, server: 203.0.113.1, name: check.example, interval: 1s}"
                let daemon = try await lab.daemon(keeper.configuration(targets: ["gateway"] + Addresses.targets + [resolver]))
                let drill = try await Self.start(lab, "telkom --fault dns --for 60s")
                try await Self.says("noticed", drill, lab)
                try await Self.says("failover", drill, lab)
                let status = try await daemon.status()
                #expect(status.wan(Self.telkom)?.fault?.code == "dns-dead")
                #expect(try await lab.router.node.shell("ping -n -q -c 3 -i 0.1 -I eth0 \(Self.telkom.gateway)").contains("3 received"))
                try await drill.kill9()
                try await lab.eventually("its rules are gone") { try await keeper.rules(lab) == 0 }
            }
        }

        @Test("the daemon is killed in the middle: the kernel lets the traffic through when the time is over", arguments: Keeper.allCases)
        func killed(keeper: Keeper) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(keeper.configuration())
                let drill = try await Self.start(lab, "telkom --fault silent --for 20s")
                try await Self.says("set", drill, lab)
                // Before the failover or after it: telkom is cut off by rules that nobody is there to take away.
                try await daemon.kill9()
                #expect(try await keeper.rules(lab) > 0)
                let isCutOff = try await !lab.router.node.canPing(Self.telkom.gateway, count: 3)
                #expect(isCutOff)
                try await lab.eventually("what leaves by telkom gets through") { try await lab.router.node.canPing(Self.telkom.gateway) }
                // The rules stand, out of force.
                #expect(try await keeper.rules(lab) > 0)
                for address in ["-I eth0 \(Self.telkom.gateway)", "-6 -I eth0 \(Addresses.server6)"] {
                    try await lab.router.node.shell("ping -n -q -c 1 -W 5 \(address)")
                }
                try await daemon.restart()
                try await lab.eventually("a daemon that starts takes them away") { try await keeper.rules(lab) == 0 }
                try await lab.ready(daemon)
            }
        }

        @Test("teardown after a daemon that was killed in a drill leaves nothing", arguments: Keeper.allCases)
        func teardown(keeper: Keeper) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(keeper.configuration())
                let drill = try await Self.start(lab, "telkom --fault silent --for 5m")
                try await Self.says("set", drill, lab)
                try await daemon.kill9()
                try await lab.router.node.shell("\(lab.programs.uplinkd) --teardown --control \(lab.folder)/control")
                #expect(try await keeper.rules(lab) == 0)
                #expect(try await lab.router.node.canPing(Self.telkom.gateway, count: 3))
            }
        }

        @Test(
            "whoever is killed, or stops the daemon, ends the drill at once",
            arguments: ["uplinkctl", "Ctrl-C", "uplinkd", "switch", "reload"])
        func ended(how: String) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office())
                let drill = try await Self.start(lab, "telkom --fault silent --for 15m")
                try await Self.says("failover", drill, lab)
                switch how {
                case "uplinkctl": try await drill.kill9()
                case "Ctrl-C": drill.signal(SIGINT)
                case "uplinkd": try await daemon.stop()
                case "switch": try await daemon.control(["switch", "smartfren"])
                default:
                    try await lab.router.node.shell("sed -i 's/metric: 1$/metric: 3/' \(lab.folder)/uplinkd.yaml")
                    try await daemon.control(["reload"])
                }
                try await lab.eventually("its rules are gone") { try await Keeper.nft.rules(lab) == 0 }
                #expect(try await lab.router.node.canPing(Self.telkom.gateway, count: 3))
                try await lab.eventually("uplinkctl has ended") { !drill.isRunning }
                switch how {
                case "uplinkctl", "uplinkd": break
                case "Ctrl-C": #expect(drill.errors.contains("uplinkd takes the fault back"))
                default: #expect(drill.output.contains("Outcome: stopped."))
                }
            }
        }

        @Test("the backup dies in the middle: the fault is taken back at once, and the office is online", arguments: ["silent", "down"])
        func backupDies(fault: String) async throws {
            try await Lab.with { lab in
                _ = try await lab.daemon(.office())
                let drill = try await Self.start(lab, "telkom --fault \(fault) --for 15m")
                try await Self.says("failover", drill, lab)
                try await lab.smartfren.silenceUpstream()
                try await Self.says("ended", drill, lab)
                try await lab.carries(Self.telkom)
                try await lab.eventually("uplinkctl has ended") { !drill.isRunning }
                #expect(drill.output.contains("The fault is taken back: no other WAN can be used any more."))
                #expect(drill.output.contains("Outcome: stopped."))
            }
        }

        @Test("what can't be is refused with what to do, and nothing is touched")
        func refused() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office())
                let cases = [
                    ("smartfren", "smartfren doesn't carry new sessions, telkom does", "status 1\n"),
                    ("nobody", "There is no WAN 'nobody'. Configured: telkom, smartfren.", "status 1\n"),
                    ("telkom --fault carrier", "There is no fault 'carrier': write 'down', 'silent'", "status 1\n"),
                    ("telkom --fault lossy=0", "There is no fault 'lossy=0'", "status 1\n"),
                    ("telkom --fault dns", "telkom has no target of kind dns", "status 1\n"),
                    ("telkom --for 9s", "'9s' is out of range: from 10s to 15m.", "status 2\n"),
                    ("telkom --for 16m", "'16m' is out of range: from 10s to 15m.", "status 2\n"),
                ]
                for (words, message, end) in cases {
                    let text = try await Self.drill(lab, words)
                    #expect(text.contains(message) && text.hasSuffix(end), "\(words): \(text)")
                }
                try await lab.smartfren.silenceUpstream()
                try await lab.health("down", of: Self.smartfren, daemon)
                let text = try await Self.drill(lab, "telkom --fault silent")
                #expect(text.contains("No other WAN is ready: smartfren is down: upstream silent."), "\(text)")
                #expect(try await Keeper.nft.rules(lab) == 0)
                #expect(try await daemon.events().allSatisfy { $0.kind != "drill" })
            }
        }

        @Test("as a user without privileges, but for the two that the service has")
        func unprivileged() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(), user: 65534)
                try await lab.ready(daemon)
                let text = try await Self.drill(lab, "telkom --fault silent --for 10s")
                #expect(text.hasSuffix("status 0\n"), "\(text)")
            }
        }
    }
}
