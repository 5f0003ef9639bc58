import Lab
import Testing

extension InNamespaces {
    @Suite("Clients that only receive are told") struct TellingTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        /// What the daemon told of clients of telkom's, all of it together.
        private static func told(_ lab: Lab, _ daemon: Daemon) async throws -> (told: Int, answered: Int)? {
            let events = try await daemon.events().compactMap { $0.wan == telkom.name ? $0.details : nil }.filter { $0["told"] != nil }
            guard !events.isEmpty else { return nil }
            func sum(_ name: String) -> Int { events.compactMap { $0[name].flatMap { Int($0) } }.reduce(0, +) }
            return (sum("told"), sum("answered"))
        }

        @Test(
            "a download is reset at once, though its client has nothing to say; on the other WAN none is", arguments: IPFamily.allCases,
            FirewallBackend.allCases)
        func download(family: IPFamily, firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall))
                try await daemon.control(["switch", "smartfren"])
                try await lab.carries(Self.smartfren, over: family)
                let other = try await lab.client.path(over: family).download()
                try await daemon.control(["switch", "auto"])
                try await lab.carries(Self.telkom, over: family)
                let download = try await lab.client.path(over: family).download()
                let fault = try await lab.telkom.silenceUpstream()
                try await lab.carries(Self.smartfren, over: family)
                try await lab.eventually("somebody was told, and answered") {
                    guard let told = try await Self.told(lab, daemon) else { return false }
                    return told == (1, 1)
                }
                let report = try await download.stop()
                let broken = try #require(report.broken)
                #expect(broken.reason == "Connection reset by peer")
                #expect(broken.time - fault.ended < .seconds(5))
                #expect(try await other.stop().broken == nil)
            }
        }

        /// The kernel deletes what was masqueraded by an interface that goes, and leaves nothing to be swept: an unplugged modem.
        @Test(
            "a download is reset when its WAN's interface is set down or goes, with which the kernel deletes the session by itself",
            arguments: ["ip link set eth0 down", "ip link del eth0"], FirewallBackend.allCases)
        func interfaceGone(command: String, firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall))
                let download = try await lab.client.path().download()
                let began = Moment.now
                try await lab.router.node.shell(command)
                try await lab.carries(Self.smartfren)
                try await lab.eventually("somebody was told, and answered") { try await Self.told(lab, daemon)?.answered == 1 }
                let broken = try #require(try await download.stop().broken)
                #expect(broken.reason == "Connection reset by peer" && broken.time - began < .seconds(10))
            }
        }

        /// What the firewalls of computers let in, as far as it matters here. INVALID is dropped by both.
        private static let filters = [
            "ufw": """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -i lo -j ACCEPT
            -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A INPUT -m conntrack --ctstate INVALID -j DROP
            -A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT
            COMMIT
            """,
            "firewalld": """
            table inet firewalld {
                chain filter_INPUT {
                    type filter hook input priority 10; policy accept;
                    ct state { established, related } accept
                    iifname "lo" accept
                    ct state invalid drop
                    reject with icmpx admin-prohibited
                }
            }
            """,
        ]

        @Test("a client behind a firewall of its own hears of it, too", arguments: ["ufw", "firewalld"])
        func filtered(filter: String) async throws {
            try await Lab.with { lab in
                let program = filter == "ufw" ? "iptables-restore" : "nft -f -"
                try await lab.client.node.shell("\(program) <<'END'\n\(Self.filters[filter] ?? "")\nEND")
                let daemon = try await lab.daemon(.office(), families: [.ipv4])
                let download = try await lab.client.path().download()
                try await lab.telkom.silenceUpstream()
                try await lab.eventually("it was told, and answered") {
                    guard let told = try await Self.told(lab, daemon) else { return false }
                    return told == (1, 1)
                }
                #expect(try await download.stop().broken?.reason == "Connection reset by peer")
            }
        }

        @Test("a client behind another router of the LAN hears of it by that one")
        func behindRouter() async throws {
            try await Lab.with(clients: 2) { lab in
                let (router, inner) = (lab.clients[1], "10.77.0.5")
                try await router.node.shell(
                    "ip address add \(inner)/32 dev lo; ip route replace default via \(Addresses.routerLAN) src \(inner)")
                try await lab.router.node.shell("ip route add 10.77.0.0/24 via \(router.address)")
                let daemon = try await lab.daemon(.office(), families: [.ipv4])
                let download = try await router.path().download()
                #expect(try await !lab.conntrack("-p tcp -s \(inner)").isEmpty)
                try await lab.telkom.silenceUpstream()
                try await lab.eventually("it was told, and answered") {
                    guard let told = try await Self.told(lab, daemon) else { return false }
                    return told == (1, 1)
                }
                #expect(try await download.stop().broken?.reason == "Connection reset by peer")
            }
        }

        @Test("a thousand idle connections are told within seconds", arguments: FirewallBackend.allCases)
        func thousand(firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall), families: [.ipv4])
                let sessions = try await lab.client.path().tcpSessions(1000, every: .seconds(6000))
                try await lab.telkom.silenceUpstream()
                try await lab.eventually("all were told, and answered") {
                    guard let told = try await Self.told(lab, daemon) else { return false }
                    return told.answered >= 990
                }
                let report = try await sessions.stop()
                #expect(report.broken.count == 1000)
                #expect(Set(report.broken.compactMap(\.broken?.reason)) == ["Connection reset by peer"])
            }
        }

        @Test("the end of a drain tells, too")
        func drained() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(smartfren: ["drain: 3s"]), families: [.ipv4])
                try await daemon.control(["switch", "smartfren"])
                try await lab.carries(Self.smartfren)
                let download = try await lab.client.path().download()
                try await daemon.control(["switch", "auto"])
                try await lab.carries(Self.telkom)
                try await lab.eventually("it was told, and answered") {
                    try await daemon.events().contains { $0.wan == Self.smartfren.name && $0.details?["answered"] == "1" }
                }
                #expect(try await download.stop().broken?.reason == "Connection reset by peer")
            }
        }

        @Test("sockets of the box itself are ended, in both families", arguments: IPFamily.allCases)
        func own(family: IPFamily) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office())
                let download = try await lab.fromRouter(over: family).download()
                try await lab.telkom.silenceUpstream()
                try await lab.eventually("it was ended") {
                    try await daemon.events().contains { $0.wan == Self.telkom.name && $0.details?["own"] == "1" }
                }
                #expect(try await download.stop().broken?.reason == "Software caused connection abort")
            }
        }

        @Test("an administrator's conntrack -F on a box that is well breaks nobody", arguments: FirewallBackend.allCases)
        func flushed(firewall: FirewallBackend) async throws {
            // What a session is without its entry until it begins anew in the middle, goes out as it is.
            try await Lab.with { lab in
                _ = try await lab.daemon(.office(firewall: firewall), families: [.ipv4])
                let sessions = try await lab.client.path().everything()
                try await lab.router.node.shell("conntrack -F 2>/dev/null")
                try await lab.flows(by: lab.telkom)
                let report = try await sessions.stop()
                #expect(report.tcp.broken.isEmpty)
                #expect(report.download.broken == nil)
            }
        }

        @Test("with tell-clients off nobody is told, and the rules have no room for it", arguments: FirewallBackend.allCases)
        func off(firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall, top: ["tell-clients: off"]), families: [.ipv4])
                let sessions = try await lab.client.path().everything()
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Self.smartfren)
                try await lab.eventually("uplinkd has moved sessions") { try await !lab.moved(from: Self.telkom, daemon).isEmpty }
                try await lab.flows(by: lab.smartfren)
                #expect(try await Self.told(lab, daemon) == nil)
                let rules = try await lab.router.node.shell("iptables-save; nft list ruleset")
                #expect(!rules.contains("UPLINKD_TELL") && !rules.contains("told4"))
                #expect(try await sessions.stop().download.broken == nil)
            }
        }
    }
}
