import Lab

/// What one switch did to a client's sessions.
private struct SessionScene {
    var udp: [UDPStreamReport]
    var tcp: TCPSessionsReport
    /// When the fault, or its end, was made.
    var began: Moment
    var decided: Moment
    /// When the kernel gave notice of the new route.
    var noticed: Moment
}

extension Series {
    private static let udpCount = 50
    private static let tcpCount = 200
    private static let packetsPerSecond = 50
    /// Milliseconds.
    private static let packetInterval = 1000.0 / Double(packetsPerSecond)
    private static let resetAim = 250.0
    private static let messages = Duration.milliseconds(500)

    /// Failback: nobody notices. Failover: everybody moves at once.
    func sessions() async throws {
        let programs = try options.programs ?? Programs()
        for backend in FirewallBackend.allCases {
            guard try await backend.isKnown(to: programs) else {
                printLine("Sessions, firewall \(backend.rawValue): this uplinkd doesn't know it, left out")
                continue
            }
            for family in IPFamily.allCases {
                printLine(
                    "\(Self.udpCount) UDP sessions (\(Self.packetsPerSecond) packets a second each) and \(Self.tcpCount) TCP connections, \(family.rawValue), firewall \(backend.rawValue):"
                )
                var back: [SessionScene] = []
                var over: [SessionScene] = []
                for _ in 0..<count {
                    back.append(try await failback(backend, family))
                    over.append(try await failover(backend, family))
                }
                showFailback(back)
                showFailover(over)
            }
        }
    }

    private func failback(_ backend: FirewallBackend, _ family: IPFamily) async throws -> SessionScene {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(firewall: backend))
            try await lab.ready(daemon)
            try await lab.telkom.silenceUpstream()
            try await lab.carries(Addresses.smartfren, over: family)
            let index = try await lab.router.interfaceIndex(Addresses.telkom.interface)
            let watch = try await lab.router.watchRoutes()
            let (udp, tcp) = try await start(lab, family)
            let fault = try await lab.telkom.restoreUpstream()
            var decided: Moment?
            try await lab.eventually("telkom's route is back") {
                decided = try watch.changes().first { $0.isAdded && $0.interfaceIndex == index && $0.metric < 1000 }?.time
                return decided != nil
            }
            try await lab.carries(Addresses.telkom, over: family)
            // Each connection has something to say in this time.
            try await Task.sleep(for: Self.messages * 3)
            guard let decided else { throw LabError("no change of a route") }
            return SessionScene(
                udp: try await udp.stop(), tcp: try await tcp.stop(), began: fault.began, decided: decided, noticed: decided)
        }
    }

    private func failover(_ backend: FirewallBackend, _ family: IPFamily) async throws -> SessionScene {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(firewall: backend))
            try await lab.ready(daemon)
            let index = try await lab.router.interfaceIndex(Addresses.telkom.interface)
            let watch = try await lab.router.watchRoutes()
            try await lab.carries(Addresses.telkom, over: family)
            let (udp, tcp) = try await start(lab, family)
            try await Task.sleep(for: .milliseconds(Int.random(in: 300...1300)))
            let fault = try await lab.telkom.silenceUpstream()
            let left = try await lab.left(index, after: fault.began, watch)
            try await Task.sleep(for: Self.messages * 3 + .seconds(1))
            // The kernel's notice comes after the decision, by as much as the daemon took to tell it.
            let applied = try await daemon.selectionsApplied().last ?? 0
            return SessionScene(
                udp: try await udp.stop(), tcp: try await tcp.stop(), began: fault.began,
                decided: left + .nanoseconds(-Int64(applied * 1000)),
                noticed: left)
        }
    }

    private func start(_ lab: Lab, _ family: IPFamily) async throws -> (UDPSessionsHandle, TrafficHandle<TCPSessionsReport>) {
        let path = lab.client.path(over: family)
        let tcp = try await path.tcpSessions(Self.tcpCount, every: Self.messages)
        return (try await path.udpSessions(Self.udpCount, packetsPerSecond: Self.packetsPerSecond), tcp)
    }

    private func showFailback(_ scenes: [SessionScene]) {
        let lost = scenes.map { scene in scene.udp.reduce(0) { $0 + $1.lost } }
        let moved = scenes.map { scene in scene.udp.count { $0.there.sources.count > 1 } }
        let broken = scenes.map(\.tcp.broken.count)
        let hanging = scenes.map(\.tcp.hanging.count)
        show("  failback: UDP packets lost", lost.map(Double.init), "", aim: lost.allSatisfy { $0 == 0 }, "0")
        show("    UDP sessions moved", moved.map(Double.init), "", aim: moved.allSatisfy { $0 == 0 }, "0")
        show("    TCP connections broken", broken.map(Double.init), "", aim: broken.allSatisfy { $0 == 0 }, "0")
        show("    TCP connections that hang", hanging.map(Double.init), "", aim: hanging.allSatisfy { $0 == 0 }, "0")
    }

    private func showFailover(_ scenes: [SessionScene]) {
        var latest: [Double] = []
        var sinceNotice: [Double] = []
        var behind: [Double] = []
        var resets: [Double] = []
        var hanging: [Double] = []
        for scene in scenes {
            let times = scene.udp.map { session in
                session.there.firstFromElsewhere(after: scene.began).map { ($0.time - scene.decided).milliseconds }
            }
            latest.append(times.compactMap { $0 }.max() ?? 0)
            sinceNotice.append((latest.last ?? 0) - (scene.noticed - scene.decided).milliseconds)
            behind.append(Double(times.count { ($0 ?? .infinity) > Self.packetInterval }))
            resets += scene.tcp.broken.compactMap { $0.timeToBreak(after: scene.decided)?.milliseconds }
            hanging.append(Double(scene.tcp.sessions.count { $0.broken == nil }))
        }
        let interval = "\(rounded(Self.packetInterval, places: 0)) ms"
        show(
            "  failover: decision to the last UDP session's first packet", latest, "ms",
            aim: behind.allSatisfy { $0 == 0 }, "every session within \(interval)")
        show("    the same from the kernel's notice of the new route", sinceNotice, "ms")
        show("    UDP sessions that took longer", behind, "", aim: behind.allSatisfy { $0 == 0 }, "0")
        show(
            "    TCP clients' next packet to their reset", resets, "ms", aim: (resets.max() ?? 0) <= Self.resetAim,
            "each within \(rounded(Self.resetAim, places: 0)) ms")
        show("    TCP connections without a reset", hanging, "", aim: hanging.allSatisfy { $0 == 0 }, "0")
    }
}

/// With the aim, and whether it was reached.
func show(_ title: String, _ values: [Double], _ unit: String, aim isReached: Bool, _ aim: String) {
    show(title, values, unit)
    printLine("      aim: \(aim): \(isReached && !values.isEmpty ? "reached" : "MISSED")")
}

extension Lab {
    fileprivate func carries(_ provider: Provider, over family: IPFamily) async throws {
        try await eventually("new sessions leave by \(provider.name), \(family.rawValue)") {
            try await self.client.wayOut(over: family)?.name == provider.name
        }
    }
}
