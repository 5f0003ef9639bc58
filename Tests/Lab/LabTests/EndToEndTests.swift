import Lab
import Testing

extension InNamespaces {
    /// The daemon itself, one fault a test.
    @Suite("uplinkd in the lab")
    struct EndToEndTests {
        @Test("cable cut: sessions go by smartfren, and come back", arguments: When.allCases, DHCPMetrics.allCases)
        func cable(when: When, metrics: DHCPMetrics) async throws {
            try await EndToEnd.story(when, options: LabOptions(metrics: metrics)) { lab in
                try await lab.telkom.cutCable()
            } then: { lab, daemon in
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.health("no-carrier", of: Addresses.telkom, daemon)
                try await lab.carries(Addresses.smartfren)
                try await lab.telkom.plugCable()
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test(
            "upstream silent while the gateway answers: sessions go by smartfren, and come back", arguments: When.allCases,
            DHCPMetrics.allCases)
        func upstream(when: When, metrics: DHCPMetrics) async throws {
            try await EndToEnd.story(when, options: LabOptions(metrics: metrics)) { lab in
                try await lab.telkom.silenceUpstream()
            } then: { lab, daemon in
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.health("down", of: Addresses.telkom, daemon)
                try await lab.carries(Addresses.smartfren)
                try await lab.telkom.restoreUpstream()
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test("a running session survives a silent upstream: the same ports, the other WAN")
        func session() async throws {
            try await Lab.with(options: LabOptions(isEverythingMasqueraded: false)) { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let stream = try await lab.client.stream()
                try await lab.eventually("the stream flows") {
                    try await lab.telkom.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > 200
                }
                let fault = try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                let report = try await stream.stop()
                let moved = try #require(report.there.firstFromElsewhere(after: fault.began))
                #expect(moved.source == Addresses.smartfren.address)
                #expect(moved.time - fault.began < .seconds(5))
                #expect(report.back?.sources.last?.source == Addresses.smartfren.address)
            }
        }

        @Test("gateway dead: sessions go by smartfren, and come back", arguments: When.allCases)
        func gateway(when: When) async throws {
            try await EndToEnd.story(when) { lab in
                try await lab.telkom.killGateway()
            } then: { lab, daemon in
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.health("down", of: Addresses.telkom, daemon)
                try await lab.carries(Addresses.smartfren)
                try await lab.telkom.reviveGateway()
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test("modem unplugged and replugged: it is absent, and then of use again", arguments: When.allCases, [nil, 0])
        func modem(when: When, metric: Int?) async throws {
            try await EndToEnd.story(when) { lab in
                try await lab.smartfren.unplugModem()
            } then: { lab, daemon in
                try await lab.health("absent", of: Addresses.smartfren, daemon)
                try await lab.carries(Addresses.telkom)
                try await lab.smartfren.replugModem(metric: metric)
                try await lab.health("up", of: Addresses.smartfren, daemon)
                try await lab.carries(Addresses.telkom)
                try await lab.telkom.cutCable()
                try await lab.carries(Addresses.smartfren)
            }
        }

        @Test("gateway changed by DHCP: the daemon's route follows", arguments: When.allCases)
        func dhcp(when: When) async throws {
            try await EndToEnd.story(when) { lab in
                try await lab.telkom.moveGateway()
            } then: { lab, daemon in
                try await lab.eventually("uplinkd knows the new gateway") {
                    try await daemon.status().wan(Addresses.telkom)?.gateway == Addresses.telkom.otherGateway
                }
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
                try await lab.eventually("the route of ours leads there") {
                    try await lab.routesOfOurs().filter { $0.dev == "eth0" }.map(\.gateway) == [Addresses.telkom.otherGateway]
                }
            }
        }

        @Test("iptables -t nat -F: masquerade comes back by itself", arguments: When.allCases, IPTables.allCases)
        func flush(when: When, variant: IPTables) async throws {
            try await EndToEnd.story(when, configuration: .office(iptables: variant), toItsOwn: true) { lab in
                try await lab.router.flushNAT(variant)
            } then: { lab, daemon in
                try await lab.eventually("the jump to UPLINKD_NAT is back") {
                    try await lab.router.natRules(variant).contains("-A POSTROUTING -j UPLINKD_NAT")
                }
                try await lab.ready(daemon)
            }
        }

        @Test("ip route del of the daemon's own route: it comes back", arguments: When.allCases)
        func routeDeleted(when: When) async throws {
            try await EndToEnd.story(when, toItsOwn: true) { lab in
                try await lab.router.deleteDefaultRoute(by: Addresses.telkom)
            } then: { lab, daemon in
                try await lab.eventually("both routes of ours are there") {
                    try await lab.routesOfOurs().map { "\($0.dev) \($0.metric ?? 0)" } == ["eth0 1", "usb0 2"]
                }
                try await lab.ready(daemon)
            }
        }

        @Test("ip route add default … metric 0 by the other WAN: it doesn't win", arguments: When.allCases)
        func routeAdded(when: When) async throws {
            try await EndToEnd.story(when) { lab in
                try await lab.router.addDefaultRoute(by: Addresses.smartfren)
            } then: { lab, daemon in
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.eventually("the daemon's route is the best") {
                    try await lab.router.defaultRoutes().first?.isOurs == true
                }
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test("kill -9 and a new start: nobody notices, and nothing is there twice")
        func killed() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let routes = try await lab.router.defaultRoutes()
                let rules = try await lab.router.natRules()
                let stream = try await lab.client.stream()
                try await daemon.kill9()
                #expect(try await lab.client.wayOut()?.name == "telkom")
                #expect(try await lab.router.defaultRoutes() == routes)
                try await daemon.restart()
                try await lab.ready(daemon)
                #expect(try await lab.router.defaultRoutes() == routes)
                #expect(try await lab.router.natRules() == rules)
                #expect(try await stream.stop().lost == 0)
            }
        }

        @Test("cable cut while the daemon is dead: the kernel fails over, and the next daemon agrees")
        func cutWhileDead() async throws {
            try await Lab.with { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                try await daemon.kill9()
                let stream = try await lab.client.stream()
                try await lab.telkom.cutCable()
                #expect(try await lab.client.wayOut()?.name == "smartfren")
                #expect(try await stream.stop().lost < 20)
                try await daemon.restart()
                try await lab.selects(Addresses.smartfren, daemon)
                try await lab.carries(Addresses.smartfren)
            }
        }

        @Test("as a user with two capabilities: everything works", arguments: [UInt32(65534)])
        func unprivileged(user: UInt32) async throws {
            try await Lab.with(options: LabOptions(isEverythingMasqueraded: false)) { lab in
                let daemon = try await lab.startDaemon(.office(iptables: .nft), user: user)
                try await lab.ready(daemon)
                try await lab.telkom.silenceUpstream()
                try await lab.carries(Addresses.smartfren)
                try await lab.router.flushNAT(.nft)
                try await lab.carries(Addresses.smartfren)
            }
        }
    }
}
