import Lab

/// What the router does beside forwarding, in the order of cost.
private enum Burden: String, CaseIterable {
    case masquerade = "plain masquerade"
    case marks = "with the marking rules"
    case whole = "with routing rules by mark, too"
}

extension Series {
    private static let rounds = 60
    /// Of the packets a second.
    private static let costAim = 3.0

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
            var rates: [Burden: [Double]] = [:]
            try await Lab.with(options: options) { lab in
                let daemon = try await lab.startDaemon(.office(firewall: backend))
                try await lab.ready(daemon)
                let flood = try await lab.prepareFlood(sessions: 16)
                try await daemon.kill9()
                try await lab.router.rememberMarks(backend)
                try await flood.begin()
                for round in 0..<Self.rounds {
                    // Not always the same one first: what else runs on this machine comes and goes.
                    for offset in Burden.allCases.indices {
                        let burden = Burden.allCases[(round + offset) % Burden.allCases.count]
                        try await lab.router.setMarks(backend, rules: burden != .masquerade, routing: burden == .whole)
                        rates[burden, default: []].append(try await flood.packetsPerSecond(for: .milliseconds(150)))
                    }
                }
            }
            for burden in Burden.allCases { show("  \(burden.rawValue)", rates[burden] ?? [], "") }
            for burden in [Burden.marks, .whole] {
                let costs = zip(rates[.masquerade] ?? [], rates[burden] ?? []).map { (1 - $1 / $0) * 100 }
                guard let cost = Statistics(costs)?.median else { continue }
                printLine(
                    "  cost \(burden.rawValue): \(rounded(cost)) % (median of the turns); aim: less than \(rounded(Self.costAim, places: 0)) %: \(cost < Self.costAim ? "reached" : "MISSED")"
                )
            }
        }
    }
}
