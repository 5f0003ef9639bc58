import Lab

extension Series {
    private static let idle = Duration.seconds(30)

    /// What the daemon costs: at its start and while nothing happens.
    func process() async throws {
        printLine("The daemon:")
        show("  from its start until routes, rules and masquerade are in the kernel", try await starts(), "ms")
        let (before, after, sizes) = try await Lab.with(options: options) { lab in
            let daemon = try await lab.startDaemon(.office(hold: nil))
            try await lab.ready(daemon)
            let before = try await daemon.usage()
            try await Task.sleep(for: Self.idle)
            return (before, try await daemon.usage(), [lab.programs.uplinkd, lab.programs.uplinkctl].map { ($0, sizeOnDisk($0)) })
        }
        let seconds = (after.taken - before.taken).milliseconds / 1000
        let cpu = (after.cpu - before.cpu).milliseconds / 1000
        printLine("  idle for \(rounded(seconds)) s:")
        printLine(
            "    memory: \(rounded(Double(after.residentKiB) / 1024)) MiB resident, \(rounded(Double(after.privateKiB) / 1024)) MiB private"
        )
        // The kernel counts in ticks of 10 ms.
        printLine("    CPU: \(rounded(cpu / seconds * 3600)) s an hour (give or take \(rounded(0.01 / seconds * 3600)))")
        printLine("    threads: \(after.threads)")
        printLine("    wake-ups: \(rounded(Double(after.switches - before.switches) / seconds)) a second")
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
