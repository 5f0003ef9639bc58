import FoundationEssentials
import GRDB

extension HistoryDatabase {
    /// The bytes that the file would have without its free pages, and those of the log beside it.
    package func usedBytes() throws(HistoryError) -> Int {
        try read { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            return (pages - free) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096) + Self.logBytes
        }
    }

    /// What is older goes; then, while there is still too much, the oldest day of probes, which are most of it, and when there are none left the
    /// oldest day of the rest. Returns since when all of the rest that was heard is kept.
    @discardableResult
    package func prune(before oldest: Moment, limit: Int) throws(HistoryError) -> Moment {
        var cutoff = oldest
        try prune(before: cutoff)
        while try usedBytes() > limit {
            if let first = try oldestTime(of: ["sample"]) {
                let end = first + 86400
                try write { db in try Self.pruneSamples(before: end.milliseconds, db) }
            } else if let first = try oldestTime(of: Self.pruned) {
                cutoff = max(cutoff, first) + 86400
                try prune(before: cutoff)
            } else {
                break
            }
        }
        do {
            // Not in a transaction: it has to step through its pages.
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA incremental_vacuum") }
        } catch {
            throw HistoryError(error, path: path)
        }
        return cutoff
    }

    private func oldestTime(of tables: [String]) throws(HistoryError) -> Moment? {
        try read { db in
            try tables.compactMap { try Int64.fetchOne(db, sql: "SELECT min(time) FROM \($0)") }.min().map { Moment(milliseconds: $0) }
        }
    }

    private func prune(before cutoff: Moment) throws(HistoryError) {
        let time = cutoff.milliseconds
        try write { db in
            try Self.carryOver("condition", to: time, db)
            for table in Self.pruned + ["condition"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE time < ?", arguments: [time])
            }
            try db.execute(sql: "DELETE FROM span WHERE end < ?", arguments: [time])
            // The one that is being followed has to stay, or all that the daemon remembers would come once more.
            try db.execute(
                sql: "DELETE FROM run WHERE id < (SELECT max(id) FROM run) AND name <> ? AND id NOT IN (SELECT run FROM event)",
                arguments: [ownRun])
            try Self.pruneSamples(before: time, db)
        }
    }

    /// How each WAN was at that moment is still needed for what comes after it. Where there is something of that very moment, that is it.
    static func carryOver(_ table: String, to time: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE OR IGNORE \(table) SET time = ?1
                WHERE time < ?1 AND time = (SELECT max(time) FROM \(table) AS other WHERE other.wan = \(table).wan AND other.time < ?1)
                """, arguments: [time])
    }
}
