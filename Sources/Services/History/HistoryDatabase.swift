package import ControlProtocol
import FoundationEssentials
import GRDB
import Glibc

/// The file with all that is kept. Blocking, and not for two threads at once: `Keeper` owns it.
package final class HistoryDatabase {
    package let path: String
    let queue: DatabaseQueue

    /// Opens the file, makes it if there is none, and brings an older one up to date.
    package init(path: String) throws(HistoryError) {
        self.path = path
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            let migrator = Self.migrator
            let isLater = try queue.read { db in
                // Half a second for 50 MB; without it a broken page would show up some day in the middle of an answer.
                if let complaint = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), complaint != "ok" {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: complaint)
                }
                return try migrator.hasBeenSuperseded(db)
            }
            if isLater { throw HistoryError.later(path: path) }
            try migrator.migrate(queue)
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    private static var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "history"
        configuration.prepareDatabase { db in
            // Before the first table is made, or it has no effect any more: what is pruned gives its pages back without rewriting the file.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            // A page that changes every minute is written to the log each time, but to its place only once in 4 MB of log. Nothing waits for
            // the disk but that (NORMAL): after a power cut the last minutes may be missing, and the file is whole.
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(logBytes / 4096)")
            try db.execute(sql: "PRAGMA journal_size_limit = \(logBytes)")
            try db.execute(sql: "PRAGMA cache_size = -1024")
        }
        // Somebody looks into it with sqlite3.
        configuration.busyMode = .timeout(5)
        return configuration
    }

    package static let logBytes = 4 << 20

    // MARK: writing

    package func write(_ batch: Batch) throws(HistoryError) {
        try write { db in
            for (start, end) in batch.spans {
                try db.execute(
                    sql: "INSERT INTO span VALUES (?, ?) ON CONFLICT (start) DO UPDATE SET end = excluded.end",
                    arguments: [start.milliseconds, end.milliseconds])
            }
            for (name, run) in batch.runs {
                try db.execute(
                    sql: """
                        INSERT INTO run (name, last_id, span) VALUES (?, ?, ?)
                        ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id, span = excluded.span
                        """, arguments: [name, run.lastID, run.span.milliseconds])
            }
            for event in batch.events { try Self.insert(event, db) }
            for condition in batch.conditions { try Self.insert(condition, db) }
            for report in batch.reports.values { try Self.insert(report, db) }
            try Self.insert(batch.samples, db)
        }
    }

    /// One transaction.
    func write(_ body: (Database) throws -> Void) throws(HistoryError) {
        do {
            try queue.write(body)
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    private static func insert(_ recorded: RecordedEvent, _ db: Database) throws {
        let event = recorded.event
        let details = event.details.isEmpty ? nil : String(decoding: try JSONEncoder().encode(event.details), as: UTF8.self)
        try db.execute(
            sql: "INSERT OR REPLACE INTO event SELECT id, ?, ?, ?, ?, ?, ?, ? FROM run WHERE name = ?",
            arguments: [
                event.id, recorded.time.milliseconds, event.kind.rawValue, event.severity.rawValue, event.wan, event.message, details,
                recorded.run,
            ])
    }

    private static func insert(_ condition: Condition, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO condition VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                condition.time.milliseconds, condition.wan, condition.health, condition.fault, condition.lossPercent,
                condition.roundTripMilliseconds,
            ])
    }

    private static func insert(_ report: SwitchReport, _ db: Database) throws {
        let time = Moment(report.decided) ?? .now()
        try db.execute(
            sql: "INSERT OR REPLACE INTO report VALUES (?, ?, ?)",
            arguments: [report.id, time.milliseconds, String(decoding: try JSONEncoder().encode(report), as: UTF8.self)])
    }

    // MARK: reading

    func read<R>(_ body: (Database) throws -> R) throws(HistoryError) -> R {
        do {
            return try queue.read(body)
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    /// The run that was followed last.
    package func lastRun() throws(HistoryError) -> (name: String, run: Run)? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT name, last_id, span FROM run WHERE name <> ? ORDER BY id DESC LIMIT 1", arguments: [ownRun])
                .map { ($0["name"], Run(lastID: $0["last_id"], span: Moment(milliseconds: $0["span"]))) }
        }
    }

    package func lastID(ofRun name: String) throws(HistoryError) -> Int? {
        try read { db in try Int.fetchOne(db, sql: "SELECT last_id FROM run WHERE name = ?", arguments: [name]) }
    }

    /// Oldest first.
    package func events(_ wanted: EventQuery) throws(HistoryError) -> [RecordedEvent] {
        try read { db in
            var (conditions, arguments) = (
                ["time >= ?", "time <= ?"], [wanted.since.milliseconds, wanted.until.milliseconds] as StatementArguments
            )
            if let wan = wanted.wan { (conditions, arguments) = (conditions + ["wan = ?"], arguments + [wan]) }
            if let kind = wanted.kind { (conditions, arguments) = (conditions + ["kind = ?"], arguments + [kind]) }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT event.*, run.name AS run_name FROM event JOIN run ON run.id = event.run
                    WHERE \(conditions.joined(separator: " AND ")) ORDER BY time DESC, run DESC, event.id DESC LIMIT ?
                    """, arguments: arguments + [wanted.last ?? -1])
            return try rows.reversed().map { row in
                let time = Moment(milliseconds: row["time"])
                let details = try (row["details"] as String?).map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
                return RecordedEvent(
                    run: row["run_name"], time: time,
                    event: ControlEvent(
                        id: row["id"], time: time.text, kind: .init(rawValue: row["kind"]), severity: .init(rawValue: row["severity"]),
                        wan: row["wan"], message: row["message"], details: details ?? [:]))
            }
        }
    }

    package func spans(until end: Moment) throws(HistoryError) -> [Span] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM span WHERE start <= ? ORDER BY start", arguments: [end.milliseconds]).map {
                Span(start: Moment(milliseconds: $0["start"]), end: Moment(milliseconds: $0["end"]))
            }
        }
    }

    /// In the order in which they came.
    package func conditions(since start: Moment, until end: Moment) throws(HistoryError) -> [Condition] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM condition WHERE time >= ? AND time <= ? ORDER BY time, rowid",
                arguments: [start.milliseconds, end.milliseconds]
            ).map { row in
                Condition(
                    time: Moment(milliseconds: row["time"]), wan: row["wan"], health: row["health"], fault: row["fault"],
                    lossPercent: row["loss"], roundTripMilliseconds: row["round_trip"])
            }
        }
    }

    /// Oldest first.
    package func reports(id: String?, since: Moment, last: Int?) throws(HistoryError) -> [SwitchReport] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT json FROM report WHERE time >= ? AND (? IS NULL OR id = ?) ORDER BY time DESC, id DESC LIMIT ?",
                arguments: [since.milliseconds, id, id, last ?? -1]
            ).reversed().map { try JSONDecoder().decode(SwitchReport.self, from: Data($0.utf8)) }
        }
    }
}

/// The name under which our own events are kept, beside those of the daemon's runs.
package let ownRun = "uplinkd-history"

package struct EventQuery: Sendable {
    package var since: Moment
    package var until: Moment
    package var wan: String?
    package var kind: String?
    package var last: Int?
}
