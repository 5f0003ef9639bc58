import ControlProtocol
import HistoryProtocol
import Testing

@testable import History

@Suite struct PruningTests {
    private let day = 86400.0

    /// An event for each of some times, in days after noon.
    private func write(_ days: [Double], bytes: Int = 10, to database: HistoryDatabase) throws {
        var batch = Batch()
        batch.runs["run"] = Run(lastID: days.count, span: noon)
        batch.events = days.enumerated().map { index, time in
            let event = ControlEvent.sample(index + 1, at: time * day, ["text": String(repeating: "x", count: bytes)])
            return RecordedEvent(run: "run", time: noon + time * day, event: event)
        }
        try database.write(batch)
    }

    private func events(_ database: HistoryDatabase) throws -> [Int] {
        try database.events(EventQuery(since: .distantPast, until: .distantFuture)).map(\.event.id)
    }

    @Test("what is too old goes; how each WAN was at that moment stays")
    func age() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            var batch = Batch()
            batch.runs["old"] = Run(lastID: 1, span: noon)
            batch.events = [RecordedEvent(run: "old", time: noon, event: .sample(1, at: 0))]
            batch.spans = [noon: noon + day, noon + 2 * day: noon + 9 * day]
            batch.reports = ["a": .sample("a", at: day), "b": .sample("b", at: 8 * day)]
            batch.conditions = [
                Condition(time: noon, wan: "telkom", health: "down"), Condition(time: noon + day, wan: "telkom", health: "up"),
                Condition(time: noon + day, wan: "smartfren", health: "impaired", fault: "lossy"),
                Condition(time: noon + 7 * day, wan: "smartfren", health: "up"),
            ]
            try database.write(batch)
            try write([1, 4.9, 5, 8], to: database)
            #expect(try database.prune(before: noon + 5 * day, limit: 50_000_000) == noon + 5 * day)
            #expect(try events(database) == [3, 4])
            #expect(try database.reports(id: nil, since: .distantPast, last: nil).map(\.id) == ["b"])
            #expect(try database.spans(until: .distantFuture) == [Span(start: noon + 2 * day, end: noon + 9 * day)])
            let conditions = try database.conditions(since: .distantPast, until: .distantFuture)
            #expect(
                conditions.map { "\(($0.time - noon) / day) \($0.wan) \($0.health)" }.sorted() == [
                    "5.0 smartfren impaired", "5.0 telkom up", "7.0 smartfren up",
                ])
            #expect(try database.lastID(ofRun: "old") == nil)
            #expect(try database.lastRun()?.run.lastID == 4)
        }
    }

    @Test("the run that is followed stays, though nothing of it is left")
    func currentRun() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            try write([1, 2], to: database)
            try database.prune(before: noon + 100 * day, limit: 50_000_000)
            #expect(try events(database) == [])
            #expect(try database.lastRun()?.run.lastID == 2)
        }
    }

    @Test("beyond the limit the oldest days go, and their bytes are given back")
    func size() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            // 100 days, of 40 kB each.
            try write((0..<4000).map { Double($0) / 40 }, bytes: 900, to: database)
            let before = try database.usedBytes()
            let limit = HistoryDatabase.logBytes + 1_000_000
            try #require(before > limit + 2_000_000)
            let cutoff = try database.prune(before: noon, limit: limit)
            #expect(try database.usedBytes() <= limit)
            let left = try events(database)
            #expect(left.last == 4000 && left == Array((left.first ?? 0)...4000))
            // Not more than had to: at most a day more.
            #expect(try database.usedBytes() > limit - 100_000)
            #expect(cutoff > noon + 70 * day && cutoff < noon + 85 * day)
            let pages = try #require(try database.db.value("PRAGMA page_count") as Int?)
            #expect(pages * 4096 <= 1_000_000)
        }
    }

    @Test("with nothing left to take, a limit that is too small ends the search")
    func hopeless() async throws {
        try await withFolder { folder in
            let database = try HistoryDatabase(path: "\(folder)/a.db")
            try write([1, 2], to: database)
            try database.prune(before: noon, limit: 0)
            #expect(try events(database) == [])
        }
    }
}
