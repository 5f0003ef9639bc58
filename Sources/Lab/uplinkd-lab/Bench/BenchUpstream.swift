import Lab

extension Series {
    /// What is wanted of one profile, with or without clients that send something.
    private struct Aim {
        var profile: Profile
        var hasTraffic: Bool
        /// Milliseconds.
        var median: Double
        var percentile99: Double?
    }

    private static let aims = [
        Aim(profile: .normal, hasTraffic: true, median: 350, percentile99: 1000),
        Aim(profile: .normal, hasTraffic: false, median: 600),
        Aim(profile: .fast, hasTraffic: true, median: 150),
        Aim(profile: .fast, hasTraffic: false, median: 150),
    ]
    /// Each way; so many are evidence, and no more than a call has.
    private static let packetsPerSecond = 50

    /// The fault that costs most elsewhere. Each time in a lab of its own with a daemon that remembers nothing: it would be more careful after
    /// a relapse.
    func upstream() async throws {
        printLine("Upstream silent, the gateway answers; scenes with lasting and new connections:")
        let scenes = try await scenes(.daemon, to: Addresses.smartfren) { try await $0.telkom.silenceUpstream() }
        showScenes(Keeper.daemon.rawValue, scenes.scenes)
        showApplied(scenes.applied)
        let programs = try options.programs ?? Programs()
        printLine("Upstream silent, from the fault until telkom's route has stepped back:")
        for aim in Self.aims {
            let clients = aim.hasTraffic ? "\(Self.packetsPerSecond) packets a second each way" : "no traffic"
            let title = "  profile \(aim.profile.rawValue), \(clients)"
            guard try await aim.profile.isKnown(to: programs) else {
                printLine("\(title): this uplinkd doesn't know the profile, left out")
                continue
            }
            var silences: [Silence] = []
            for _ in 0..<max(count, 30) { silences.append(try await silence(aim.profile, hasTraffic: aim.hasTraffic)) }
            compare(title, silences.map(\.detection.milliseconds), with: aim)
            guard aim.hasTraffic else { continue }
            show("    first packet by smartfren", silences.compactMap { $0.moved?.milliseconds }, "ms")
            show("    packets lost", silences.map { Double($0.lost) }, "")
        }
    }

    private struct Silence {
        var detection: Duration
        var moved: Duration?
        var lost = 0
    }

    private func silence(_ profile: Profile, hasTraffic: Bool) async throws -> Silence {
        try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(hold: nil, probe: profile.lines))
            try await lab.ready(daemon)
            let interface = try await lab.router.interfaceIndex(Addresses.telkom.interface)
            let watch = try await lab.router.watchRoutes()
            let stream = hasTraffic ? try await lab.client.stream(packetsPerSecond: Self.packetsPerSecond) : nil
            // Until what `ready` sent is forgotten, and then any moment between two probes.
            try await Task.sleep(for: .milliseconds(Int.random(in: 2000...4000)))
            let fault = try await lab.telkom.silenceUpstream()
            let left = try await lab.left(interface, after: fault.began, watch)
            guard let stream else { return Silence(detection: left - fault.began) }
            try await lab.eventually("new sessions leave by smartfren") { try await lab.client.wayOut()?.name == Addresses.smartfren.name }
            // For the stream's next packets to get there.
            try await Task.sleep(for: .milliseconds(300))
            let report = try await stream.stop()
            return Silence(
                detection: left - fault.began, moved: report.there.firstFromElsewhere(after: fault.began).map { $0.time - fault.began },
                lost: report.lost)
        }
    }

    private func compare(_ title: String, _ milliseconds: [Double], with aim: Aim) {
        guard let statistics = Statistics(milliseconds) else { return printLine("\(title): nothing measured") }
        let isReached = statistics.median < aim.median && aim.percentile99.map { statistics.percentile99 < $0 } ?? true
        let wanted =
            "median \(rounded(aim.median, places: 0)) ms" + (aim.percentile99.map { ", 99 % under \(rounded($0, places: 0)) ms" } ?? "")
        printLine(
            """
            \(title) (\(statistics.count) times):
                median \(rounded(statistics.median)) ms, 99 % \(rounded(statistics.percentile99)) ms, \(rounded(statistics.least)) to \
            \(rounded(statistics.most)) ms; aim \(wanted): \(isReached ? "reached" : "MISSED")
            """)
    }
}
