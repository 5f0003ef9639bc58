import Lab
import Testing

@Suite("What becomes of one TCP connection")
struct TCPSessionTests {
    private static func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }
    private static func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    @Test("the greeting may come in pieces, with an echo behind it")
    func greeting() {
        var session = TCPSession()
        session.heard(Self.bytes("203.0"))
        #expect(session.source == nil)
        session.sent(2, at: Self.at(1))
        session.heard(Self.bytes(".113.1\n.."))
        #expect(session.source == "203.0.113.1")
        #expect(session.answered == 1)
        #expect(session.unanswered.isEmpty)
    }

    @Test("a message counts as answered when all of it is back")
    func pieces() {
        var session = TCPSession()
        session.heard(Self.bytes("a\n"))
        session.sent(4, at: Self.at(1))
        session.sent(4, at: Self.at(2))
        session.heard(Self.bytes("..."))
        #expect(session.answered == 0)
        session.heard(Self.bytes(".."))
        #expect(session.answered == 1)
        #expect(session.unanswered == [Self.at(2)])
        session.heard(Self.bytes("..."))
        #expect(session.unanswered.isEmpty)
    }

    @Test("the time to its end counts from the first packet after the moment, not from one before it")
    func timeToBreak() {
        var session = TCPSession()
        session.wentOut(at: Self.at(1))
        session.heard(Self.bytes("a\n"))
        for time in [10, 20, 30] { session.wentOut(at: Self.at(Int64(time))) }
        #expect(session.timeToBreak(after: Self.at(0)) == nil)
        session.broke("reset", at: Self.at(35))
        session.wentOut(at: Self.at(36))
        #expect(session.timeToBreak(after: Self.at(0)) == .milliseconds(25))
        #expect(session.timeToBreak(after: Self.at(15)) == .milliseconds(15))
        #expect(session.timeToBreak(after: Self.at(31)) == nil)
    }
}

extension InNamespaces {
    @Suite("Bundles of sessions tell the truth")
    struct SessionTrafficTests {
        @Test("on a whole line no session loses anything, and each has ports of its own", arguments: IPFamily.allCases)
        func whole(family: IPFamily) async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let path = lab.client.path(over: family)
                let udp = try await path.udpSessions(20, packetsPerSecond: 20)
                let tcp = try await path.tcpSessions(40, every: .milliseconds(200))
                let download = try await path.download()
                #expect(try await lab.client.wayOut(over: family) != nil)
                let sessions = try await udp.stop()
                #expect(sessions.count == 20)
                let lost = sessions.reduce(0) { $0 + $1.lost }
                #expect(lost == 0)
                let sources = Set(sessions.flatMap { $0.there.sources.map(\.source) })
                let own: Set<String> =
                    family == .ipv4
                    ? [Addresses.telkom.address, Addresses.smartfren.address] : [Addresses.telkom.address6, Addresses.smartfren.address6]
                #expect(sources.isSubset(of: own) && !sources.isEmpty)
                let seen = Set(sessions.flatMap { $0.back?.sources.map(\.source) ?? [] })
                #expect(seen == sources)
                let connections = try await tcp.stop()
                #expect(connections.sessions.count == 40)
                #expect(connections.broken.isEmpty)
                let downloaded = try await download.stop()
                #expect(downloaded.broken == nil)
                #expect(own.contains(downloaded.source))
            }
        }

        @Test("what breaks and what is lost shows in the session that it happened to")
        func broken() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let udp = try await lab.client.path().udpSessions(5, packetsPerSecond: 20)
                let tcp = try await lab.client.path().tcpSessions(5, every: .milliseconds(50))
                // The server of the first UDP session is gone, and what has data in it (PSH) breaks a connection; what only acknowledges doesn't.
                let fault = try await lab.internet.node.timed(
                    """
                    iptables -w -A INPUT -p udp --dport 7001 -j DROP
                    iptables -w -A INPUT -p tcp --tcp-flags PSH PSH -j REJECT --reject-with tcp-reset
                    """)
                try await lab.eventually("a few packets were dropped") {
                    let counters = try await lab.internet.node.run(["iptables", "-w", "-nvxL", "INPUT"])
                    return counters.split(separator: "\n").contains { line in
                        line.contains("dpt:7001") && (Int(line.split(separator: " ")[0]) ?? 0) > 5
                    }
                }
                let sessions = try await udp.stop()
                let losing = sessions.map { $0.lost > 0 }
                #expect(losing == [true, false, false, false, false])
                let report = try await tcp.stop()
                #expect(report.broken.count == 5)
                for session in report.broken {
                    #expect(session.broken?.reason == "Connection reset by peer")
                    let time = try #require(session.timeToBreak(after: fault.began))
                    #expect(time >= .zero && time < .seconds(5))
                }
            }
        }

        @Test("from outside a client in the LAN answers by its port forward, and the router by itself", arguments: IPFamily.allCases)
        func inbound(family: IPFamily) async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let router = lab.inbound(by: Addresses.telkom, over: family)
                if family == .ipv4 { #expect(try await router.seenAs() != nil) }
                try await lab.router.forwardPorts(to: lab.client)
                // Without marks the answers go by the best route: telkom's.
                if family == .ipv4 {
                    #expect(try await lab.inbound(by: Addresses.telkom, to: lab.client, over: family).seenAs() != nil)
                    #expect(try await lab.inbound(by: Addresses.smartfren, to: lab.client, over: family).seenAs() == nil)
                } else {
                    // The two default routes have the same metric, so it is the kernel's choice which.
                    try await lab.router.node.shell("ip -6 route del default dev usb0")
                    #expect(try await lab.inbound(by: Addresses.telkom, to: lab.client, over: family).seenAs() != nil)
                }
            }
        }

        @Test("from one LAN to the other, and to the router, without any WAN", arguments: IPFamily.allCases)
        func betweenLANs(family: IPFamily) async throws {
            try await Lab.with(options: LabOptions(hasGuests: true)) { lab in
                try await lab.router.useStaticRoutes()
                let own = family == .ipv4 ? lab.client.address : lab.client.address6
                for path in [try lab.toGuest(over: family), lab.toRouter(over: family)] { #expect(try await path.seenAs() == own) }
            }
        }
    }
}
