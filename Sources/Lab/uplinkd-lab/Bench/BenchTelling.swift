import Lab

/// One failover with clients that only receive.
private struct TellingScene {
    /// From the decision to each client's reset; nil: it had none while anybody looked.
    var resets: [Double?]
    /// From the decision to the last UDP session's first packet by the other WAN.
    var moved: Double
}

extension Series {
    private static let scenes = 20
    private static let crowd = 1000
    private static let medianAim = 150.0
    private static let crowdAim = 2000.0
    /// The switch itself, told against not told.
    private static let ratioAim = 1.25

    /// Clients that have nothing to say, and how soon they hear that their sessions are over; and whether anybody waits for that.
    func telling() async throws {
        let programs = try options.programs ?? Programs()
        guard try await DaemonConfiguration.office(readiness: nil, top: ["tell-clients: on"]).isAccepted(by: programs) else {
            return printLine("Clients that only receive: this uplinkd tells them nothing, left out")
        }
        for backend in FirewallBackend.allCases {
            printLine("Clients that only receive, firewall \(backend.rawValue):")
            var resets: [Double?] = []
            for _ in 0..<Self.scenes { resets += try await tell(backend, sessions: 1, isTold: true).resets }
            let heard = resets.compactMap { $0 }
            show(
                "  decision to the reset of one", heard, "ms",
                aim: heard.count == resets.count && Statistics(heard)?.median ?? .infinity <= Self.medianAim,
                "each has one, the median within \(rounded(Self.medianAim, places: 0)) ms")
            var (told, untold): ([Double], [Double]) = ([], [])
            var late: [Double] = []
            for round in 0..<count {
                // Not always the same one first: what else runs on this machine comes and goes.
                for isTold in round % 2 == 0 ? [true, false] : [false, true] {
                    let scene = try await tell(backend, sessions: Self.crowd, isTold: isTold)
                    if isTold {
                        told.append(scene.moved)
                        late.append(Double(scene.resets.count { ($0 ?? .infinity) > Self.crowdAim }))
                    } else {
                        untold.append(scene.moved)
                    }
                }
            }
            show(
                "  of \(Self.crowd) those without a reset within \(rounded(Self.crowdAim / 1000, places: 0)) s", late, "",
                aim: late.allSatisfy { $0 == 0 }, "0")
            show("  decision to the last UDP session's first packet, told", told, "ms")
            show("    the same with tell-clients: off", untold, "ms")
            if let with = Statistics(told)?.median, let without = Statistics(untold)?.median {
                let ratio = with / without
                printLine(
                    "      aim: not slower by more than a quarter: \(rounded(ratio, places: 2)) times: \(ratio <= Self.ratioAim ? "reached" : "MISSED")"
                )
            }
        }
    }

    private func tell(_ backend: FirewallBackend, sessions: Int, isTold: Bool) async throws -> TellingScene {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(firewall: backend, top: ["tell-clients: \(isTold ? "on" : "off")"]))
            try await lab.ready(daemon)
            let index = try await lab.router.interfaceIndex(Addresses.telkom.interface)
            let watch = try await lab.router.watchRoutes()
            // Idle for as long as anybody looks: what they hear, they were told.
            let tcp = try await lab.client.path().tcpSessions(sessions, every: .seconds(6000 * sessions))
            let udp = try await lab.client.path().udpSessions(20, packetsPerSecond: 50)
            try await Task.sleep(for: .milliseconds(Int.random(in: 300...1300)))
            let fault = try await lab.telkom.silenceUpstream()
            let left = try await lab.left(index, after: fault.began, watch)
            try await Task.sleep(for: .seconds(3))
            let applied = try await daemon.selectionsApplied().last ?? 0
            let decided = left + .nanoseconds(-Int64(applied * 1000))
            let moved = try await udp.stop().compactMap { session in
                session.there.firstFromElsewhere(after: fault.began).map { ($0.time - decided).milliseconds }
            }.max()
            let resets = try await tcp.stop().sessions.map { session in session.broken.map { ($0.time - decided).milliseconds } }
            guard let moved else { throw LabError("no UDP session moved") }
            return TellingScene(resets: resets, moved: moved)
        }
    }
}
