import Lab

/// What the router does beside forwarding, in the order of cost.
private enum Burden: String, CaseIterable {
    case masquerade = "plain masquerade"
    case marks = "with the marking rules"
    case whole = "with routing rules by mark, too"
    case fast = "with all of that and the fast path"
}

/// Nanoseconds that a packet takes, out of the LAN and back.
private struct PacketTimes {
    var out: [Double] = []
    var back: [Double] = []
    /// A session with as many packets each way: a call, a game, an echo.
    var both: [Double] { zip(out, back).map { ($0 + $1) / 2 } }
}

extension Series {
    private static let rounds = 60
    /// Of the packets a second.
    private static let costAim = 3.0
    /// As many as plain masquerade forwards.
    private static let fastAim = 1.3

    /// What the marks cost each packet that is forwarded. In the same namespaces, in turns, with the rules that the daemon has left: it is
    /// killed first, so that it doesn't mend what is taken away.
    func marking() async throws {
        let programs = try options.programs ?? Programs()
        for backend in FirewallBackend.allCases {
            printLine("Packets of 60 bytes forwarded a second, firewall \(backend.rawValue), \(Self.rounds) turns each:")
            guard try await backend.isKnown(to: programs) else {
                printLine("  this uplinkd doesn't know it, left out")
                continue
            }
            let times = try await packetTimes(backend)
            for burden in Burden.allCases where times[burden] != nil {
                show("  \(burden.rawValue), out of the LAN", (times[burden]?.out ?? []).map { 1e9 / $0 }, "")
                show("    back", (times[burden]?.back ?? []).map { 1e9 / $0 }, "")
            }
            for burden in [Burden.marks, .whole] {
                guard let plain = times[.masquerade], let loaded = times[burden] else { continue }
                func cost(_ part: KeyPath<PacketTimes, [Double]>) -> Double {
                    Statistics(zip(plain[keyPath: part], loaded[keyPath: part]).map { (1 - $0 / $1) * 100 })?.median ?? .infinity
                }
                let both = cost(\.both)
                printLine(
                    "  cost \(burden.rawValue): \(rounded(both)) % with as many packets each way; aim: less than \(rounded(Self.costAim, places: 0)) %: \(both < Self.costAim ? "reached" : "MISSED")"
                )
                printLine(
                    "    \(rounded(cost(\.out))) % of those out of the LAN, \(rounded(cost(\.back))) % of those back (medians of the turns)"
                )
            }
            showFast(times, backend)
        }
    }

    private func showFast(_ times: [Burden: PacketTimes], _ backend: FirewallBackend) {
        guard backend == .nftables else { return }
        guard let plain = times[.masquerade], let fast = times[.fast] else {
            return printLine("  this kernel has no flowtable: the fast path is left out")
        }
        func gain(_ part: KeyPath<PacketTimes, [Double]>) -> Double {
            Statistics(zip(plain[keyPath: part], fast[keyPath: part]).map { $0 / $1 })?.median ?? 0
        }
        let both = gain(\.both)
        printLine(
            "  the fast path forwards \(rounded(both, places: 2)) times as many as plain masquerade with as many each way; aim: \(Self.fastAim): \(both >= Self.fastAim ? "reached" : "MISSED")"
        )
        printLine(
            "    \(rounded(gain(\.out), places: 2)) times out of the LAN, \(rounded(gain(\.back), places: 2)) times back (medians of the turns)"
        )
    }

    private func packetTimes(_ backend: FirewallBackend) async throws -> [Burden: PacketTimes] {
        try await Lab.with(options: options) { lab in
            let knowsFast = try await DaemonConfiguration.office(firewall: backend, top: ["fastpath: on"]).isAccepted(by: lab.programs)
            let daemon = try await lab.startDaemon(.office(firewall: backend, top: knowsFast ? ["fastpath: on"] : []))
            try await lab.ready(daemon)
            let flood = try await lab.prepareFlood(sessions: 16)
            try await daemon.kill9()
            let hasFast = try await lab.router.rememberMarks(backend)
            let burdens = Burden.allCases.filter { $0 != .fast || hasFast }
            try await flood.begin()
            var times: [Burden: PacketTimes] = [:]
            for round in 0..<Self.rounds {
                // Not always the same one first: what else runs on this machine comes and goes.
                for offset in burdens.indices {
                    let burden = burdens[(round + offset) % burdens.count]
                    try await lab.router.setMarks(
                        backend, rules: burden != .masquerade, routing: burden == .whole || burden == .fast, isFast: burden == .fast)
                    let out = try await flood.packetsPerSecond(.out, for: .milliseconds(100))
                    let back = try await flood.packetsPerSecond(.back, for: .milliseconds(100))
                    times[burden, default: PacketTimes()].out.append(1e9 / out)
                    times[burden, default: PacketTimes()].back.append(1e9 / back)
                }
            }
            return times
        }
    }
}
