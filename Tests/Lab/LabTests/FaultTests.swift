import Lab
import Testing

extension InNamespaces {
    /// What each fault is, seen without a daemon: static routes, so that whatever happens is the kernel's doing or the fault's.
    @Suite("Each fault does what it says, and its undo brings things back")
    struct FaultTests {
        private func story(_ story: (Lab) async throws -> Void) async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                try await story(lab)
            }
        }

        @Test("cable cut: no carrier, the address stays, the kernel takes the other route")
        func cable() async throws {
            try await story { lab in
                let stream = try await lab.client.stream()
                try await lab.eventually("the stream flows") { try await lab.client.wayOut()?.name == "telkom" }
                let fault = try await lab.telkom.cutCable()
                #expect(try await lab.router.node.run(["cat", "/sys/class/net/eth0/carrier"]) == "0\n")
                #expect(try await lab.router.node.run(["ip", "address", "show", "eth0"]).contains(Addresses.telkom.address))
                #expect(try await lab.client.wayOut()?.name == "smartfren")
                try await lab.telkom.plugCable()
                try await lab.eventually("telkom again") { try await lab.client.wayOut()?.name == "telkom" }
                let report = try await stream.stop()
                let moved = try #require(report.there.firstFromElsewhere(after: fault.began))
                #expect(moved.source == Addresses.smartfren.address)
                #expect(report.there.sources.map(\.source) == [Addresses.telkom, Addresses.smartfren, Addresses.telkom].map(\.address))
                // A masqueraded session costs a packet or two at each change of interface.
                #expect(report.lost < 20)
            }
        }

        @Test("upstream silent: the gateway answers, nothing beyond it does, and nobody says so")
        func upstream() async throws {
            try await story { lab in
                try await lab.telkom.silenceUpstream()
                #expect(try await lab.client.node.canPing(Addresses.telkom.gateway))
                let ping = try await lab.client.node.shell("ping -n -c 2 -i 0.1 -W 0.4 \(lab.internet.server) || true")
                #expect(ping.contains(" 0 received"))
                #expect(!ping.contains("errors") && !ping.contains("nreachable"))
                #expect(try await lab.client.wayOut() == nil)
                try await lab.telkom.restoreUpstream()
                #expect(try await lab.client.wayOut()?.name == "telkom")
            }
        }

        @Test("gateway dead: no ping, no ARP, and the carrier stays")
        func gateway() async throws {
            try await story { lab in
                try await lab.telkom.killGateway()
                #expect(try await !lab.router.node.canPing(Addresses.telkom.gateway))
                #expect(try await lab.client.wayOut() == nil)
                #expect(try await lab.router.node.run(["cat", "/sys/class/net/eth0/carrier"]) == "1\n")
                try await lab.router.node.run(["ip", "neigh", "flush", "dev", "eth0"])
                _ = try await lab.router.node.canPing(Addresses.telkom.gateway)
                try await lab.eventually("ARP for the gateway fails") {
                    try await lab.router.node.run(["ip", "neigh", "show", Addresses.telkom.gateway]).contains("FAILED")
                }
                try await lab.telkom.reviveGateway()
                try await lab.eventually("telkom again") { try await lab.client.wayOut()?.name == "telkom" }
            }
        }

        @Test("loss: about as much as was asked for, each way", arguments: [Direction.up, .down, .both])
        func loss(direction: Direction) async throws {
            try await story { lab in
                try await lab.telkom.lose(percent: 50, direction)
                let stream = try await lab.client.stream(packetsPerSecond: 1000)
                try await lab.eventually("a thousand packets are out") {
                    try await lab.telkom.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > 1000
                }
                let report = try await stream.stop()
                let expected = direction == .both ? 0.75 : 0.5
                let lost = Double(report.lost) / Double(report.sent)
                #expect(abs(lost - expected) < 0.1, "lost \(lost) instead of \(expected)")
                let lostThere = Double(report.lostThere) / Double(report.sent)
                #expect(abs(lostThere - (direction == .down ? 0 : 0.5)) < 0.1, "lost \(lostThere) on the way there")
                try await lab.telkom.loseNothing()
                #expect(try await lab.client.node.canPing(lab.internet.server, count: 5))
                #expect(try await !lab.telkom.node.run(["iptables", "-t", "mangle", "-S"]).contains("statistic"))
            }
        }

        @Test("modem unplugged and replugged: gone with its routes, back with another index and its lease", arguments: [nil, 0])
        func modem(metric: Int?) async throws {
            try await story { lab in
                let index = try await lab.router.interfaceIndex("usb0")
                try await lab.smartfren.unplugModem()
                #expect(try await lab.router.defaultRoutes().map(\.dev) == ["eth0"])
                await #expect(throws: (any Error).self) { try await lab.router.interfaceIndex("usb0") }
                try await lab.smartfren.replugModem(metric: metric)
                #expect(try await lab.router.interfaceIndex("usb0") != index)
                let back = try await lab.router.defaultRoutes().first { $0.dev == "usb0" }
                let route = try #require(back)
                #expect(route.metric ?? 0 == metric ?? 200)
                #expect(route.protocol == "16")
                #expect(try await lab.router.node.canPing(Addresses.smartfren.gateway))
                #expect(try await lab.smartfren.node.run(["cat", "/proc/sys/net/ipv4/conf/wan/rp_filter"]) == "1\n")
            }
        }

        @Test("gateway changed by DHCP: the old one is dead, the route leads to the new one")
        func dhcp() async throws {
            try await story { lab in
                _ = try await lab.router.node.canPing(Addresses.telkom.gateway)
                try await lab.telkom.moveGateway(renew: false)
                #expect(try await !lab.router.node.canPing(Addresses.telkom.gateway))
                #expect(try await lab.client.wayOut() == nil)
                try await lab.telkom.renewLease(gateway: Addresses.telkom.otherGateway)
                #expect(try await lab.router.defaultRoutes().first?.gateway == Addresses.telkom.otherGateway)
                #expect(try await lab.client.wayOut()?.name == "telkom")
                try await lab.telkom.moveGatewayBack()
                #expect(try await lab.router.defaultRoutes().map(\.gateway) == [Addresses.telkom.gateway, Addresses.smartfren.gateway])
                #expect(try await lab.client.wayOut()?.name == "telkom")
            }
        }

        @Test("iptables -t nat -F: new sessions don't get out until the rules are back", arguments: IPTables.allCases)
        func flush(variant: IPTables) async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes(variant)
                #expect(try await lab.client.wayOut()?.name == "telkom")
                try await lab.router.flushNAT(variant)
                let policies = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"].map { "-P \($0) ACCEPT" }
                #expect(try await lab.router.natRules(variant) == policies)
                #expect(try await lab.client.wayOut() == nil)
                try await lab.router.masquerade(variant)
                #expect(try await lab.client.wayOut()?.name == "telkom")
            }
        }

        @Test("new sessions show how long masquerade was missing")
        func flushMeasured() async throws {
            try await story { lab in
                let sessions = try await lab.client.newSessions(perSecond: 1000)
                try await lab.eventually("sessions arrive") { try await lab.client.wayOut() != nil }
                let fault = try await lab.router.flushNAT()
                try await lab.router.masquerade(.nft)
                let back = Moment.now
                try await lab.eventually("sessions arrive again") { try await lab.client.wayOut() != nil }
                let report = try await sessions.stop()
                let gap = try #require(report.there.longestGap)
                #expect(gap.from > fault.began && gap.from < fault.ended + .milliseconds(5))
                #expect(gap.to < back + .milliseconds(20))
                #expect(report.lostThere > 0)
            }
        }

        @Test("ip route del: the other WAN's route is left")
        func routeDeleted() async throws {
            try await story { lab in
                try await lab.router.deleteDefaultRoute(by: Addresses.telkom)
                #expect(try await lab.router.defaultRoutes().map(\.dev) == ["usb0"])
                #expect(try await lab.client.wayOut()?.name == "smartfren")
            }
        }

        @Test("ip route add default … metric 0 beats every other, until it is taken back")
        func routeAdded() async throws {
            try await story { lab in
                try await lab.router.addDefaultRoute(by: Addresses.smartfren)
                #expect(try await lab.client.wayOut()?.name == "smartfren")
                try await lab.router.removeAddedDefaultRoute(by: Addresses.smartfren)
                #expect(try await lab.client.wayOut()?.name == "telkom")
            }
        }
    }
}

extension String {
    /// From /proc/net/dev.
    func packetsReceived(by interface: String) -> Int {
        for line in split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "\(interface):", words.count > 2, let count = Int(words[2]) { return count }
        }
        return 0
    }
}
