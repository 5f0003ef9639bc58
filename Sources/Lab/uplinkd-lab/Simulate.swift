import ArgumentParser
import Lab
import Model
import Simulation

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets our decision and those of others meet the same synthetic faults, over months of simulated time.",
        discussion: """
            uplinkd is the code that the daemon runs; mwan3, dpinger and RouterOS check-gateway are small models of what they publish. \
            Needs no root and no network. The same command gives the same figures on every machine.
            """)
    @Option(help: "Only these parts, separated by commas: detection, loss, flapping, trouble, frontier.") var only: String?
    @Option(help: "How many days are simulated where counts of switches are given for a month.") var days = 3
    @Option(help: "Faults of which the detection times are taken.") var faults = 1000

    enum Part: String, CaseIterable { case detection, loss, flapping, trouble, frontier }

    private var parts: [Part] { get throws { try Only.parts(only) } }

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
            let busy = contender.isOurs ? contender.detection(faults: faults, in: .busy(200)).median : nil
            return [
                contender.name, seconds(detection.median), seconds(detection.percentile99), seconds(detection.least),
                seconds(detection.most),
                "\(detection.missed)", rounded(contender.bytesPerMonth() / 1e6), seconds(busy),
            ]
        }
        for row in rows { table.add(row) }
        table.print()
        printLine("  busy: clients exchange 200 packets a second each way, which the others don't look at")
        printLine("")
    }

    private func loss() async {
        printLine(
            "Switches a month for nothing, by random loss of the first choice and of both (simulated: \(days) days; fast: a 30th of that)")
        let worlds = [false, true].flatMap { both in Point.losses.map { (loss: $0, both: both) } }
        let days = days
        await table(
            [""] + worlds.map { "\(percent($0.loss))\($0.both ? " both" : "")" }, Contender.defaults,
            worlds.map { World.lossy($0.loss, both: $0.both) }
        ) { contender, world in
            contender.switches(in: world, for: .day * days / (contender == .fast ? 30 : 1)).switches(per: .month)
        }
    }

    private func flapping() async {
        let periods = [0.5, 1, 2, 3, 5, 8, 10, 20, 30, 60, 90, 120, 240, 300, 600]
        printLine("Switches in a day in which the upstream is silent for half of every period (in seconds)")
        await table(
            [""] + periods.map { $0 < 1 ? "\($0)" : "\(Int($0))" }, Self.slow, periods.map { World.flapping(.seconds($0)) }
        ) { contender, world in
            Double(contender.switches(in: world, for: .day).switches)
        }
    }

    private func trouble() async {
        let worlds: [(title: String, world: World)] = [
            ("1 s of 90 % loss once a minute", .bursty(.seconds(1))),
            ("5 s of that", .bursty(.seconds(5))),
            ("20 ms to 150 ms and back each 10 min", .latencySteps(.milliseconds(150), for: .month)),
            ("20 ms to 400 ms and back", .latencySteps(.milliseconds(400), for: .month)),
            ("the same while clients are busy", .latencySteps(.milliseconds(400), for: .month, clientPackets: 200)),
            ("20 ms to 900 ms and back", .latencySteps(.milliseconds(900), for: .month)),
            ("the same while clients are busy", .latencySteps(.milliseconds(900), for: .month, clientPackets: 200)),
            ("60 ms and 40 ms of jitter", .jittery(.milliseconds(40))),
            ("60 ms and 150 ms of jitter", .jittery(.milliseconds(150))),
            ("each target answers 1 ping a second", .rateLimited(1)),
            ("each answers 1 in 2 s", .rateLimited(0.5)),
            ("each answers 1 in 5 s", .rateLimited(0.2)),
            ("the first target answers 1 in 2 s", .rateLimited(0.5, target: 1)),
            ("the first target dies", .deadTarget(both: true)),
            ("the same, by the first choice only", .deadTarget(both: false)),
            ("both lose 5 %, and have bursts of 1 s", .bothBad(0.05)),
            ("both lose 20 %, and have those bursts", .bothBad(0.2)),
            ("both lose 40 %, and have those bursts", .bothBad(0.4)),
        ]
        let days = min(days, 3)
        printLine("Switches a month in other trouble of the first choice (simulated: \(days) days)")
        await table([""] + Self.slow.map(\.name), worlds, Self.slow, title: \.title) { world, contender in
            contender.switches(in: world.world, for: .day * days).switches(per: .month)
        }
    }

    /// All but `fast`, which takes ten times as long to simulate and differs in how fast it is alone.
    private static let slow = Contender.defaults.filter { $0 != .fast }

    private func table(
        _ header: [String], _ contenders: [Contender], _ worlds: [World], _ cell: @escaping @Sendable (Contender, World) -> Double
    ) async {
        await table(header, contenders, worlds, title: \.name, cell)
    }

    private func table<Row: Sendable, Column: Sendable>(
        _ header: [String], _ rows: [Row], _ columns: [Column], title: (Row) -> String,
        _ cell: @escaping @Sendable (Row, Column) -> Double
    ) async {
        let cells = await concurrently(rows.flatMap { row in columns.map { (row, $0) } }) { row, column in count(cell(row, column)) }
        var table = TextTable(header)
        for (index, row) in rows.enumerated() {
            table.add([title(row)] + cells[index * columns.count..<(index + 1) * columns.count])
        }
        table.print()
        printLine("")
    }
}

func seconds(_ duration: Duration?) -> String { duration.map { rounded($0.inSeconds, places: $0 < .seconds(10) ? 3 : 1) } ?? "-" }
func percent(_ share: Double) -> String { "\(rounded(share * 100, places: 0)) %" }
func count(_ number: Double) -> String { rounded(number, places: number > 0 && number < 10 ? 1 : 0) }
