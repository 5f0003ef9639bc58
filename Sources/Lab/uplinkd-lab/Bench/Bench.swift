import ArgumentParser
import Lab

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures failover and the daemon's cost: medians and ranges.",
        discussion: "Each fault gets a lab and a daemon of its own, at a random moment between two probes.")
    @OptionGroup var arguments: LabArguments
    @Option(help: "Faults of each kind.") var faults = 10
    @Option(help: "Only these parts, separated by commas (all: \(Part.allCases.map(\.rawValue).joined(separator: ", "))).") var only:
        String?
    @Option(help: "Minutes of the part `loss`.") var lossMinutes = 10.0
    @Option(help: "Minutes of each case of the part `matrix`.") var matrixMinutes = 3.0
    @Option(help: "Minutes of each case of the part `uploads`.") var uploadMinutes = 10.0
    @Option(help: "Of that part only so many cases, the gravest first.") var uploadCases = 15
    @Option(help: "WANs of the part `scale`.") var wans = 64
    @Option(help: "Targets of each of them.") var targets = 8
    @Flag(help: "Only what needs no daemon.") var staticRoutes = false

    enum Part: String, CaseIterable {
        case cable, upstream, nat, process, scale, conntrack, loss, matrix, uploads, sessions, telling, marking, report, history
    }

    private var parts: [Part] { get throws { try Only.parts(only) } }

    func validate() throws {
        guard (1...200).contains(wans), (1...200).contains(targets) else { throw ValidationError("--wans and --targets take 1 to 200") }
        guard [lossMinutes, matrixMinutes, uploadMinutes].allSatisfy((0.1...600).contains) else {
            throw ValidationError("--loss-minutes, --matrix-minutes and --upload-minutes take 0.1 to 600")
        }
        guard faults > 0, uploadCases > 0 else { throw ValidationError("--faults and --upload-cases take a number from 1 on") }
        _ = try parts
    }

    func run() async throws {
        let programs = try arguments.programs()
        // What is measured by the quiet of a WAN has no advertisements in it.
        let series = Series(count: faults, options: LabOptions(advertisements: nil, programs: programs, isEverythingMasqueraded: false))
        let whole = Series(count: faults, options: LabOptions(programs: programs, isEverythingMasqueraded: false))
        let parts = try parts
        let withDaemon = !staticRoutes
        try await interruptible {
            for part in parts {
                switch part {
                case .cable: try await series.cable(withDaemon: withDaemon)
                case .upstream where withDaemon: try await series.upstream()
                case .nat where withDaemon: try await series.nat()
                case .process where withDaemon: try await series.process()
                case .scale: try await series.scale(wans: wans, targets: targets)
                case .conntrack: try await series.conntrack()
                case .loss where withDaemon: try await series.loss(minutes: lossMinutes)
                case .matrix where withDaemon: try await series.matrix(minutes: matrixMinutes)
                case .uploads where withDaemon: try await series.uploads(minutes: uploadMinutes, most: uploadCases)
                case .sessions where withDaemon: try await whole.sessions()
                case .telling where withDaemon: try await whole.telling()
                case .marking where withDaemon: try await whole.marking()
                case .report where withDaemon: try await series.report()
                case .history: try BenchHistory.run()
                case .upstream, .nat, .process, .loss, .matrix, .uploads, .sessions, .telling, .marking, .report:
                    printLine("\(part.rawValue): needs the daemon, left out")
                }
            }
        }
    }
}

/// Many faults of one kind.
struct Series: Sendable {
    var count: Int
    var options: LabOptions
    /// What an administrator has who changed nothing.
    private let configuration = DaemonConfiguration.office(hold: nil)

    enum Keeper: String {
        case daemon = "uplinkd alive"
        case deadDaemon = "uplinkd killed before"
        case kernel = "static routes, ignore_routes_with_linkdown"
        case nobody = "static routes"
    }

    func cable(withDaemon: Bool) async throws {
        printLine("Cable cut, UDP stream of 200 packets a second:")
        var reference: Double?
        for keeper in (withDaemon ? [.nobody, .kernel, .deadDaemon, .daemon] : [.nobody, .kernel]) as [Keeper] {
            let scenes = try await scenes(keeper, to: keeper == .nobody ? nil : Addresses.smartfren) { try await $0.telkom.cutCable() }
            showScenes(keeper.rawValue, scenes.scenes)
            let lost = Statistics(scenes.scenes.map { Double($0.stream.lost) })?.median
            if keeper == .nobody { reference = lost } else { compare(reference, lost) }
            showApplied(scenes.applied)
        }
    }

    /// How long new sessions couldn't get out: measured by a thousand of them a second, so to one millisecond.
    func nat() async throws {
        printLine("iptables -t nat -F, until new sessions get out again:")
        for variant in IPTables.allCases {
            var gaps: [Double] = []
            for _ in 0..<count {
                gaps.append(
                    try await Lab.with(options: options) { lab in
                        let daemon = try await lab.startDaemon(.office(hold: nil, iptables: variant))
                        try await lab.ready(daemon)
                        let sessions = try await lab.client.newSessions(perSecond: 1000)
                        try await Task.sleep(for: .milliseconds(Int.random(in: 300...1300)))
                        let fault = try await lab.router.flushNAT(variant)
                        // Looking takes a process, and on two processors that would delay what it looks for.
                        try await Task.sleep(for: .milliseconds(100))
                        try await lab.eventually("new sessions get out") { try await lab.client.wayOut() != nil }
                        let report = try await sessions.stop().there
                        // A repair quicker than the next session leaves no trace: under a millisecond.
                        return report.longestGap.flatMap { $0.to > fault.began ? $0.length.milliseconds : nil } ?? 0
                    })
            }
            show("  \(variant.rawValue)", gaps, "ms")
        }
    }

    func scenes(
        _ keeper: Keeper, to provider: Provider?, fault: @escaping (Lab) async throws -> FaultTime
    ) async throws -> (scenes: [Scene], applied: [Double]) {
        var scenes: [Scene] = []
        var applied: [Double] = []
        for _ in 0..<count {
            let (scene, microseconds) = try await Lab.with(options: options) { lab in
                var daemon: Daemon?
                switch keeper {
                case .kernel: try await lab.router.useStaticRoutes()
                case .nobody: try await lab.router.useStaticRoutes(ignoreRoutesWithLinkDown: false)
                case .daemon, .deadDaemon:
                    let started = try await lab.startDaemon(configuration)
                    try await lab.ready(started)
                    if keeper == .deadDaemon { try await started.kill9() } else { daemon = started }
                }
                let scene = try await Scene.play(lab, from: Addresses.telkom, to: provider) { try await fault(lab) }
                return (scene, try await daemon?.selectionsApplied() ?? [])
            }
            scenes.append(scene)
            // The last selection is the one that the fault led to; the first is that of the start.
            if let last = microseconds.last { applied.append(last) }
        }
        return (scenes, applied)
    }

    func showScenes(_ title: String, _ scenes: [Scene]) {
        print("  \(title)")
        show("    packets lost", scenes.map { Double($0.stream.lost) }, "")
        let moved = scenes.compactMap { $0.moved?.milliseconds }
        show("    fault to first packet by smartfren", moved, "ms")
        if moved.count < scenes.count { print("    never moved: \(scenes.count - moved.count) of \(scenes.count)") }
        show("    lasting TCP connection, worst stall", scenes.map(\.connection.worstStallMilliseconds), "ms")
        show("    its breaks", scenes.map { Double($0.connection.breaks.count) }, "")
        show("    new TCP connection, slowest", scenes.map(\.connections.slowestMilliseconds), "ms")
        show("    new TCP connections failed", scenes.map { Double($0.connections.failed) }, "")
    }

    func showApplied(_ applied: [Double]) {
        if !applied.isEmpty { show("    decision to kernel acknowledgement", applied.map { $0 / 1000 }, "ms") }
    }

    /// No quotient: plain static routes lose everything for as long as anybody watches.
    private func compare(_ reference: Double?, _ value: Double?) {
        guard let reference, let value else { return }
        print("    plain static routes lost \(rounded(reference - value, places: 0)) more in \(Scene.observed), and would have gone on")
    }
}

func show(_ title: String, _ values: [Double], _ unit: String) {
    guard let statistics = Statistics(values) else { return printLine("\(title): nothing measured") }
    let unit = unit.isEmpty ? "" : " \(unit)"
    printLine(
        "\(title): median \(rounded(statistics.median))\(unit), \(rounded(statistics.least)) to \(rounded(statistics.most))\(unit) (\(statistics.count) times)"
    )
}
