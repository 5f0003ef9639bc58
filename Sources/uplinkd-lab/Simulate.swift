import ArgumentParser
import Lab
import Model
import Simulation

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets our decision and those of others meet the same synthetic faults, over months of simulated time.",
        discussion: """
            uplinkd is the code that the daemon runs; mwan3, dpinger and RouterOS check-gateway are small models of what they publish. Needs \
            no root and no network. The same command gives the same figures on every machine.
            """)
    @Option(help: "Only these parts, separated by commas: detection, loss, flapping, trouble, frontier.") var only: String?
    @Option(help: "For how many days each table's worlds last; a month is 30.") var days = 30
    @Option(help: "Faults of which the detection times are taken.") var faults = 1000

    enum Part: String, CaseIterable { case detection, loss, flapping, trouble, frontier }

    private var parts: [Part] {
        get throws {
            guard let only else { return Part.allCases }
            return try only.split(separator: ",").map { word in
                guard let part = Part(rawValue: String(word)) else {
                    throw ValidationError("no such part: \(word); there are \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return part
            }
        }
    }

    func validate() throws {
        guard days > 0 else { throw ValidationError("--days takes a number from 1 on") }
        guard faults > 0 else { throw ValidationError("--faults takes a number from 1 on") }
        _ = try parts
    }

    func run() async throws {
        for part in try parts {
            switch part {
            case .detection: await detection()
            case .loss: await loss()
            case .flapping: await flapping()
            case .trouble: await trouble()
            case .frontier: await FrontierReport().run()
            }
        }
    }

    private func detection() async {
        printLine("Silent upstream: seconds from the fault to the switch, over \(faults) faults at random moments; data of a quiet month")
        var table = TextTable(["", "median", "99 %", "least", "most", "missed", "MB a month", "median, busy"])
        let faults = faults
        let rows = await concurrently(Contender.defaults) { contender in
            let detection = contender.detection(faults: faults)
            let busy = contender.isOurs ? contender.detection(faults: faults, in: .busy(100)).median : nil
            return [
                contender.name, seconds(detection.median), seconds(detection.percentile99), seconds(detection.least), seconds(detection.most),
                "\(detection.missed)", rounded(contender.bytesPerMonth() / 1e6), seconds(busy),
            ]
        }
        for row in rows { table.add(row) }
        table.print()
        printLine("  busy: clients exchange 100 packets a second each way, which the others don't look at")
        printLine("")
    }

    private func loss() async {
        printLine("Switches a month for nothing, by random loss (simulated: \(days) days, fast: a tenth of that)")
        let worlds = [false, true].flatMap { both in Point.losses.map { (loss: $0, both: both) } }
        var table = TextTable([""] + worlds.map { "\(percent($0.loss))\($0.both ? " both" : "")" })
        await fill(&table, worlds.map { World.lossy($0.loss, both: $0.both) }, per: .month)
    }

    private func flapping() async {
        let periods = [0.5, 1, 2, 3, 5, 8, 10, 20, 30, 60, 90, 120, 240, 300, 600]
        printLine("Switches a day while the upstream is silent for half of every period (seconds)")
        var table = TextTable([""] + periods.map { $0 < 1 ? "\($0)" : "\(Int($0))" })
        let rows = await concurrently(Contender.defaults) { contender in
            [contender.name]
                + periods.map { period in
                    let outcome = contender.switches(in: .flapping(.seconds(period)), for: .day)
                    return count(outcome.switches(per: .day))
                }
        }
        for row in rows { table.add(row) }
        table.print()
        printLine("")
    }

    private func trouble() async {
        let worlds: [(title: String, world: World)] = [
            ("a second of 90 % loss once a minute", .bursty(.seconds(1))),
            ("five seconds of that", .bursty(.seconds(5))),
            ("20 ms to 150 ms and back every 10 min", .latencySteps(.milliseconds(150), for: .month)),
            ("20 ms to 400 ms and back every 10 min", .latencySteps(.milliseconds(400), for: .month)),
            ("20 ms to 900 ms and back every 10 min", .latencySteps(.milliseconds(900), for: .month)),
            ("60 ms and 40 ms of jitter", .jittery(.milliseconds(40))),
            ("60 ms and 150 ms of jitter", .jittery(.milliseconds(150))),
            ("each target answers 1 ping a second", .rateLimited(1)),
            ("each answers 1 in 2 s", .rateLimited(0.5)),
            ("each answers 1 in 5 s", .rateLimited(0.2)),
            ("the first target answers 1 in 2 s", .rateLimited(0.5, target: 1)),
            ("the first target is dead", .deadTarget()),
            ("the same, by the first choice only", .deadTargetOnPrimary()),
            ("both lose 5 %, and have such bursts", .bothBad(0.05)),
            ("both lose 20 %, and have such bursts", .bothBad(0.2)),
            ("both lose 40 %, and have such bursts", .bothBad(0.4)),
        ]
        let days = min(days, 10)
        printLine("Switches a month in other trouble of the first choice (simulated: \(days) days, fast: a tenth of that)")
        var table = TextTable([""] + Contender.defaults.map(\.name))
        let cells = await concurrently(worlds.flatMap { world in Contender.defaults.map { ($0, world.world) } }) { contender, world in
            let time = Duration.day * days / (contender == .fast ? 10 : 1)
            return count(contender.switches(in: world, for: time).switches(per: .month))
        }
        for (index, world) in worlds.enumerated() {
            let width = Contender.defaults.count
            table.add([world.title] + cells[index * width..<(index + 1) * width])
        }
        table.print()
        printLine("")
    }

    private func fill(_ table: inout TextTable, _ worlds: [World], per time: Duration) async {
        let days = days
        let cells = await concurrently(Contender.defaults.flatMap { contender in worlds.map { (contender, $0) } }) { contender, world in
            let span = Duration.day * days / (contender == .fast ? 10 : 1)
            return count(contender.switches(in: world, for: span).switches(per: time))
        }
        for (index, contender) in Contender.defaults.enumerated() {
            table.add([contender.name] + cells[index * worlds.count..<(index + 1) * worlds.count])
        }
        table.print()
        printLine("")
    }
}

func seconds(_ duration: Duration?) -> String { duration.map { rounded($0.inSeconds, places: $0 < .seconds(10) ? 3 : 1) } ?? "-" }
func percent(_ share: Double) -> String { "\(rounded(share * 100, places: 0)) %" }
func count(_ number: Double) -> String { rounded(number, places: number > 0 && number < 10 ? 1 : 0) }
