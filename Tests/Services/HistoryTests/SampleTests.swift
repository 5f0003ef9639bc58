import ControlProtocol
import HistoryProtocol
import Model
import Samples
import Simulation
import Testing

@testable import History

@Suite("Probes are kept")
struct SampleTests {
    private static let hour = 3_600_000
    private static let gateway = SampleBatch.Stream(wan: "telkom", target: "gateway")

    /// A probe each second, with every tenth lost, from so many seconds after noon on.
    private static func series(_ wan: String = "telkom", from start: Int, count: Int) -> SampleSeries {
        SampleSeries(
            wan: wan, target: "gateway", times: [Int(noon.milliseconds) + start * 1000] + Array(repeating: 1000, count: count - 1),
            results: (0..<count).map { ($0 + start) % 10 == 9 ? -1 : 18_000 + ($0 + start) % 7 * 100 })
    }

    private static func reply(
        _ series: [SampleSeries], last: Int, from: Int, until: Int, started: String = "a", more: Bool = false
    ) -> SamplesReply {
        SamplesReply(
            started: started, last: last, from: Int(noon.milliseconds) + from * 1000, until: Int(noon.milliseconds) + until * 1000,
            more: more, series: series)
    }

    private static func batch(_ series: [SampleSeries], from: Int, until: Int) -> Batch {
        var recorder = Recorder()
        recorder.take(reply(series, last: 1, from: from, until: until))
        return recorder.batch
    }

    private static func samples(_ page: HistoryDatabase.SamplePage, of stream: SampleBatch.Stream = gateway) throws -> [Sample] {
        try page.blocks.filter { $0.stream == stream }.flatMap { try SampleBlock.decode($0.bytes) }
    }

    private static func all(_ database: HistoryDatabase) throws -> HistoryDatabase.SamplePage {
        try database.samples(since: nil, until: noon + 1e9, bytes: .max)
    }

    @Test("each answer continues the one before; a hole, and another daemon, begin a time of their own")
    func seams() {
        var recorder = Recorder()
        #expect(recorder.lastSample(ofDaemonStarted: "a") == nil)
        recorder.take(Self.reply([Self.series(from: 0, count: 60)], last: 60, from: 0, until: 60, more: true))
        #expect(recorder.lastSample(ofDaemonStarted: "a") == 60)
        #expect(recorder.lastSample(ofDaemonStarted: "b") == nil)
        recorder.take(Self.reply([Self.series(from: 60, count: 60)], last: 120, from: 60, until: 120))
        #expect(recorder.batch.samples.recorded == [noon: noon + 120])
        // Written meanwhile: the time goes on all the same.
        recorder.written()
        recorder.take(Self.reply([], last: 120, from: 120, until: 180))
        #expect(recorder.batch.samples.recorded == [noon: noon + 180])
        recorder.take(Self.reply([], last: 9000, from: 500, until: 600))
        recorder.take(Self.reply([], last: 1, from: 600, until: 660, started: "b"))
        #expect(recorder.batch.samples.recorded == [noon: noon + 180, noon + 500: noon + 600, noon + 600: noon + 660])
    }

    @Test("a full disk stops the asking, not the daemon: what isn't asked for is missed by nobody but the history")
    func bounded() {
        var recorder = Recorder()
        for minute in 0..<40 {
            #expect(!recorder.batch.samples.isFull)
            recorder.take(
                Self.reply([Self.series(from: minute * 60, count: 2500)], last: minute, from: minute * 60, until: minute * 60 + 60))
        }
        #expect(recorder.batch.samples.isFull)
        recorder.written()
        #expect(!recorder.batch.samples.isFull && recorder.batch.isEmpty)
    }

    @Test("what is written in pieces is read as one block an hour; told once more, nothing of it is kept twice")
    func blocks() async throws {
        try await withDatabase { database in
            let series = Self.series(from: 0, count: 7200)
            let (times, results) = (series.times, series.results)
            for start in stride(from: 0, to: 7200, by: 300) {
                let part = SampleSeries(
                    wan: "telkom", target: "gateway", times: [times[0] + start * 1000] + times[1..<300],
                    results: Array(results[start..<start + 300]))
                try database.write(Self.batch([part], from: start, until: start + 300))
            }
            for _ in 0..<2 {
                let page = try Self.all(database)
                #expect(page.blocks.count == 2 && page.next == nil)
                #expect(Span.merged(page.recorded, until: noon + 1e9) == [Span(start: noon, end: noon + 7200)])
                let samples = try Self.samples(page)
                #expect(samples.map(\.at) == (0..<7200).map { noon.milliseconds + $0 * 1000 })
                #expect(samples.map { $0.result == .lost } == results.map { $0 == -1 })
                try database.write(Self.batch([series], from: 0, until: 7200))
            }
        }
    }

    @Test("pages have whole hours, how each interface was at their beginning, and together everything")
    func pages() async throws {
        try await withDatabase { database in
            let link = SampleSeries(
                wan: "telkom", target: nil, times: [Int(noon.milliseconds), 3 * Self.hour + 60_000, Self.hour], results: [0, 2, 0])
            try database.write(Self.batch([Self.series(from: 0, count: 6 * 3600), link], from: 0, until: 6 * 3600))
            var (since, samples, pages) = (noon + 1800 as Moment?, [Sample](), [HistoryDatabase.SamplePage]())
            while let start = since {
                let page = try database.samples(since: start, until: noon + 5.5 * 3600, bytes: 3000)
                samples += try Self.samples(page)
                pages.append(page)
                since = page.next
            }
            #expect(pages.count > 1 && pages.count < 6, "\(pages.count)")
            #expect(samples.map(\.at) == (0..<6 * 3600).map { noon.milliseconds + $0 * 1000 })
            #expect(Span.merged(pages.flatMap(\.recorded), until: noon + 1e9) == [Span(start: noon + 1800, end: noon + 5.5 * 3600)])
            // The state at the beginning of each page, and the two changes.
            #expect(pages.allSatisfy { $0.links.first?.time == $0.recorded.first?.start })
            let changes = pages.flatMap(\.links).filter { link in !pages.contains { $0.recorded.first?.start == link.time } }
            #expect(changes.map(\.time) == [noon + 3 * 3600 + 60, noon + 4 * 3600 + 60] && changes.map(\.state) == [2, 0])
        }
    }

    @Test("what waits to be written is in the answer")
    func waiting() async throws {
        try await withFolder { folder in
            let keeper = try Keeper(.init(folder: folder, keep: .seconds(86400), limit: 50_000_000), log: { _, _ in })
            await keeper.record { $0.take(Self.reply([Self.series(from: 0, count: 60)], last: 60, from: 0, until: 60)) }
            // The first one prunes.
            await keeper.tick(at: at(60))
            await keeper.tick(at: at(400))
            #expect(await keeper.recorder.batch.isEmpty)
            await keeper.record { $0.take(Self.reply([Self.series(from: 60, count: 60)], last: 120, from: 60, until: 120)) }
            let page = try await keeper.samples(since: nil, until: noon + 90)
            #expect(try Self.samples(page).map(\.at) == (0..<90).map { noon.milliseconds + $0 * 1000 })
            #expect(Span.merged(page.recorded, until: noon + 1e9) == [Span(start: noon, end: noon + 90)])
            #expect(await keeper.transactions == 2)
        }
    }

    @Test("what is too old goes by whole hours; how each interface was stays")
    func age() async throws {
        try await withDatabase { database in
            let link = SampleSeries(wan: "telkom", target: nil, times: [Int(noon.milliseconds) + 5000], results: [2])
            let other = Self.series("smartfren", from: 0, count: 60)
            try database.write(Self.batch([Self.series(from: 0, count: 4 * 3600), other, link], from: 0, until: 4 * 3600))
            try database.prune(before: noon + 1.5 * 3600, limit: 50_000_000)
            let page = try Self.all(database)
            #expect(try Self.samples(page).first?.at == (noon + 2 * 3600).milliseconds)
            #expect(page.recorded == [Span(start: noon + 2 * 3600, end: noon + 4 * 3600)])
            #expect(page.links == [.init(time: noon + 2 * 3600, wan: "telkom", state: 2)])
            #expect(try database.db.all("SELECT wan FROM stream") { try $0[0] as String } == ["telkom"])
        }
    }

    @Test("beyond the limit probes go first, the oldest day of them")
    func size() async throws {
        try await withDatabase { database in
            var batch = Self.batch([], from: 0, until: 20 * 86400)
            batch.runs["run"] = Run(lastID: 1, span: noon)
            batch.events = [RecordedEvent(run: "run", time: noon, event: .sample(1, at: 0))]
            for day in 0..<20 {
                var random = SystemRandomNumberGenerator()
                let series = SampleSeries(
                    wan: "telkom", target: "gateway",
                    times: [Int(noon.milliseconds) + day * 86_400_000] + Array(repeating: 4000, count: 21_599),
                    results: (0..<21_600).map { _ in Int.random(in: 10_000...90_000, using: &random) })
                batch.samples.add([series], in: Span(start: noon, end: noon + 20 * 86400))
            }
            try database.write(batch)
            let limit = HistoryDatabase.logBytes + 200_000
            try #require(try database.usedBytes() > limit + 100_000)
            #expect(try database.prune(before: noon, limit: limit) == noon)
            #expect(try database.usedBytes() <= limit)
            #expect(try database.events(EventQuery(since: .distantPast, until: .distantFuture)).count == 1)
            let first = try #require(try Self.samples(Self.all(database)).first?.at)
            #expect(first > noon.milliseconds && first < (noon + 19 * 86400).milliseconds)
            #expect(try Self.all(database).recorded.map(\.start.milliseconds) == [first])
        }
    }

    /// The shipped configuration, and more trouble than most WANs have: an outage of two minutes every two hours.
    @Test("90 days of the default configuration fit into 40 MB beside whatever else there is")
    func ninetyDays() async throws {
        let recording = OfficeRecorder(OfficeRecorder.settings(), OfficeRecorder.usual, seed: 9).run(for: .seconds(7200)).recording
        let streams = try recording.streams.map { stream in (stream, try stream.blocks.flatMap { try SampleBlock.decode($0) }) }
        #expect(streams.reduce(0) { $0 + $1.1.count } > 29_000)
        try await withDatabase { database in
            let empty = try database.usedBytes()
            for turn in 0..<12 {
                let shift = Int64(turn * 2 * Self.hour)
                let series = streams.map { stream, samples in
                    SampleSeries(wan: stream.wan, target: stream.target, samples.map { Sample(at: $0.at + shift, $0.result) })
                }
                try database.write(Self.batch(series, from: turn * 7200, until: (turn + 1) * 7200))
            }
            let perDay = try database.usedBytes() - empty
            #expect(perDay * 90 < 40_000_000 && perDay * 90 + HistoryDatabase.logBytes < 50_000_000, "\(perDay) bytes a day")
        }
    }

    private func withDatabase(_ body: (HistoryDatabase) throws -> Void) async throws {
        try await withFolder { folder in try body(try HistoryDatabase(path: "\(folder)/history.db")) }
    }
}
