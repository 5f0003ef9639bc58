import Lab
import Testing

extension BesideOthers {
    /// A backup that answers pings, and would be of no use.
    @Suite("uplinkd and the readiness of the WAN that stands by")
    struct ReadinessTests {
        private static let readiness = [
            "interval: 10s", "resolver: \(Addresses.targets[0])", "dns: \(Addresses.checkName)", "http: \"http://\(Addresses.checkName)/\"",
            "status: 204",
        ]

        private func story(_ story: (Lab, Daemon) async throws -> Void) async throws {
            try await Lab.with { lab in
                try await lab.internet.startResolver()
                try await lab.internet.startWebServer()
                let daemon = try await lab.startDaemon(.office(readiness: Self.readiness))
                try await lab.ready(daemon)
                try await lab.readiness(true, daemon)
                try await story(lab, daemon)
            }
        }

        @Test("an unpaid bill at the backup is told before it is needed, and so is that it is paid; nothing moves for it")
        func portal() async throws {
            try await story { lab, daemon in
                let portal = try await lab.smartfren.openPortal()
                try await lab.readiness(false, daemon)
                let told = try await daemon.events().filter { $0.kind == "readiness" }
                #expect(told.map(\.wan) == ["smartfren"])
                #expect(told.first?.message.contains("http://portal.example/isolir") == true, "\(told)")
                let text = try await daemon.control(["status"])
                #expect(text.contains("smartfren is not ready: "), "\(text)")
                let answer = try await daemon.control(["explain", "--if", "telkom=down"])
                #expect(answer.hasPrefix("Traffic would move from telkom to smartfren: "), "\(answer)")
                #expect(answer.contains("it isn't ready: http://check.example/ gave a wrong answer"), "\(answer)")
                try await portal.stop()
                try await lab.readiness(true, daemon)
                #expect(
                    try await daemon.events().filter { $0.kind == "readiness" }.last?.message == "smartfren is ready to take over again.")
                #expect(try await daemon.switches().isEmpty)
            }
        }

        @Test("a backup whose provider drops pings is proven by a name and a page, and used when telkom is dead")
        func droppedPings() async throws {
            try await Lab.with { lab in
                try await lab.smartfren.dropPings()
                try await lab.internet.startResolver()
                try await lab.internet.startWebServer()
                let daemon = try await lab.startDaemon(.office(readiness: Self.readiness))
                try await lab.ready(daemon)
                try await lab.readiness(true, daemon)
                try await lab.health("down", of: Addresses.smartfren, daemon)
                let text = try await daemon.control(["status"])
                #expect(text.contains("smartfren answers none of its targets, but a name and a page come by it"), "\(text)")
                #expect(try await daemon.switches().isEmpty)
                try await lab.telkom.silenceUpstream()
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.carries(Addresses.smartfren)
                #expect(try await daemon.control(["explain"]).contains("a name and a page have come by this one"))
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test(
            "the box's own resolver that answers by telkom alone is told before it is needed, and the backup stays ready; another one ends it"
        )
        func ownResolver() async throws {
            try await Lab.with { lab in
                try await lab.internet.startResolver()
                try await lab.internet.startResolver(at: 1)
                try await lab.internet.startWebServer()
                // As a provider's resolver is that answers its own customers only.
                try await lab.smartfren.node.shell("iptables -w -I FORWARD -p udp --dport 53 -d \(Addresses.targets[1]) -j DROP")
                let file = "\(lab.folder)/resolv.conf"
                try await Shell.run("echo nameserver \(Addresses.targets[1]) > \(file)")
                let daemon = try await lab.startDaemon(.office(readiness: Self.readiness))
                try await lab.ready(daemon)
                func codes() async throws -> [String?] { try await daemon.events().filter { $0.kind == "readiness" }.map(\.code) }
                try await lab.eventually("the silent resolver is told", within: .seconds(300)) { try await codes() == ["resolver-silent"] }
                try await lab.eventually("the backup is ready", within: .seconds(300)) {
                    try await daemon.status().wan(Addresses.smartfren)?.readiness?.ready == true
                }
                let text = try await daemon.control(["status"])
                #expect(text.contains("own resolver (\(Addresses.targets[1])) doesn't answer by smartfren"), "\(text)")
                #expect(text.contains("nameserver 1.1.1.1"), "\(text)")
                try await Shell.run("echo nameserver \(Addresses.targets[0]) > \(file)")
                try await lab.eventually("the problem is gone", within: .seconds(300)) {
                    try await !daemon.control(["status"]).contains("own resolver")
                }
                #expect(try await codes() == ["resolver-silent"])
                #expect(try await daemon.switches().isEmpty)
            }
        }

        @Test("a resolver that is silent by the backup alone is told before it is needed")
        func deadResolver() async throws {
            try await story { lab, daemon in
                _ = try await lab.smartfren.hijackDNS(.silent)
                try await lab.readiness(false, daemon)
                let told = try await daemon.events().filter { $0.kind == "readiness" }
                #expect(told.first?.message.contains("dns \(Addresses.targets[0]) check.example A wasn't answered") == true, "\(told)")
                #expect(try await daemon.switches().isEmpty)
            }
        }
    }
}

extension Lab {
    fileprivate func readiness(_ expected: Bool, _ daemon: Daemon) async throws {
        try await eventually("smartfren is \(expected ? "" : "not ")ready, and that is told", within: .seconds(90)) {
            guard try await daemon.status().wan(Addresses.smartfren)?.readiness?.ready == expected else { return false }
            let told = try await daemon.events().filter { $0.kind == "readiness" }.count
            return expected == told.isMultiple(of: 2)
        }
    }
}
