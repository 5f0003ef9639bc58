import ControlProtocol
import Testing

@testable import History

@Suite struct DatabaseTests {
    private func batch(_ events: [ControlEvent], conditions: [Condition] = [], reports: [SwitchReport] = []) -> Batch {
        var batch = Batch()
        batch.runs["run"] = Run(lastID: events.last?.id ?? 0, span: noon)
        batch.spans[noon] = noon + 3600
        batch.events = events.map { RecordedEvent(run: "run", time: Moment($0.time) ?? noon, event: $0) }
        batch.conditions = conditions
        for report in reports { batch.reports[report.id] = report }
        return batch
    }

    private let all = EventQuery(since: .distantPast, until: .distantFuture)

    @Test("what is written comes back, also after the file was closed")
    func roundTrip() async throws {
        try await withFolder { folder in
            var events = [
                ControlEvent.sample(1, at: 0), .health(2, at: 1, "telkom", "down", fault: "upstream silent", loss: 12.5),
                .sample(3, at: 2, ["é\"": "a\nb"]),
            ]
            events[1].code = "health"
            let conditions = [
                Condition(time: noon, wan: "telkom", health: "up"),
                Condition(time: noon + 1, wan: "telkom", health: "down", fault: "silent", lossPercent: 12.5, roundTripMilliseconds: 3.25),
            ]
            try HistoryDatabase(path: "\(folder)/a.db").write(batch(events, conditions: conditions, reports: [.sample("1"), .sample("2")]))
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            #expect(try database.events(all).map(\.event) == events)
            #expect(try database.conditions(since: noon, until: noon + 1) == conditions)
            #expect(try database.spans(until: noon) == [Span(start: noon, end: noon + 3600)])
            #expect(try database.reports(id: nil, since: .distantPast, last: nil).map(\.id) == ["1", "2"])
            #expect(try database.reports(id: "2", since: .distantPast, last: nil) == [.sample("2")])
            let last = try #require(try database.lastRun())
            #expect(last.name == "run" && last.run == Run(lastID: 3, span: noon))
        }
    }

    @Test("events are chosen by time, WAN, kind and number")
    func query() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            try database.write(
                batch([
                    .sample(1, at: 0), .sample(2, at: 1, wan: "telkom"), .sample(3, at: 1, kind: .repair, wan: "telkom"),
                    .sample(4, at: 2, wan: "smartfren"), .sample(5, at: 3),
                ]))
            func ids(_ change: (inout EventQuery) -> Void) throws -> [Int] {
                var query = all
                change(&query)
                return try database.events(query).map(\.event.id)
            }
            #expect(try ids { $0.since = noon + 1 } == [2, 3, 4, 5])
            #expect(try ids { $0.until = noon + 1 } == [1, 2, 3])
            #expect(try ids { $0.wan = "telkom" } == [2, 3])
            #expect(try ids { $0.kind = "repair" } == [3])
            #expect(try ids { $0.last = 2 } == [4, 5])
            #expect(try ids { $0.last = 0 } == [])
        }
    }

    @Test("the file is kept as flash and crashes want it")
    func settings() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            // Incremental, and NORMAL.
            #expect(try database.db.value("PRAGMA auto_vacuum") == 2)
            #expect(try database.db.value("PRAGMA journal_mode") == "wal")
            #expect(try database.db.value("PRAGMA synchronous") == 1)
            #expect(try database.db.value("PRAGMA wal_autocheckpoint") == HistoryDatabase.logBytes / 4096)
            #expect(try database.db.value("PRAGMA journal_size_limit") == HistoryDatabase.logBytes)
            // Somebody who looks into it with sqlite3 is waited for, five seconds.
            #expect(try database.db.value("PRAGMA busy_timeout") == 5000)
        }
    }

    @Test("a file of a later version is refused, and left as it is")
    func later() async throws {
        try await withFolder { folder in
            let path = "\(folder)/history.db"
            try HistoryDatabase(path: path).db.run("INSERT INTO grdb_migrations VALUES ('1000: something new')")
            #expect(throws: HistoryError.later(path: path)) { try HistoryDatabase(path: path) }
            #expect(throws: HistoryError.later(path: path)) {
                try Keeper(.init(folder: folder, keep: .seconds(86400), limit: 10_000_000), log: { _, _ in })
            }
            #expect(names(in: folder).allSatisfy { !$0.contains("broken") })
        }
    }

    @Test("what somebody else has written into it is an error, and nothing worse")
    func strange() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            try database.db.run("INSERT INTO span VALUES (1, 'yesterday')")
            let expected = HistoryError.broken(path: "\(folder)/a.db", "there is no Moment in column end")
            #expect(throws: expected) { try database.spans(until: .distantFuture) }
            try database.write(batch([.sample(1, at: 0)]))
            try database.db.run("UPDATE event SET details = 'x'")
            #expect {
                try database.events(all)
            } throws: {
                if case HistoryError.broken = $0 { true } else { false }
            }
        }
    }

    @Test("a time on the wire is read to the millisecond, and written as it was")
    func moments() {
        #expect(Moment("2026-11-02T12:00:00.000Z") == noon)
        #expect(Moment("2026-11-02T12:00:00Z") == noon)
        #expect(Moment("2026-11-02T19:00:00.250+07:00") == noon + 0.25)
        #expect((noon + 0.001).text == "2026-11-02T12:00:00.001Z")
        for text in ["", "yesterday", "2026-11-02", "12:00"] { #expect(Moment(text) == nil, "\(text)") }
    }
}
