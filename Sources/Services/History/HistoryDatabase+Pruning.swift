extension HistoryDatabase {
    /// The bytes that the file would have without its free pages, and those of the log beside it.
    package func usedBytes() throws(HistoryError) -> Int {
        let bytes: Int? = try perform {
            try db.value("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size")
        }
        return (bytes ?? 0) + Self.logBytes
    }

    /// What is older goes; then, while there is still too much, the oldest day of probes, which are most of it, and when there are none left the
    /// oldest day of the rest. Returns since when all of the rest that was heard is kept.
    @discardableResult
    package func prune(before oldest: Moment, limit: Int) throws(HistoryError) -> Moment {
        var cutoff = oldest
        try prune(before: cutoff)
        while try usedBytes() > limit {
            if let first = try oldestTime("SELECT min(time) FROM sample") {
                try write { try pruneSamples(before: first + 86400) }
            } else if let first = try oldestTime(
                "SELECT min(time) FROM (SELECT min(time) AS time FROM event UNION ALL SELECT min(time) FROM report)")
            {
                cutoff = max(cutoff, first) + 86400
                try prune(before: cutoff)
            } else {
                break
            }
        }
        // Not in a transaction: it has to step through its pages.
        try perform { try db.run("PRAGMA incremental_vacuum") }
        return cutoff
    }

    private func oldestTime(_ sql: StaticString) throws(HistoryError) -> Moment? {
        try perform { try db.value(sql) }
    }

    private func prune(before cutoff: Moment) throws(HistoryError) {
        try write {
            // How each WAN was at that moment is still needed for what comes after it.
            try db.run(
                """
                UPDATE OR IGNORE condition SET time = ?1
                WHERE time < ?1 AND time = (SELECT max(time) FROM condition AS other WHERE other.wan = condition.wan AND other.time < ?1)
                """, cutoff)
            try db.run("DELETE FROM condition WHERE time < ?", cutoff)
            try db.run("DELETE FROM event WHERE time < ?", cutoff)
            try db.run("DELETE FROM report WHERE time < ?", cutoff)
            try db.run("DELETE FROM span WHERE end < ?", cutoff)
            // The one that is being followed has to stay, or all that the daemon remembers would come once more.
            try db.run(
                "DELETE FROM run WHERE id < (SELECT max(id) FROM run) AND name <> ? AND id NOT IN (SELECT run FROM event)", ownRun)
            try pruneSamples(before: cutoff)
        }
    }
}
