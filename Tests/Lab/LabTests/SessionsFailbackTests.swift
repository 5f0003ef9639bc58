import Lab
import Testing

extension InNamespaces {
    @Suite("Sessions at a failback")
    struct SessionsFailbackTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        /// Until smartfren carries everything because telkom's upstream is silent.
        private static func onBackup(_ lab: Lab, _ configuration: DaemonConfiguration, _ family: IPFamily) async throws -> Daemon {
            let daemon = try await lab.daemon(configuration, families: [family])
            try await lab.telkom.silenceUpstream()
            try await lab.carries(smartfren, over: family)
            return daemon
        }

        private static func back(_ lab: Lab, _ daemon: Daemon, _ family: IPFamily) async throws {
            try await lab.telkom.restoreUpstream()
            try await lab.selects(telkom, daemon)
            try await lab.carries(telkom, over: family)
        }

        @Test(
            "it interrupts nobody: what is open stays on the backup, and what is new takes the primary", arguments: IPFamily.allCases,
            FirewallBackend.allCases)
        func nobody(family: IPFamily, firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await Self.onBackup(lab, .office(firewall: firewall), family)
                let sessions = try await lab.client.path(over: family).everything()
                try await Self.back(lab, daemon, family)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.lost == 0)
                #expect(report.ways == [[Self.smartfren.source(over: family)]])
                #expect(report.tcp.broken.isEmpty)
                #expect(report.tcp.hanging.isEmpty)
                #expect(report.download.broken == nil)
                #expect(report.download.longestGapMilliseconds < 1000)
                #expect(report.download.source == Self.smartfren.source(over: family))
            }
        }

        @Test("the operator's word moves new sessions and leaves open ones alone, there and back")
        func operatorsWord() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(), families: [.ipv4])
                let sessions = try await lab.client.path().everything()
                try await daemon.control(["switch", "smartfren"])
                try await lab.selects(Self.smartfren, daemon)
                try await lab.carries(Self.smartfren)
                let others = try await lab.client.path().everything()
                try await daemon.control(["switch", "auto"])
                try await lab.selects(Self.telkom, daemon)
                try await lab.carries(Self.telkom)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.lost == 0)
                #expect(report.ways == [[Self.telkom.address]])
                #expect(report.tcp.broken.isEmpty)
                #expect(report.download.broken == nil)
                let other = try await others.stop()
                #expect(other.lost == 0)
                #expect(other.ways == [[Self.smartfren.address]])
                #expect(other.tcp.broken.isEmpty)
                #expect(other.download.broken == nil)
            }
        }

        @Test("the end of the drain moves what is left, and the event says how many", arguments: FirewallBackend.allCases)
        func drainEnd(firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await Self.onBackup(lab, .office(firewall: firewall, smartfren: ["drain: 3s"]), .ipv4)
                let sessions = try await lab.client.path().everything()
                try await Self.back(lab, daemon, .ipv4)
                try await lab.eventually("uplinkd has moved what was left") {
                    try await !lab.moved(from: Self.smartfren, daemon).isEmpty
                }
                try await lab.flows(by: lab.telkom)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.smartfren.address, Self.telkom.address]])
                // The one that was under way when its entry went, if any.
                #expect(report.lost <= 10)
                #expect(report.tcp.broken.count == 20)
                let told = try await lab.moved(from: Self.smartfren, daemon).compactMap { $0.details?["sessions"].flatMap(Int.init) }
                // 10 by UDP, 20 by TCP and the download; what looked for the way out may be among them.
                let count = told.reduce(0, +)
                #expect(count >= 31)
                #expect(count < 200)
            }
        }

        @Test("a class with a drain of its own: calls move at once, downloads stay")
        func classes() async throws {
            try await Lab.with { lab in
                let configuration = DaemonConfiguration.office(
                    smartfren: ["drain-classes: [{protocol: udp, ports: [5060, 10000-20000], drain: 0s}]"])
                let daemon = try await Self.onBackup(lab, configuration, .ipv4)
                let path = lab.client.path()
                let call = try await path.stream(packetsPerSecond: 50, port: 5060)
                let voice = try await path.stream(packetsPerSecond: 50, port: 15_000)
                let sessions = try await path.everything()
                try await Self.back(lab, daemon, .ipv4)
                try await lab.flows(by: lab.telkom)
                for moved in [try await call.stop(), try await voice.stop()] {
                    #expect(moved.there.sources.map(\.source) == [Self.smartfren.address, Self.telkom.address])
                    #expect(moved.lost <= 1)
                }
                let report = try await sessions.stop()
                #expect(report.lost == 0)
                #expect(report.ways == [[Self.smartfren.address]])
                #expect(report.tcp.broken.isEmpty)
                #expect(report.download.broken == nil)
            }
        }

        @Test("a backup that fails while it drains: what it had left moves")
        func failingBackup() async throws {
            try await Lab.with { lab in
                let daemon = try await Self.onBackup(lab, .office(), .ipv4)
                let sessions = try await lab.client.path().everything()
                try await Self.back(lab, daemon, .ipv4)
                try await lab.smartfren.silenceUpstream()
                try await lab.health("down", of: Self.smartfren, daemon)
                try await lab.eventually("uplinkd has moved what it had left") {
                    try await !lab.moved(from: Self.smartfren, daemon).isEmpty
                }
                try await lab.flows(by: lab.telkom)
                let report = try await sessions.stop()
                #expect(report.ways == [[Self.smartfren.address, Self.telkom.address]])
                #expect(report.tcp.broken.count == 20)
                #expect(try await daemon.status().selection.wan == "telkom")
            }
        }

        @Test("kill -9 and a new daemon: sessions on the backup go on as they were", arguments: FirewallBackend.allCases)
        func killed(firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await Self.onBackup(lab, .office(firewall: firewall), .ipv4)
                let sessions = try await lab.client.path().everything()
                try await Self.back(lab, daemon, .ipv4)
                try await daemon.kill9()
                try await lab.flows(by: lab.smartfren)
                try await daemon.restart()
                try await lab.ready(daemon)
                try await lab.flows(by: lab.smartfren)
                let report = try await sessions.stop()
                #expect(report.lost == 0)
                #expect(report.ways == [[Self.smartfren.address]])
                #expect(report.tcp.broken.isEmpty)
                #expect(report.download.broken == nil)
            }
        }

        @Test("a WAN put above the others, and another order of those: no packet lost, no session moved, no health begun anew")
        func renumbered() async throws {
            try await Lab.with { lab in
                let daemon = try await Self.onBackup(lab, .office(), .ipv4)
                let onBackup = try await lab.client.path().everything()
                try await Self.back(lab, daemon, .ipv4)
                let onFirst = try await lab.client.path().everything()
                let events = try await daemon.events().count
                // Whatever goes by the place in the file has three new numbers now.
                let file = "\(lab.folder)/uplinkd.yaml"
                try await lab.router.node.shell(
                    """
                    { echo 'wans:'; printf '  biznet:\\n    interface: eth9\\n    metric: 3\\n'
                      sed -n '/^  smartfren:/,/^probe:/p' \(file) | sed '$d'; sed -n '/^  telkom:/,/^  smartfren:/p' \(file) | sed '$d'
                      sed '/^wans:/,/^probe:/{/^probe:/!d}' \(file); } > \(file).new; mv \(file).new \(file)
                    """)
                let changes = try await daemon.control(["reload"])
                #expect(changes == "wans.biznet is new: eth9, metric 3\n")
                try await lab.flows(by: lab.smartfren)
                try await lab.flows(by: lab.telkom)
                let told = try await daemon.events().dropFirst(events).filter { event in
                    // A WAN whose health begins anew was nothing before.
                    ["selection", "sessions"].contains(event.kind)
                        || event.kind == "health" && event.wan != "biznet" && event.details?["was"] == nil
                }
                #expect(told.isEmpty, "\(told)")
                try await daemon.stop()
                try await daemon.restart()
                try await lab.ready(daemon)
                try await lab.flows(by: lab.smartfren)
                try await daemon.kill9()
                try await Shell.run("echo nonsense > \(lab.folder)/state.json")
                try await daemon.restart()
                try await lab.ready(daemon)
                try await lab.flows(by: lab.smartfren)
                for (report, provider) in [(try await onBackup.stop(), Self.smartfren), (try await onFirst.stop(), Self.telkom)] {
                    #expect(report.lost == 0)
                    #expect(report.ways == [[provider.address]])
                    #expect(report.tcp.broken.isEmpty)
                    #expect(report.tcp.hanging.isEmpty)
                    #expect(report.download.broken == nil)
                }
                #expect(try await lab.moved(from: Self.smartfren, daemon).isEmpty)
            }
        }
    }
}
