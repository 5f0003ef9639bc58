import ControlProtocol
import FoundationEssentials
import History
import Lab
import Model
import Samples
import Simulation

/// What 90 days of probes take on the disk, and how long a replay of them takes. Needs no daemon and no network.
enum BenchHistory {
    private static let days = 90
    /// Recorded once, with noise, loss and an outage of two minutes, and written again and again.
    private static let hours = 2

    static func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "uplinkd-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try HistoryDatabase(path: folder.appending(path: "history.db").path)
        let settings = OfficeRecorder.settings()
        let recording = OfficeRecorder(settings, OfficeRecorder.usual, seed: 1).run(for: .seconds(hours * 3600)).recording
        let empty = try database.usedBytes()

        let clock = ContinuousClock()
        var samples = 0
        let writing = try clock.measure { samples = try write(recording, to: database) }
        let bytes = try database.usedBytes() - empty
        printLine("\(days) days of the default configuration, an outage of two minutes in every two hours:")
        printLine(
            "  \(samples) probes in \(rounded(Double(bytes) / 1e6)) MB, \(rounded(Double(bytes) / Double(samples), places: 2)) bytes each; written in \(rounded(seconds(writing))) s"
        )
        printLine("  aim: 50 MB, with the log's 4 MB: \(bytes + HistoryDatabase.logBytes <= 50_000_000 ? "reached" : "MISSED")")

        let readAt = clock.now
        let read = try read(database)
        let replayedAt = clock.now
        let replay = Replay(settings, in: read)
        let replaying = seconds(clock.now - replayedAt)
        printLine(
            "  read in \(rounded(seconds(replayedAt - readAt))) s, replayed in \(rounded(replaying)) s: \(rounded(Double(days) / replaying)) days a second"
        )
        printLine(
            "  \(replay.failovers) failovers, \(replay.failbacks) failbacks, \(rounded(Double(replay.offline) / 1000)) s without Internet, \(rounded(Double(replay.unavoidable) / 1000)) of them unavoidable"
        )
    }

    private static func write(_ recording: Recording, to database: HistoryDatabase) throws -> Int {
        let streams = try recording.streams.map { stream in (stream, try stream.blocks.flatMap { try SampleBlock.decode($0) }) }
        guard let span = recording.spans.first else { throw LabError("nothing was recorded") }
        var recorder = Recorder()
        var count = 0
        for turn in 0..<days * 24 / hours {
            let shift = Int64(turn * hours) * 3_600_000
            let series = streams.map { stream, samples in
                SampleSeries(wan: stream.wan, target: stream.target, samples.map { Sample(at: $0.at + shift, $0.result) })
            }
            count += series.reduce(0) { $0 + $1.times.count }
            recorder.take(
                SamplesReply(
                    started: "", last: turn, from: Int(span.lowerBound + shift), until: Int(span.upperBound + shift), more: false,
                    series: series))
            try database.write(recorder.batch)
            recorder.written()
        }
        return count
    }

    private static func read(_ database: HistoryDatabase) throws -> Recording {
        var recording = Recording()
        let page = try database.samples(since: nil, until: .init(milliseconds: .max), bytes: .max)
        for block in page.blocks { recording.append(block.bytes, wan: block.stream.wan, target: block.stream.target) }
        recording.add(page.recorded.map { $0.start.milliseconds..<$0.end.milliseconds })
        return recording
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
