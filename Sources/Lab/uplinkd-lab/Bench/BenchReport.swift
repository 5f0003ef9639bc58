import Lab

/// What a failover took with a full table of sessions. Milliseconds.
private struct CrowdedSwitch {
    /// From the decision to the kernel's acknowledgement of the routes.
    var applied: Double
    /// From the decision to the first packet by the other WAN, of the first session and of the last.
    var first: Double
    var last: Double
}

extension Series {
    private static let clients = 5000
    private static let sessions = 200_000

    /// Thousands of clients and very many sessions: what a report costs, and that the switch doesn't wait for it.
    func report() async throws {
        let programs = try options.programs ?? Programs()
        printLine("\(Self.clients) clients with \(Self.sessions) sessions:")
        guard try await DaemonConfiguration.office(top: ["reports: off"]).isAccepted(by: programs) else {
            return printLine("  this uplinkd makes no reports, left out")
        }
        try await cost()
        var scenes: [Bool: [CrowdedSwitch]] = [:]
        for _ in 0..<count {
            for isReporting in [true, false] { scenes[isReporting, default: []].append(try await crowdedSwitch(isReporting)) }
        }
        let parts: [(String, KeyPath<CrowdedSwitch, Double>)] = [
            ("decision to the kernel's acknowledgement", \.applied),
            ("decision to the first UDP session's first packet by smartfren", \.first),
            ("to the last one's", \.last),
        ]
        for (title, part) in parts {
            let times = [true, false].map { (scenes[$0] ?? []).map { $0[keyPath: part] } }
            show("  \(title), with reports", times[0], "ms")
            show("    without", times[1], "ms")
            guard let with = Statistics(times[0])?.median, let without = Statistics(times[1])?.median else { continue }
            printLine("    ratio of the medians: \(rounded(with / without, places: 2))")
        }
    }

    /// Of a report, and of the list of clients.
    private func cost() async throws {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(hold: nil))
            try await lab.ready(daemon)
            let process = await daemon.processIdentifier
            func usage() async throws -> ProcessUsage { try await daemon.usage() }
            func printMemory(_ title: String, _ before: ProcessUsage) async throws {
                let after = try await usage()
                let cpu = (after.cpu - before.cpu).milliseconds
                printLine(
                    "    \(title): \(rounded(cpu, places: 0)) ms of CPU; \(mebibytes(after.peakKiB)) MiB resident at most, \(mebibytes(before.residentKiB)) before, \(mebibytes(after.residentKiB)) after"
                )
                try await ProcessUsage.forgetPeak(of: process)
            }
            let crowd = try await lab.addCrowd(clients: Self.clients, sessions: Self.sessions)
            try await ProcessUsage.forgetPeak(of: process)
            try await crowd.begin()
            let start = try await usage()
            let asked = Moment.now
            let list = try await daemon.control(["clients", "--json"])
            let answered = Moment.now
            guard list.contains("10.88.19.250") else { throw LabError("not everybody is in the list of clients") }
            printLine("  uplinkctl clients: \(rounded((answered - asked).milliseconds, places: 0)) ms")
            try await printMemory("the daemon", start)

            let before = try await usage()
            let fault = try await lab.telkom.silenceUpstream()
            try await lab.eventually("uplinkd has selected smartfren") { try await daemon.status().selection.wan == "smartfren" }
            let selected = Moment.now
            try await crowd.goOn()
            let resumed = Moment.now
            try await lab.eventually("the report is finished", within: .seconds(60)) {
                try await daemon.events().contains { $0.kind == "report" }
            }
            let finished = Moment.now
            let message = try await daemon.events().last { $0.kind == "report" }?.message ?? ""
            printLine("  a failover: \(message)")
            printLine(
                "    finished \(rounded((finished - fault.began).milliseconds / 1000)) s after the fault; smartfren was selected after \(rounded((selected - fault.began).milliseconds / 1000)) s, and everybody had an answer by it after \(rounded((resumed - fault.began).milliseconds / 1000)) s"
            )
            try await printMemory("the daemon", before)
            let reading = try await usage()
            let readingBegan = Moment.now
            let text = try await daemon.control(["report", "--format", "json"])
            printLine(
                "  uplinkctl report: \(rounded((Moment.now - readingBegan).milliseconds, places: 0)) ms, \(text.utf8.count / 1024) KiB")
            try await printMemory("the daemon", reading)
        }
    }

    private func mebibytes(_ kibibytes: Int) -> String { rounded(Double(kibibytes) / 1024) }

    private func crowdedSwitch(_ isReporting: Bool) async throws -> CrowdedSwitch {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(hold: nil, top: ["reports: \(isReporting ? "on" : "off")"]))
            try await lab.ready(daemon)
            let crowd = try await lab.addCrowd(clients: Self.clients, sessions: Self.sessions)
            try await crowd.begin()
            let index = try await lab.router.interfaceIndex(Addresses.telkom.interface)
            let watch = try await lab.router.watchRoutes()
            let udp = try await lab.client.path().udpSessions(20, packetsPerSecond: 50)
            // Long enough for a count, and not always the same moment between two.
            try await Task.sleep(for: .milliseconds(Int.random(in: 1000...12_000)))
            let fault = try await lab.telkom.silenceUpstream()
            let left = try await lab.left(index, after: fault.began, watch)
            try await Task.sleep(for: .seconds(2))
            let applied = try await daemon.selectionsApplied().last ?? 0
            let decided = left + .nanoseconds(-Int64(applied * 1000))
            let moved = try await udp.stop().compactMap {
                $0.there.firstFromElsewhere(after: fault.began).map { ($0.time - decided).milliseconds }
            }
            guard moved.count == 20, let first = moved.min(), let last = moved.max() else {
                throw LabError("\(moved.count) of 20 sessions moved")
            }
            return CrowdedSwitch(applied: applied / 1000, first: first, last: last)
        }
    }
}
