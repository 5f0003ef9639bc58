import Lab

/// A WAN that isn't what it should be, for a while: how often did the traffic move?
private struct BadWAN: Sendable {
    var name: String
    /// Switches; nil: no aim, the figure speaks for itself.
    var aim: Int?
    /// Runs until it is cancelled, or sets something up and returns.
    var spoil: @Sendable (Lab) async throws -> Void
}

extension Series {
    /// 30 of 100 packets are lost on the primary, and that is no reason to leave it unless somebody asks for thresholds.
    func loss(minutes: Double) async throws {
        let cases = [
            BadWAN(name: "30 % of the replies lost", aim: 0) { try await $0.telkom.lose(percent: 30, .down) },
            BadWAN(name: "30 % lost each way, 51 % of the round trips") { try await $0.telkom.lose(percent: 30, .both) },
        ]
        printLine("Loss on the primary for \(rounded(minutes)) minutes, default configuration, 50 packets a second of traffic:")
        try await run(cases, minutes: minutes, atOnce: 2)
    }

    /// The simulator's cases with real packets. Several labs at once: what is counted are switches, not milliseconds.
    func matrix(minutes: Double) async throws {
        var cases = [1.0, 5, 10, 20].map { percent in
            BadWAN(name: "\(rounded(percent, places: 0)) % of the replies lost", aim: 0) {
                try await $0.telkom.lose(percent: percent, .down)
            }
        }
        cases += [
            BadWAN(name: "20 ms and 300 ms of round trip, in turns of 15 s", aim: 0) { lab in
                while true {
                    for milliseconds in [10, 150] {
                        try await lab.telkom.delay(.milliseconds(milliseconds), jitter: .milliseconds(2))
                        try await Task.sleep(for: .seconds(15))
                    }
                }
            },
            BadWAN(name: "everything lost for 150 ms, every 5 s", aim: 0) {
                try await $0.telkom.loseBursts(of: .milliseconds(150), every: .seconds(5))
            },
            BadWAN(name: "one target answers one ping a second in all", aim: 0) {
                try await $0.internet.limitPings(of: Addresses.targets[0], perSecond: 1, eachAsker: false)
            },
            BadWAN(name: "each target answers each asker once a second", aim: 0) { lab in
                for target in Addresses.targets { try await lab.internet.limitPings(of: target, perSecond: 1) }
            },
            BadWAN(name: "one target dead", aim: 0) { try await $0.internet.killTarget(Addresses.targets[0]) },
        ]
        cases += [1.0, 4, 20, 60].map { seconds in
            BadWAN(name: "upstream silent for half of every \(rounded(seconds, places: 0)) s") { lab in
                _ = try await lab.telkom.flap(period: .milliseconds(Int(seconds * 1000)))
            }
        }
        printLine("A bad primary for \(rounded(minutes)) minutes each, default configuration, 50 packets a second of traffic:")
        try await run(cases, minutes: minutes, atOnce: 4)
    }

    private func run(_ cases: [BadWAN], minutes: Double, atOnce: Int) async throws {
        let time = Duration.milliseconds(Int64(minutes * 60_000))
        try await withThrowingTaskGroup(of: String.self) { group in
            for (index, bad) in cases.enumerated() {
                if index >= atOnce, let line = try await group.next() { printLine(line) }
                group.addTask { try await play(bad, for: time) }
            }
            for try await line in group { printLine(line) }
        }
    }

    private func play(_ bad: BadWAN, for time: Duration) async throws -> String {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(hold: nil))
            try await lab.ready(daemon)
            let stream = try await lab.client.stream(packetsPerSecond: 50)
            let before = try await daemon.status().counters?["switches"] ?? 0
            let spoiling = Task {
                // A command that is cut short by the end fails, which is no failure.
                do { try await bad.spoil(lab) } catch { if !Task.isCancelled { throw error } }
            }
            try await Task.sleep(for: time)
            spoiling.cancel()
            try await spoiling.value
            // The counter counts them all; the journal holds the latest events and tells why.
            let count = (try await daemon.status().counters?["switches"] ?? 0) - before
            let reasons = try await daemon.switches().suffix(min(count, 3))
            let report = try await stream.stop()
            let lost = Double(report.lost) / Double(max(1, report.sent)) * 100
            let verdict = bad.aim.map { count <= $0 ? "; aim \($0): reached" : "; aim \($0): MISSED" } ?? ""
            return
                "  \(bad.name): \(count == 1 ? "1 switch" : "\(count) switches")\(verdict) (\(rounded(lost)) % of the clients' packets lost)"
                + reasons.map { "\n      \($0.message)" }.joined()
        }
    }
}
