import Lab
import Testing

extension BesideOthers {
    /// Paths that pass pings and lose packets of full size.
    @Suite("uplinkd and packets of full size") struct PathSizeTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren
        private static let length = 300_000
        private static let targets = ["gateway"] + Addresses.targets

        /// How much of a page of 300 kB a client gets.
        private static func download(_ lab: Lab, over family: IPFamily) async throws -> Int {
            let server = family == .ipv4 ? Addresses.server : Addresses.server6
            let fetch =
                #"exec 3<>/dev/tcp/\#(server)/80; printf "GET /\#(length) HTTP/1.1\r\nHost: x\r\n\r\n" >&3; timeout 10 cat <&3 | wc -c"#
            let printed = try await lab.client.node.shell("timeout 20 bash -c '\(fetch)'")
            return Int(printed.filter { $0.isNumber }) ?? 0
        }

        /// Our rules for segments by that interface, in both directions.
        private static func clamps(_ lab: Lab, _ firewall: FirewallBackend, _ family: IPFamily, by interface: String) async throws
            -> [String]
        {
            let command =
                switch firewall {
                case .iptables: family == .ipv4 ? "iptables -t mangle -S UPLINKD_MSS" : "ip6tables -t mangle -S UPLINKD_MSS"
                case .nftables: "nft list chain inet uplinkd mss"
                }
            return try await lab.router.node.shell("\(command) 2>/dev/null || true").split(separator: "\n").map(String.init)
                .filter { $0.contains(interface) }
        }

        @Test(
            "a backup with a smaller MTU and a provider that is silent about it: after a failover a client's download comes, whole",
            arguments: FirewallBackend.allCases, IPFamily.allCases)
        func smallBackup(firewall: FirewallBackend, family: IPFamily) async throws {
            try await Lab.with { lab in
                try await lab.smartfren.shrinkPath(to: 1400, isInterface: true)
                try await lab.internet.startSpeedServer()
                let daemon = try await lab.startDaemon(.office(firewall: firewall))
                try await lab.ready(daemon)
                try await lab.telkom.cutCable()
                try await lab.carries(Self.smartfren, over: family)
                #expect(try await Self.download(lab, over: family) > Self.length)
            }
        }

        @Test("without the clamp nothing of it comes: that is what it is for")
        func withoutClamp() async throws {
            try await Lab.with { lab in
                try await lab.smartfren.shrinkPath(to: 1400, isInterface: true)
                try await lab.internet.startSpeedServer()
                let daemon = try await lab.startDaemon(.office(smartfren: ["mss: off"]))
                try await lab.ready(daemon)
                try await lab.telkom.cutCable()
                try await lab.carries(Self.smartfren)
                #expect(try await Self.download(lab, over: .ipv4) < 1000)
                try await lab.router.node.shell("sed -i 's/mss: off/mss: 1200/' \(lab.folder)/uplinkd.yaml")
                try await daemon.control(["reload"])
                try await lab.eventually("a download comes") { try await Self.download(lab, over: .ipv4) > Self.length }
                #expect(try await Self.clamps(lab, .iptables, .ipv4, by: "usb0").allSatisfy { $0.contains("1200") })
            }
        }

        @Test(
            "somebody deletes the rules for segments: they come back, before what others accept there", arguments: [IPTables.nft, .legacy])
        func kept(iptables: IPTables) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon(.office(iptables: iptables))
                try await lab.ready(daemon)
                for damage in ["-F UPLINKD_MSS", "-D FORWARD -p tcp --tcp-flags SYN,RST SYN -j UPLINKD_MSS", "-F", "-I FORWARD -j ACCEPT"] {
                    try await lab.router.node.shell("\(iptables.program) -w -t mangle \(damage)")
                    try await lab.eventually("all stands again after \(damage)", within: .seconds(60)) {
                        let text = try await lab.router.node.shell("\(iptables.program) -w -t mangle -S")
                        let lines = text.split(separator: "\n")
                        return lines.first { $0.hasPrefix("-A FORWARD") }?.hasSuffix("SYN -j UPLINKD_MSS") == true
                            && lines.count { $0.hasPrefix("-A UPLINKD_MSS") && $0.contains("TCPMSS --clamp-mss-to-pmtu") } == 4
                    }
                }
            }
        }

        @Test(
            "a path that loses packets of full size is found and told with what passes, and TCP keeps to that; and that it is over",
            arguments: zip(FirewallBackend.allCases, IPFamily.allCases))
        func lossyPath(firewall: FirewallBackend, family: IPFamily) async throws {
            try await Lab.with { lab in
                try await lab.telkom.shrinkPath(to: 1400)
                try await lab.internet.startSpeedServer()
                let targets = family == .ipv4 ? Self.targets : Self.targets + Addresses.targets6
                let daemon = try await lab.startDaemon(.office(firewall: firewall, targets: targets))
                try await lab.ready(daemon)
                try await lab.carries(Self.telkom, over: family)
                #expect(try await Self.download(lab, over: family) < 1000)
                let name = family == .ipv4 ? "IPv4" : "IPv6"
                try await lab.eventually("the fault is told", within: .seconds(120)) {
                    try await daemon.control(["status"]).contains("! telkom loses packets of \(name) of more than 1400 bytes")
                }
                let told = try await daemon.events().filter {
                    $0.kind == "path" && $0.details?["family"] == (family == .ipv4 ? "v4" : "v6")
                }
                #expect(told.map(\.wan) == ["telkom"])
                #expect(told.first?.details?["size"] == "1400" && told.first?.details?["mtu"] == "1500", "\(told)")
                #expect(try await daemon.control(["explain"]).contains("packets of \(name) of more than 1400 bytes are lost"))
                let segment = family == .ipv4 ? "1360" : "1340"
                try await lab.eventually("segments are as long as what passes") {
                    let rules = try await Self.clamps(lab, firewall, family, by: "eth0")
                    return rules.count { $0.contains(segment) } == 2
                }
                #expect(try await Self.download(lab, over: family) > Self.length)
                // It is no reason to move anybody.
                #expect(try await daemon.switches().isEmpty)
                #expect(try await daemon.status().wan(Self.telkom)?.health == "up")
                // Another size of the interface is looked at anew.
                try await lab.telkom.widenPath()
                try await lab.router.node.shell("ip link set eth0 mtu 1480")
                try await lab.eventually("that it is over is told", within: .seconds(120)) {
                    let isOver = try await daemon.events().contains {
                        $0.kind == "path" && $0.message.contains("\(name) of full size pass again")
                    }
                    let status = try await daemon.control(["status"])
                    return isOver && !status.contains("loses packets of \(name)")
                }
            }
        }

        @Test("a path by which routers say that less passes is no fault, and TCP keeps to it", arguments: IPFamily.allCases)
        func told(family: IPFamily) async throws {
            try await Lab.with { lab in
                try await lab.telkom.node.shell("ip link set core mtu 1400")
                let targets = family == .ipv4 ? Self.targets : Self.targets + Addresses.targets6
                let daemon = try await lab.startDaemon(.office(targets: targets))
                try await lab.ready(daemon)
                let name = family == .ipv4 ? "v4" : "v6"
                try await lab.eventually("it is told", within: .seconds(60)) {
                    try await daemon.events().contains {
                        $0.kind == "path" && $0.details?["family"] == name
                            && $0.message.contains("of up to 1400 bytes pass, as a router says")
                    }
                }
                try await lab.eventually("segments are as long as what passes") {
                    try await Self.clamps(lab, .iptables, family, by: "eth0").count { $0.contains(family == .ipv4 ? "1360" : "1340") } == 2
                }
                #expect(try await !daemon.control(["status"]).contains("! telkom"))
            }
        }

        @Test("targets that refuse long pings are no fault of any path, one of them or all", arguments: [1, 3])
        func refusingTargets(count: Int) async throws {
            try await Lab.with { lab in
                for target in Addresses.targets.prefix(count) { try await lab.internet.refuseLongPings(of: target, over: 1000) }
                let daemon = try await lab.startDaemon(.office())
                try await lab.ready(daemon)
                // Where all refuse, each WAN's question ends in a search, and that in no verdict; where one does, with another one's answer.
                let refusals = count == 1 ? 1 : 10
                var counted = (counters: [Int](), since: Moment.now)
                try await lab.eventually("long pings have been refused, and no more are sent", within: .seconds(120)) {
                    let rules = try await lab.internet.node.shell("iptables -w -nvxL INPUT").split(separator: "\n").dropFirst(2)
                    let counters = rules.map { Int($0.split(separator: " ").first ?? "") ?? 0 }
                    if counters != counted.counters { counted = (counters, .now) }
                    return counters.count == count && counters.allSatisfy { $0 >= refusals } && .now - counted.since > .seconds(8)
                }
                #expect(try await !daemon.events().contains { $0.kind == "path" })
                #expect(try await !daemon.control(["status"]).contains("loses packets"))
            }
        }

        @Test("a page whose packets of full size are lost is no proof of a WAN that stands by, and that is told")
        func proof() async throws {
            try await Lab.with { lab in
                try await lab.smartfren.shrinkPath(to: 1400)
                try await lab.internet.startSpeedServer()
                let daemon = try await lab.startDaemon(
                    .office(
                        smartfren: ["mss: off"],
                        readiness: ["interval: 10s", "dns: none", "http: \"http://\(Addresses.server)/20000\"", "status: 200"]))
                try await lab.ready(daemon)
                try await lab.eventually("smartfren isn't ready, and why", within: .seconds(90)) {
                    try await daemon.events().contains {
                        $0.kind == "readiness" && $0.wan == "smartfren" && $0.message.contains("packets of full size may be lost")
                    }
                }
                try await lab.router.node.shell("sed -i 's/mss: off/mss: 1300/' \(lab.folder)/uplinkd.yaml")
                try await daemon.control(["reload"])
                try await lab.eventually("it is ready", within: .seconds(90)) {
                    try await daemon.status().wan(Self.smartfren)?.readiness?.ready == true
                }
            }
        }
    }
}
