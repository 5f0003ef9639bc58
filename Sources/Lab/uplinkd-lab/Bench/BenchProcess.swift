import Lab

extension Series {
    private static let idle = Duration.seconds(60)

    /// What the daemon costs: at its start and while nothing happens.
    func process() async throws {
        printLine("The daemon:")
        show("  from its start until routes, rules and masquerade are in the kernel", try await starts(), "ms")
        let (before, after, counted, sizes) = try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(hold: nil))
            try await lab.ready(daemon)
            // It sweeps, counts and proves itself at first.
            try await Task.sleep(for: .seconds(5))
            let before = try await daemon.usage()
            let meter = try ProcessMeter(await daemon.processIdentifier)
            try await Task.sleep(for: Self.idle)
            let counted = try meter.read()
            return (before, try await daemon.usage(), counted, [lab.programs.uplinkd, lab.programs.uplinkctl].map { ($0, sizeOnDisk($0)) })
        }
        let seconds = Self.idle.milliseconds / 1000
        printLine("  idle for \(rounded(seconds, places: 0)) s:")
        printLine(
            "    memory: \(rounded(Double(after.residentKiB) / 1024)) MiB resident, \(rounded(Double(after.privateKiB) / 1024)) MiB private"
        )
        let (user, system) = (after.user - before.user, after.system - before.system)
        printLine(
            "    CPU: \(rounded(counted.cpu.milliseconds / 1000 / seconds * 3600)) s an hour, of which some "
                + "\(rounded(user.milliseconds / max((user + system).milliseconds, 1) * 100, places: 0)) % are the program's own and the rest the kernel's for it"
        )
        printLine("    threads: \(after.threads)")
        let wakeUps = Double(counted.switches) / seconds
        printLine(
            "    wake-ups: \(rounded(wakeUps)) a second, \(rounded(counted.cpu.milliseconds * 1000 / Double(max(counted.switches, 1)), places: 0)) µs each"
        )
        for (path, size) in sizes {
            printLine("  size of \(path): " + (size.map { "\(rounded(Double($0) / 1_048_576)) MiB" } ?? "unknown"))
        }
    }

    /// The watcher looks about fifty times a second, and the daemon's start counts from before `ip netns exec`: an upper bound.
    private func starts() async throws -> [Double] {
        var times: [Double] = []
        for _ in 0..<count {
            times.append(
                try await Lab.with(options: options) { lab in
                    async let watched = lab.router.untilReconciled()
                    let started = Moment.now
                    try await lab.startDaemon(.office(hold: nil))
                    return (try await watched.ended - started).milliseconds
                })
        }
        return times
    }
}
