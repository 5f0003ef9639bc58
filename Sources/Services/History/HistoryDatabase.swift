package import ControlProtocol
import FoundationEssentials

/// The file with all that is kept. Blocking, and not for two threads at once: `Keeper` owns it.
package final class HistoryDatabase {
    package let path: String
    let db: Database

    /// Opens the file, makes it if there is none, and brings an older one up to date.
    package init(path: String) throws(HistoryError) {
        self.path = path
        do {
            db = try Database(path: path)
            try db.script(Self.settings)
            // Half a second for 50 MB; without it a broken page would show up some day in the middle of an answer.
            if let complaint: String = try db.value("PRAGMA quick_check(1)"), complaint != "ok" {
                throw HistoryError.broken(path: path, complaint)
            }
            try migrate()
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    private static let settings: StaticString = """
        -- Before the first table is made, or it has no effect any more: what is pruned gives its pages back without rewriting the file.
        PRAGMA auto_vacuum = INCREMENTAL;
        -- A page that changes every minute is written to the log each time, but to its place only once in 4 MB of log (1024 pages). Nothing waits
        -- for the disk but that (NORMAL): after a power cut the last minutes may be missing, and the file is whole.
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA wal_autocheckpoint = 1024;
        PRAGMA journal_size_limit = 4194304;
        PRAGMA cache_size = -1024;
        """

    /// As the settings have it.
    package static let logBytes = 4 << 20

    // MARK: writing

    package func write(_ batch: Batch) throws(HistoryError) {
        try write {
            for (start, end) in batch.spans {
                try db.run("INSERT INTO span VALUES (?, ?) ON CONFLICT (start) DO UPDATE SET end = excluded.end", start, end)
            }
            for (name, run) in batch.runs {
                try db.run(
                    """
                    INSERT INTO run (name, last_id, span) VALUES (?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id, span = excluded.span
                    """, name, run.lastID, run.span)
            }
            for event in batch.events { try insert(event) }
            for condition in batch.conditions { try insert(condition) }
            for report in batch.reports.values { try insert(report) }
            try insert(batch.samples)
        }
    }

    /// One transaction.
    func write(_ body: () throws -> Void) throws(HistoryError) { try perform { try db.transaction(body) } }

    private func insert(_ recorded: RecordedEvent) throws {
        let event = recorded.event
        let details = event.details.isEmpty ? nil : String(decoding: try JSONEncoder().encode(event.details), as: UTF8.self)
        try db.run(
            "INSERT OR REPLACE INTO event SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM run WHERE name = ?", event.id, recorded.time,
            event.kind.rawValue, event.severity.rawValue, event.wan, event.message, details, event.code, recorded.run)
    }

    private func insert(_ condition: Condition) throws {
        try db.run(
            "INSERT INTO condition VALUES (?, ?, ?, ?, ?, ?)", condition.time, condition.wan, condition.health, condition.fault,
            condition.lossPercent, condition.roundTripMilliseconds)
    }

    private func insert(_ report: SwitchReport) throws {
        try db.run(
            "INSERT OR REPLACE INTO report VALUES (?, ?, ?)", report.id, Moment(report.decided) ?? .now(),
            String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    // MARK: reading

    /// Says of every failure whose it is.
    func perform<R>(_ body: () throws -> R) throws(HistoryError) -> R {
        do {
            return try body()
        } catch {
            throw HistoryError(error, path: path)
        }
    }

    /// The run that was followed last.
    package func lastRun() throws(HistoryError) -> (name: String, run: Run)? {
        try perform {
            let runs = try db.all("SELECT name, last_id, span FROM run WHERE name <> ? ORDER BY id DESC LIMIT 1", ownRun) { row in
                (name: try row[0] as String, run: Run(lastID: try row[1], span: try row[2]))
            }
            return runs.first
        }
    }

    package func lastID(ofRun name: String) throws(HistoryError) -> Int? {
        try perform { try db.value("SELECT last_id FROM run WHERE name = ?", name) }
    }

    /// Oldest first.
    package func events(_ wanted: EventQuery) throws(HistoryError) -> [RecordedEvent] {
        try perform {
            try db.all(
                """
                SELECT run.name, event.id, time, kind, severity, wan, message, details, code FROM event JOIN run ON run.id = event.run
                WHERE time >= ?1 AND time <= ?2 AND (?3 IS NULL OR wan = ?3) AND (?4 IS NULL OR kind = ?4)
                ORDER BY time DESC, run DESC, event.id DESC LIMIT ?5
                """, wanted.since, wanted.until, wanted.wan, wanted.kind, wanted.last ?? -1
            ) { row in
                let time: Moment = try row[2]
                let details = try (row[7] as String?).map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
                return RecordedEvent(
                    run: try row[0], time: time,
                    event: ControlEvent(
                        id: try row[1], time: time.text, kind: .init(rawValue: try row[3]), severity: .init(rawValue: try row[4]),
                        wan: try row[5], code: try row[8], message: try row[6], details: details ?? [:]))
            }.reversed()
        }
    }

    package func spans(until end: Moment) throws(HistoryError) -> [Span] {
        try perform {
            try db.all("SELECT start, end FROM span WHERE start <= ? ORDER BY start", end) { Span(start: try $0[0], end: try $0[1]) }
        }
    }

    /// In the order in which they came.
    package func conditions(since start: Moment, until end: Moment) throws(HistoryError) -> [Condition] {
        try perform {
            try db.all(
                """
                SELECT time, wan, health, fault, loss, round_trip FROM condition
                WHERE time >= ? AND time <= ? ORDER BY time, rowid
                """, start, end
            ) { row in
                Condition(
                    time: try row[0], wan: try row[1], health: try row[2], fault: try row[3], lossPercent: try row[4],
                    roundTripMilliseconds: try row[5])
            }
        }
    }

    /// Oldest first.
    package func reports(id: String?, since: Moment, last: Int?) throws(HistoryError) -> [SwitchReport] {
        try perform {
            try db.all(
                "SELECT json FROM report WHERE time >= ?1 AND (?2 IS NULL OR id = ?2) ORDER BY time DESC, id DESC LIMIT ?3", since, id,
                last ?? -1
            ) { row in
                try JSONDecoder().decode(SwitchReport.self, from: Data((try row[0] as String).utf8))
            }.reversed()
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
