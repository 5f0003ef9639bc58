import FoundationEssentials
import GRDB
import Model
import Samples

/// The probes: a block for each hour of each target by each WAN.
extension HistoryDatabase {
    static let hour: Int64 = 3_600_000

    // MARK: writing

    static func insert(_ batch: SampleBatch, _ db: Database) throws {
        for (start, end) in batch.recorded {
            try db.execute(
                sql: "INSERT INTO recorded VALUES (?, ?) ON CONFLICT (start) DO UPDATE SET end = max(end, excluded.end)",
                arguments: [start.milliseconds, end.milliseconds])
        }
        for link in batch.links {
            try db.execute(
                sql: "INSERT OR IGNORE INTO link VALUES (?, ?, ?)", arguments: [link.time.milliseconds, link.wan, link.state])
        }
        for (stream, samples) in batch.streams {
            try db.execute(sql: "INSERT OR IGNORE INTO stream (wan, target) VALUES (?, ?)", arguments: [stream.wan, stream.target])
            let id = try Int64.fetchOne(
                db, sql: "SELECT id FROM stream WHERE wan = ? AND target = ?", arguments: [stream.wan, stream.target])
            for (hour, part) in Dictionary(grouping: samples, by: { $0.at / hour * hour }) { try append(part, to: id, hour, db) }
        }
    }

    /// The block is packed anew, which changes nothing in what it had. Only what comes after it is new: after a start of ours the daemon tells
    /// again what it remembers.
    private static func append(_ samples: [Sample], to stream: Int64?, _ hour: Int64, _ db: Database) throws {
        let old = try Data.fetchOne(db, sql: "SELECT block FROM sample WHERE time = ? AND stream = ?", arguments: [hour, stream])
        // Nobody can read a damaged one any more: the hour begins anew.
        let kept = old.flatMap { try? SampleBlock.decode([UInt8]($0)) } ?? []
        let known = kept.last.map { $0.at + SampleBlock.tolerance } ?? .min
        let new = samples.filter { $0.at > known }
        guard !new.isEmpty, kept.count + new.count <= SampleBlock.most else { return }
        try db.execute(
            sql: "INSERT INTO sample VALUES (?, ?, ?) ON CONFLICT (time, stream) DO UPDATE SET block = excluded.block",
            arguments: [hour, stream, Data(SampleBlock.encode(kept + new))])
    }

    // MARK: reading

    /// Some hours of what is kept.
    package struct SamplePage: Equatable, Sendable {
        package struct Block: Equatable, Sendable {
            package var stream: SampleBatch.Stream
            package var bytes: [UInt8]
        }
        /// In the order of their hours.
        package var blocks: [Block] = []
        /// How each interface was at the beginning, and how it changed.
        package var links: [SampleBatch.Link] = []
        package var recorded: [Span] = []
        /// Where the next page begins. nil: there is none.
        package var next: Moment?
    }

    /// - Parameters:
    ///   - start: nil: from the first that is kept.
    ///   - bytes: about so many of blocks, and an hour at least.
    package func samples(since start: Moment?, until end: Moment, bytes: Int) throws(HistoryError) -> SamplePage {
        try read { db in
            let first = try Int64.fetchOne(db, sql: "SELECT min(start) FROM recorded")
            let start = start?.milliseconds ?? first ?? end.milliseconds
            var page = SamplePage()
            var (size, hour) = (0, Int64.min)
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT time, wan, target, block FROM sample JOIN stream ON stream.id = sample.stream
                    WHERE time > ? AND time < ? ORDER BY time, stream
                    """, arguments: [start - Self.hour, end.milliseconds])
            while let row = try rows.next() {
                let time: Int64 = row["time"]
                if time != hour, size >= bytes {
                    page.next = Moment(milliseconds: time)
                    break
                }
                hour = time
                let block: Data = row["block"]
                size += block.count
                page.blocks.append(.init(stream: .init(wan: row["wan"], target: row["target"]), bytes: [UInt8](block)))
            }
            let upTo = page.next?.milliseconds ?? end.milliseconds
            page.links = try Row.fetchAll(
                db,
                sql: """
                    SELECT wan, state, ?1 AS time, max(time) AS since FROM link WHERE time < ?1 GROUP BY wan
                    UNION ALL SELECT wan, state, time, 0 FROM link WHERE time >= ?1 AND time < ?2 ORDER BY time
                    """, arguments: [start, upTo]
            ).map { SampleBatch.Link(time: Moment(milliseconds: $0["time"]), wan: $0["wan"], state: $0["state"]) }
            page.recorded = try Row.fetchAll(
                db, sql: "SELECT * FROM recorded WHERE start < ? AND end > ? ORDER BY start", arguments: [upTo, start]
            ).map { Span(start: Moment(milliseconds: max($0["start"], start)), end: Moment(milliseconds: min($0["end"], upTo))) }
            return page
        }
    }

    // MARK: pruning

    /// Whole hours go; where one is cut, all of it.
    static func pruneSamples(before cutoff: Int64, _ db: Database) throws {
        let first = (cutoff + hour - 1) / hour * hour
        try carryOver("link", to: first, db)
        try db.execute(sql: "DELETE FROM sample WHERE time < ?", arguments: [first])
        try db.execute(sql: "DELETE FROM link WHERE time < ?", arguments: [first])
        try db.execute(sql: "DELETE FROM recorded WHERE end <= ?", arguments: [first])
        try db.execute(sql: "UPDATE OR REPLACE recorded SET start = ? WHERE start < ?", arguments: [first, first])
        try db.execute(sql: "DELETE FROM stream WHERE id NOT IN (SELECT stream FROM sample)")
    }
}

extension HistoryDatabase.SamplePage {
    mutating func append(_ waiting: SampleBatch, since start: Moment, until end: Moment) {
        for (stream, samples) in waiting.streams.sorted(by: { ($0.key.wan, $0.key.target) < ($1.key.wan, $1.key.target) }) {
            let wanted = samples.filter { $0.at >= start.milliseconds && $0.at < end.milliseconds }
            if !wanted.isEmpty { blocks.append(Block(stream: stream, bytes: SampleBlock.encode(wanted))) }
        }
        links += waiting.links.filter { $0.time >= start && $0.time < end }
        recorded += waiting.recorded.map { Span(start: max($0.key, start), end: min($0.value, end)) }.filter { $0.start < $0.end }
    }
}
