import ArgumentParser
import Lab
import LinuxKernel
import Model

extension Series {
    private static let sessions = 200_000

    /// Half of very many sessions are deleted: by us, and by the program that everybody uses.
    func conntrack() async throws {
        let programs = try options.programs ?? Programs()
        printLine("\(Self.sessions / 2) of \(Self.sessions) sessions deleted:")
        let line = try await EmptyBox.run([programs.lab, "sweeps", "--sessions", "\(Self.sessions)", "--times", "\(min(count, 5))"])
        for figures in try JSON.decode([SweepFigures].self, from: line) {
            printLine("  \(figures.command)")
            show("    uplinkd, by the kernel's filter", figures.filter, "ms")
            show("    uplinkd, one by one", figures.single, "ms")
            show("    conntrack, its output thrown away", figures.conntrack, "ms")
            guard let ours = Statistics(figures.filter), let theirs = Statistics(figures.conntrack) else { continue }
            let ratio = theirs.median / ours.median
            printLine("    aim: median under 200 ms: \(ours.median < 200 ? "reached" : "MISSED")")
            printLine("    aim: 5 times faster than conntrack: \(rounded(ratio)) times: \(ratio >= 5 ? "reached" : "MISSED")")
        }
    }
}

/// Milliseconds.
struct SweepFigures: Codable {
    var command: String
    var filter: [Double] = []
    var single: [Double] = []
    var conntrack: [Double] = []
}

/// Runs in a namespace of its own.
struct SweepTimes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweeps",
        abstract: "Fills the table of sessions, deletes half of it again and again, and prints the times as a line of JSON.",
        discussion: "`bench --only conntrack` starts it in a namespace.", shouldDisplay: false)
    @Option(help: "Sessions in the table.") var sessions: Int
    @Option(help: "So many times in each way.") var times: Int

    private static let mask: UInt32 = 0x0f00_0000
    private static let address = "100.64.1.2"

    func run() async throws {
        guard let address = IPAddress(Self.address) else { throw LabError("no address: \(Self.address)") }
        try await insert("--mark 0x2000000", network: 2)
        // A mark of no session in the table, so that of the two orders only the one by address has something to delete.
        let byAddress = SessionSweep(id: 1, scope: .wan(mark: 0x0300_0000, mask: Self.mask, addresses: [address]))
        let byMark = SessionSweep(id: 1, scope: .wan(mark: 0x0100_0000, mask: Self.mask, addresses: []))
        printLine(
            try JSON.line([
                try await measure(byMark, "--mark 0x1000000"), try await measure(byAddress, "--src-nat \(Self.address)"),
            ]))
    }

    private func measure(_ sweep: SessionSweep, _ options: String) async throws -> SweepFigures {
        let command = sweep.scope.commands.last ?? ""
        var figures = SweepFigures(command: command)
        for _ in 0..<times {
            figures.filter.append(try await time(options) { try await delete(sweep, .filter) })
            figures.single.append(try await time(options) { try await delete(sweep, .single) })
            figures.conntrack.append(try await time(options) { try await Shell.run("exec \(command) >/dev/null 2>&1") })
        }
        return figures
    }

    private func delete(_ sweep: SessionSweep, _ method: SessionTable.Method) async throws {
        let outcome = try await SessionTable(method: method).sweep(sweep)
        guard outcome.deleted == sessions / 2 else { throw LabError("\(outcome.deleted) deleted") }
    }

    private func time(_ options: String, _ delete: () async throws -> Void) async throws -> Double {
        try await insert(options, network: 1)
        try await expect(sessions)
        let start = Moment.now
        try await delete()
        let time = Moment.now - start
        try await expect(sessions / 2)
        return time.milliseconds
    }

    private func expect(_ count: Int) async throws {
        let found = try await Shell.run("conntrack -C")
        guard found.hasPrefix("\(count)\n") else { throw LabError("the table holds \(found) sessions, not \(count)") }
    }

    /// No two sources are the same, and no two replies where all are masqueraded.
    private func insert(_ options: String, network: Int) async throws {
        let session =
            "-I -s 10.\(network).%d.%d -d 203.0.113.%d -p tcp --sport %d --dport 443 --state ESTABLISHED -t 10000 -u SEEN_REPLY \(options)"
        try await Shell.run(
            """
            awk 'BEGIN { for (i = 0; i < \(sessions / 2); i++) {
                printf "\(session)\\n", i / 250 % 250, i % 250, i / 50000, 1024 + i % 50000 } }' | conntrack -R -
            """)
    }
}
