import ControlProtocol
import FoundationEssentials
import Testing

@testable import History

/// grdb.db was written by uplinkd-history when GRDB was its way to SQLite, with what is in `everything`.
@Suite("A file of an earlier version")
struct EarlierFileTests {
    private static let run = "2026-11-02T12:00:00.000Z 7"

    private static func everything() -> Batch {
        var batch = Batch()
        batch.runs[run] = Run(lastID: 3, span: noon)
        batch.spans = [noon: noon + 3600, noon + 7200: noon + 7300.5]
        batch.events = [
            ControlEvent.sample(1, at: 0), .health(2, at: 1, "telkom", "down", was: "up", fault: "upstream silent", loss: 12.5),
            .sample(3, at: 2, kind: .repair, wan: "smartfren", ["é\"": "a\nb"]),
        ].map { RecordedEvent(run: run, time: Moment($0.time) ?? noon, event: $0) }
        batch.conditions = [
            Condition(time: noon, wan: "telkom", health: "up"),
            Condition(
                time: noon + 1, wan: "telkom", health: "down", fault: "upstream silent", lossPercent: 12.5, roundTripMilliseconds: 3.25),
        ]
        batch.reports = ["a": .sample("a", finished: false), "b": .sample("b", at: 1)]
        let start = Int(noon.milliseconds)
        batch.samples.add(
            [
                SampleSeries(
                    wan: "telkom", target: "gateway", times: [start] + Array(repeating: 1000, count: 3999),
                    results: (0..<4000).map { $0 % 10 == 9 ? -1 : 18_000 + $0 % 7 * 100 }),
                SampleSeries(wan: "smartfren", target: "9.9.9.9", times: [start + 500, 30_000], results: [45_000, -1]),
                SampleSeries(wan: "telkom", target: nil, times: [start, 1000], results: [0, 2]),
            ], in: Span(start: noon, end: noon + 4000))
        return batch
    }

    private func withEarlierFile(_ body: (_ folder: String, _ earlier: HistoryDatabase) async throws -> Void) async throws {
        try await withFolder { folder in
            let file = #filePath.replacing("EarlierFileTests.swift", with: "grdb.db")
            try FileManager.default.copyItem(atPath: file, toPath: "\(folder)/history.db")
            try await body(folder, try HistoryDatabase(path: "\(folder)/history.db"))
        }
    }

    private let all = EventQuery(since: .distantPast, until: .distantFuture)

    /// All probes, without the order in which their targets were heard of first.
    private func samples(_ database: HistoryDatabase) throws -> HistoryDatabase.SamplePage {
        var page = try database.samples(since: nil, until: noon + 1e9, bytes: .max)
        page.blocks.sort { ($0.stream.wan, $0.bytes.count) < ($1.stream.wan, $1.bytes.count) }
        return page
    }

    @Test("is read as if we had written it")
    func read() async throws {
        try await withEarlierFile { folder, earlier in
            let ours = try HistoryDatabase(path: "\(folder)/ours.db")
            let batch = Self.everything()
            try ours.write(batch)
            for database in [earlier, ours] {
                #expect(try database.events(all) == batch.events)
                #expect(try database.conditions(since: noon, until: noon + 1) == batch.conditions)
                #expect(
                    try database.spans(until: .distantFuture).map { [$0.start: $0.end] } == [
                        [noon: noon + 3600], [noon + 7200: noon + 7300.5],
                    ])
                #expect(
                    try database.reports(id: nil, since: .distantPast, last: nil) == [.sample("a", finished: false), .sample("b", at: 1)])
                #expect(try database.lastRun()?.name == Self.run && database.lastRun()?.run == Run(lastID: 3, span: noon))
            }
            let page = try samples(earlier)
            #expect(page.blocks.count == 3 && page.links.count == 2 && page.recorded == [Span(start: noon, end: noon + 4000)])
            #expect(try page == samples(ours))
        }
    }

    @Test("has the tables that ours has, and knows no step that we don't")
    func schema() async throws {
        try await withEarlierFile { folder, earlier in
            let ours = try HistoryDatabase(path: "\(folder)/ours.db")
            func tables(_ database: HistoryDatabase) throws -> [String] {
                try database.db.all("SELECT name || coalesce(sql, '') FROM sqlite_master ORDER BY name") { try $0[0] }
            }
            #expect(try tables(earlier) == tables(ours))
            #expect(try earlier.db.value("PRAGMA auto_vacuum") == 2)
            let steps = try earlier.db.all("SELECT identifier FROM grdb_migrations ORDER BY 1") { try $0[0] as String }
            #expect(steps == ["1: events, conditions, reports", "2: samples", "3: codes"])
        }
    }

    @Test("goes on growing, and is pruned")
    func written() async throws {
        try await withEarlierFile { folder, earlier in
            var batch = Batch()
            batch.runs[Self.run] = Run(lastID: 4, span: noon)
            var event = ControlEvent.sample(4, at: 3)
            event.code = "repaired"
            batch.events = [RecordedEvent(run: Self.run, time: noon + 3, event: event)]
            batch.reports = ["a": .sample("a")]
            try earlier.write(batch)
            #expect(try earlier.events(all).map(\.event.id) == [1, 2, 3, 4])
            #expect(try earlier.events(all).map(\.event.code) == [nil, nil, nil, "repaired"])
            #expect(try earlier.reports(id: "a", since: .distantPast, last: nil) == [.sample("a")])
            try earlier.prune(before: noon + 2, limit: 50_000_000)
            #expect(try HistoryDatabase(path: "\(folder)/history.db").events(all).map(\.event.id) == [3, 4])
        }
    }
}
