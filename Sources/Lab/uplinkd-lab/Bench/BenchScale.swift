import Lab

extension Series {
    /// Of one core.
    private static let aim = 10.0

    /// What probing costs when there is far more of it than anybody needs. The daemon takes 15 WANs, so its engine and its prober run in a
    /// program of the lab's own.
    func scale(wans: Int, targets: Int, intervalMilliseconds: Int = 100) async throws {
        let programs = try options.programs ?? Programs()
        printLine("\(wans) WANs with \(targets) targets each, every \(intervalMilliseconds) ms, on one processor:")
        let line = try await ManyWANs.with(wans, targets: targets, programs: programs) { box in
            try await box.runOnOneProcessor([
                programs.lab, "scale", "--wans", "\(box.count)", "--targets", box.targets.joined(separator: ","), "--interval-ms",
                "\(intervalMilliseconds)",
            ])
        }
        let report = try JSON.decode(ScaleFigures.self, from: line)
        func share(_ seconds: Double) -> String { "\(rounded(seconds / report.seconds * 100)) %" }
        func rate(_ count: Int) -> String { rounded(Double(count) / report.seconds, places: 0) }
        let due = wans * targets * 1000 / intervalMilliseconds
        printLine("  CPU: \(share(report.userSeconds + report.systemSeconds)) of a core, aim under \(rounded(Self.aim, places: 0)) %")
        printLine("    \(share(report.userSeconds)) user, \(share(report.systemSeconds)) system, over \(rounded(report.seconds)) s")
        printLine("  memory: \(rounded(Double(report.peakMemory) / 1024)) MiB resident at most")
        printLine("  probes: \(rate(report.sent)) sent a second (\(due) due), \(rate(report.replies)) answered, \(report.notSent) not sent")
        printLine("  events: \(rate(report.events)) a second; wake-ups: \(rate(report.switches)) a second")
        printLine("  WANs up at the end: \(report.upAtEnd) of \(wans)")
    }
}
