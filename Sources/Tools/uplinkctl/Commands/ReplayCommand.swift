import ArgumentParser
import Configuration
import ControlProtocol
import Dispatch
import Floor
import FoundationEssentials
import Glibc
import HistoryProtocol
import Model
import Simulation
import Synchronization
import Varlink

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "What another configuration would have done with the probes that were recorded.",
        discussion: """
            Runs what uplinkd-history has recorded through the code that decides in uplinkd, once with each configuration, and says how many \
            switches each would have made and how long there would have been no Internet. Changes nothing.
            """)

    @Option(help: ArgumentHelp("The configuration to be tried.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var config: String
    @Option(help: ArgumentHelp("The one to compare it with.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var against = "/etc/uplinkd/uplinkd.yaml"
    @OptionGroup var past: PastOptions
    @OptionGroup var options: HistoryOptions
    @OptionGroup var output: JSONOption

    func run() throws {
        let configurations = try [against, config].map { (file: $0, settings: try Self.settings($0)) }
        let recording = try read()
        guard let start = recording.spans.first?.lowerBound, let end = recording.spans.last?.upperBound else {
            throw Failure(
                .failed, "No probes are recorded of that time: uplinkd-history records them while it runs, and keeps 90 days.")
        }
        let replays = Self.replay(configurations, recording)
        var notes: [String] = []
        for note in configurations.flatMap({ Replay.notes($0.settings, recording) }) where !notes.contains(note) { notes.append(note) }
        let answer = ReplayAnswer(
            from: wireTime(milliseconds: start), until: wireTime(milliseconds: end), recordedSeconds: Double(recording.length) / 1000,
            replays: replays, notes: notes)
        if output.json { try Output.json(answer) } else { try Output.lines(answer.lines) }
    }

    private static func settings(_ path: String) throws -> Settings {
        let bytes: [UInt8]
        do throws(CallError) {
            bytes = try Files.read(path)
        } catch {
            throw Failure(.usage, "\(error). --config and --against name the two configurations.")
        }
        switch Configuration.parse(String(decoding: bytes, as: UTF8.self)) {
        case .accepted(let settings, _): return settings
        case .refused(let problems):
            throw Failure(.usage, (["The configuration is wrong:"] + problems.map { $0.text(file: path) }).joined(separator: "\n"))
        }
    }

    /// Page by page: the better part of a day each.
    private func read() throws -> Recording {
        var recording = Recording()
        var since = past.since
        // Now, once for all pages: more comes while they are read.
        let until = past.until ?? wireTime(Date())
        while true {
            let page = try options.ask(HistoryMethod.samples, PastSamplesParameters(since: since, until: until))
            recording.add(page)
            guard let next = page.next, next > since ?? "" else {
                for problem in page.problems { Output.error("uplinkctl: \(tell(problem))") }
                return recording
            }
            since = next
        }
    }

    /// All at the same time: a month takes half a minute of a processor.
    private static func replay(_ configurations: [(file: String, settings: Settings)], _ recording: Recording) -> [ReplayResult] {
        let progress = Progress(of: configurations.count)
        let results = Mutex([ReplayResult?](repeating: nil, count: configurations.count))
        DispatchQueue.concurrentPerform(iterations: configurations.count) { place in
            let replay = Replay(configurations[place].settings, in: recording) { progress.show($0, of: place) }
            results.withLock { $0[place] = ReplayResult(configurations[place].file, replay) }
        }
        progress.end()
        return results.withLock { $0.compactMap { $0 } }
    }

    /// On a terminal, how much is done.
    private final class Progress: Sendable {
        private let parts: Mutex<[Double]>
        private let isShown = isatty(STDERR_FILENO) == 1

        init(of count: Int) { parts = Mutex(Array(repeating: 0, count: count)) }

        func show(_ part: Double, of place: Int) {
            guard isShown else { return }
            parts.withLock { parts in
                parts[place] = part
                Output.question("\rreplaying … \(Int(parts.reduce(0, +) / Double(parts.count) * 100)) %")
            }
        }

        func end() { if isShown { Output.question("\r\u{1B}[K") } }
    }
}
