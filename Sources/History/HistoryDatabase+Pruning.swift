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

    /// What is older goes; then, while there is still too much, the oldest day, and so on. Returns since when all that was heard is kept.
    @discardableResult
    package func prune(before oldest: Moment, limit: Int) throws(HistoryError) -> Moment {
        var cutoff = oldest
        try prune(before: cutoff)
        while try usedBytes() > limit, let first = try oldestTime() {
            cutoff = max(cutoff, first) + 86400
            try prune(before: cutoff)
        }
        do {
            // Not in a transaction: it has to step through its pages.
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA incremental_vacuum") }
        } catch {
            throw HistoryError(error, path: path)
        }
        return cutoff
    }

    private func oldestTime() throws(HistoryError) -> Moment? {
        try read { db in
            try Self.pruned.compactMap { try Int64.fetchOne(db, sql: "SELECT min(time) FROM \($0)") }.min().map { Moment(milliseconds: $0) }
        }
    }

    private func prune(before cutoff: Moment) throws(HistoryError) {
        let time = cutoff.milliseconds
        do {
            try queue.write { db in
                // How each WAN was at that moment is still needed for what comes after it.
                let last = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT max(rowid) AS row FROM condition
                        WHERE (wan, time) IN (SELECT wan, max(time) FROM condition WHERE time < ? GROUP BY wan) GROUP BY wan
                        """, arguments: [time])
                for row in last {
                    try db.execute(sql: "UPDATE condition SET time = ? WHERE rowid = ?", arguments: [time, row["row"] as Int64])
                }
                for table in Self.pruned + ["condition"] {
                    try db.execute(sql: "DELETE FROM \(table) WHERE time < ?", arguments: [time])
                }
                try db.execute(sql: "DELETE FROM span WHERE end < ?", arguments: [time])
                // The one that is being followed has to stay, or all that the daemon remembers would come once more.
                try db.execute(
                    sql: "DELETE FROM run WHERE id < (SELECT max(id) FROM run) AND name <> ? AND id NOT IN (SELECT run FROM event)",
                    arguments: [ownRun])
            }
        } catch {
            throw HistoryError(error, path: path)
        }
    }
}
