import Lab
import Testing

extension InNamespaces {
    /// What a provider's line can be like, seen without a daemon.
    @Suite("The line of a provider, and what is behind it")
    struct LineTests {
        @Test("delay: each way so much, for clients and IPv6, not to the gateway; changed at run time; gone with its undo")
        func delay() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                try await lab.telkom.delay(.milliseconds(40))
                let time = try #require(try await lab.client.node.roundTrip(to: lab.internet.server))
                #expect(time >= 80 && time < 140, "\(time) ms")
                let gateway = try #require(try await lab.client.node.roundTrip(to: Addresses.telkom.gateway))
                #expect(gateway < 40, "\(gateway) ms to the gateway")
                let six = try #require(try await lab.router.node.roundTrip(to: Addresses.targets6[0], by: "eth0"))
                #expect(six >= 80 && six < 140, "\(six) ms by IPv6")
                let other = try #require(try await lab.router.node.roundTrip(to: Addresses.targets[0], by: "usb0"))
                #expect(other < 40, "\(other) ms by smartfren")
                try await lab.telkom.delay(.milliseconds(5))
                try await lab.eventually("the round trip is shorter") {
                    try await lab.client.node.roundTrip(to: lab.internet.server) ?? 99 < 40
                }
                #expect(try await lab.client.wayOut()?.name == "telkom")
                try await lab.telkom.delayNothing()
                #expect(try await lab.client.node.roundTrip(to: lab.internet.server) ?? 99 < 10)
                #expect(try await lab.client.wayOut()?.name == "telkom")
            }
        }

        @Test("a delayed line can fall silent, too, and a provider that delays still drops what isn't its customer's")
        func delayAndSilence() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                try await lab.telkom.delay(.milliseconds(10))
                try await lab.telkom.silenceUpstream()
                #expect(try await lab.client.wayOut() == nil)
                #expect(try await lab.client.node.canPing(Addresses.telkom.gateway))
                try await lab.telkom.restoreUpstream()
                #expect(try await lab.client.wayOut()?.name == "telkom")
                try await lab.router.flushNAT()
                #expect(try await !lab.client.node.canPing(Addresses.targets[0]))
                #expect(try await lab.telkom.spoofedPackets() == 1)
            }
        }

        @Test("bursts of loss: now nothing passes, now everything")
        func bursts() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                try await lab.telkom.loseBursts(of: .milliseconds(600), every: .milliseconds(600))
                for _ in 0..<2 {
                    try await lab.eventually("nothing passes") { try await !lab.client.node.canPing(lab.internet.server) }
                    try await lab.eventually("it passes") { try await lab.client.node.canPing(lab.internet.server) }
                }
                try await lab.telkom.delayNothing()
                #expect(try await lab.client.node.canPing(lab.internet.server, count: 5))
            }
        }

        @Test("flapping: silent, there, and again, and in order once it is over")
        func flapping() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                let flapping = try await lab.telkom.flap(period: .seconds(2))
                for _ in 0..<2 {
                    try await lab.eventually("nothing passes") { try await !lab.client.node.canPing(lab.internet.server) }
                    try await lab.eventually("it passes") { try await lab.client.node.canPing(lab.internet.server) }
                }
                try await flapping.stop()
                #expect(try await lab.client.node.canPing(lab.internet.server, count: 5))
            }
        }

        @Test("IPv6: both WANs lead to the Internet, and a silent upstream is silent")
        func six() async throws {
            try await Lab.with { lab in
                for (provider, isp) in [(Addresses.telkom, lab.telkom), (Addresses.smartfren, lab.smartfren)] {
                    for target in Addresses.targets6 + [Addresses.server6, provider.gateway6] {
                        #expect(try await lab.router.node.roundTrip(to: target, by: provider.interface) != nil)
                    }
                    try await isp.silenceUpstream()
                    #expect(try await lab.router.node.roundTrip(to: Addresses.targets6[0], by: provider.interface) == nil)
                    #expect(try await lab.router.node.roundTrip(to: provider.gateway6, by: provider.interface) != nil)
                    try await isp.restoreUpstream()
                    #expect(try await lab.router.node.roundTrip(to: Addresses.targets6[0], by: provider.interface) != nil)
                }
            }
        }

        @Test("a target that limits pings answers some of them, a dead one none, and both can be had back")
        func targets() async throws {
            try await Lab.with { lab in
                let target = Addresses.targets[0]
                for eachAsker in [true, false] {
                    try await lab.internet.limitPings(of: target, perSecond: 2, eachAsker: eachAsker)
                    let answered = try await lab.router.node.pingsAnswered(by: target, of: 20)
                    #expect((1...6).contains(answered), "\(answered) answers")
                    try await lab.internet.reviveTargets()
                    #expect(try await lab.router.node.pingsAnswered(by: target, of: 20) == 20)
                }
                try await lab.internet.killTarget(target)
                #expect(try await !lab.router.node.canPing(target))
                #expect(try await lab.router.node.canPing(Addresses.targets[1]))
                try await lab.internet.reviveTargets()
                #expect(try await lab.router.node.canPing(target))
            }
        }

        @Test("web server: its answer, refused without it, and somebody else's page behind a portal")
        func web() async throws {
            try await Lab.with { lab in
                try await lab.router.useStaticRoutes()
                #expect(try await lab.client.node.httpGet(lab.internet.server).contains("refused"))
                let server = try await lab.internet.startWebServer()
                #expect(try await lab.client.node.httpGet(lab.internet.server).hasPrefix("HTTP/1.1 204 "))
                let portal = try await lab.telkom.openPortal()
                let answer = try await lab.client.node.httpGet(lab.internet.server)
                #expect(answer.hasPrefix("HTTP/1.1 302 "))
                #expect(answer.contains("Location: http://portal.example/isolir\r\n"))
                try await portal.stop()
                #expect(try await lab.client.node.httpGet(lab.internet.server).hasPrefix("HTTP/1.1 204 "))
                try await server.stop()
                try await lab.internet.startWebServer(.init(status: 500, body: "broken\n"))
                let broken = try await lab.client.node.httpGet(lab.internet.server)
                #expect(broken.hasPrefix("HTTP/1.1 500 ") && broken.hasSuffix("\r\n\r\nbroken\n"))
            }
        }
    }
}

extension Node {
    /// In milliseconds; nil: no answer.
    fileprivate func roundTrip(to address: String, by interface: String? = nil) async throws -> Double? {
        let text = try await shell("ping -n -c 1 -W 0.4 \(interface.map { "-I \($0)" } ?? "") \(address) || true")
        guard let part = text.split(separator: " ").first(where: { $0.hasPrefix("time=") }) else { return nil }
        return Double(part.dropFirst(5))
    }

    /// Of so many, ten milliseconds apart.
    fileprivate func pingsAnswered(by address: String, of count: Int) async throws -> Int {
        let text = try await shell("ping -n -q -c \(count) -i 0.01 -W 0.3 \(address) || true")
        let words = text.split(separator: " ")
        guard let index = words.firstIndex(where: { $0.hasPrefix("received") }), index > 0, let answered = Int(words[index - 1]) else {
            return 0
        }
        return answered
    }

    /// The whole answer, or what the shell says of the connection.
    fileprivate func httpGet(_ address: String) async throws -> String {
        try await run([
            "bash", "-c",
            "exec 2>&1; exec 3<>/dev/tcp/\(address)/80 || exit 0; printf 'GET / HTTP/1.1\\r\\nHost: check.example\\r\\n\\r\\n' >&3; cat <&3",
        ])
    }
}
