import Lab
import Model
import Simulation

/// Every algorithm over its settings: is any of theirs faster for less data, or as fast with fewer switches for nothing?
struct FrontierReport {
    /// So many simulated events for each count of false switches: hours of the fast settings, a month of the slow ones.
    private static let ourEvents = 150_000.0
    private static let theirEvents = 500_000.0

    func run() async {
        printLine("Detection time against data: every algorithm over its settings")
        let ours = await points(Sweep.uplinkd, events: Self.ourEvents)
        showOurs(ours)
        for (name, sweep) in [("mwan3", Sweep.mwan3), ("dpinger", Sweep.dpinger), ("RouterOS", Sweep.routerOS)] {
            let theirs = await points(sweep, events: Self.theirEvents)
            printLine("  \(name): \(theirs.count) settings, \(theirs.count { $0.detection == nil }) of which miss some faults")
            await compareData(theirs, ours)
            compareFalseSwitches(theirs, ours)
        }
        printLine("")
    }

    private func points(_ contenders: [Contender], events: Double) async -> [Point] {
        await concurrently(contenders) { contender in
            var point = Point(contender)
            point.countFalseSwitches(events: events)
            return point
        }
    }

    private func showOurs(_ ours: [Point]) {
        let best = ours.filter { point in !ours.contains { $0.covers(point) && $0.contender != point.contender } }
        printLine("  ours: \(ours.count) settings, \(best.count) of which no other of ours covers; some of these:")
        var table = TextTable(["", "median s", "MB a month"] + Point.losses.map { "false at \(percent($0))" })
        let sorted = best.sorted { $0.bytesPerMonth > $1.bytesPerMonth }
        for index in stride(from: 0, to: sorted.count, by: max(1, sorted.count / 12)) { table.add(row(sorted[index])) }
        table.print()
    }

    /// For each of their points that no setting of our sweep covers: ours with the interval that costs the same.
    private func compareData(_ theirs: [Point], _ ours: [Point]) async {
        let open = theirs.filter { point in !ours.contains { $0.covers(point) } }
        let uncovered = await concurrently(open) { Self.uncovered($0) }.compactMap { $0 }
        printLine("    better than ours in both time and data: \(uncovered.count)")
        guard let most = uncovered.map(\.ours).max() else { return }
        printLine(
            "    of these, at the same data ours takes \(rounded(most, places: 2)) times as long at most; those with the fewest false switches:"
        )
        var table = TextTable(["", "median s", "MB a month"] + Point.losses.map { "false at \(percent($0))" })
        for found in uncovered.sorted(by: { $0.theirs.falseSwitches[0] < $1.theirs.falseSwitches[0] }).prefix(8) {
            table.add(row(found.theirs))
        }
        table.print()
    }

    /// nil: one of ours is as fast for the same data. Otherwise how many times longer the fastest of ours takes.
    private static func uncovered(_ point: Point) -> (theirs: Point, ours: Double)? {
        let ours = (1...3).flatMap { targets in
            ProbeProfile.allCases.compactMap { point.uplinkdForTheSameData(targets: targets, profile: $0) }
        }
        // A few faults find most; only where they leave it open many are worth their time.
        let (few, many) = (60, 400)
        for faults in [few, many] {
            guard let theirs = point.contender.detection(faults: faults).median else { return nil }
            var fastest: Duration?
            for contender in ours {
                guard let detection = contender.detection(faults: faults).median else { continue }
                if detection <= theirs { return nil }
                fastest = fastest.map { min($0, detection) } ?? detection
            }
            if faults == many { return (point, fastest.map { $0 / theirs } ?? .infinity) }
        }
        return nil
    }

    private func compareFalseSwitches(_ theirs: [Point], _ ours: [Point]) {
        for (index, loss) in Point.losses.enumerated() {
            var noEqual = 0
            var worse: [(theirs: Point, ours: Point)] = []
            for point in theirs where point.detection != nil {
                guard let match = fewestFalseSwitches(among: ours, asFastAs: point, at: index) else {
                    noEqual += 1
                    continue
                }
                if match.falseSwitches[index] > point.falseSwitches[index] { worse.append((point, match)) }
            }
            printLine(
                "    at \(percent(loss)) of loss ours as fast switches more often for nothing: \(worse.count); none of ours is as fast: \(noEqual)"
            )
            for pair in worse.sorted(by: { $0.theirs.falseSwitches[index] < $1.theirs.falseSwitches[index] }).prefix(5) {
                printLine(
                    "      \(pair.theirs.contender.name): \(count(pair.theirs.falseSwitches[index])) a month (\(pair.theirs.seen[index]) seen);"
                        + " \(pair.ours.contender.name): \(count(pair.ours.falseSwitches[index])) (\(pair.ours.seen[index]) seen)")
            }
        }
    }

    private func row(_ point: Point) -> [String] {
        [point.contender.name, seconds(point.detection), rounded(point.bytesPerMonth / 1e6)] + point.falseSwitches.map(count)
    }
}
