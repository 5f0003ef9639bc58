import Model
import Samples

/// The probes: a block for each hour of each target by each WAN.
extension HistoryDatabase {
    static let hour: Int64 = 3_600_000

    // MARK: writing

    func insert(_ batch: SampleBatch) throws {
        for (start, end) in batch.recorded {
            try db.run("INSERT INTO recorded VALUES (?, ?) ON CONFLICT (start) DO UPDATE SET end = max(end, excluded.end)", start, end)
        }
        for link in batch.links { try db.run("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", link.time, link.wan, link.state) }
        for (stream, samples) in batch.streams {
            try db.run("INSERT OR IGNORE INTO stream (wan, target) VALUES (?, ?)", stream.wan, stream.target)
            let id: Int64? = try db.value("SELECT id FROM stream WHERE wan = ? AND target = ?", stream.wan, stream.target)
            for (hour, part) in Dictionary(grouping: samples, by: { $0.at / Self.hour * Self.hour }) { try append(part, to: id, hour) }
        }
    }

    /// The block is packed anew, which changes nothing in what it had. Only what comes after it is new: after a start of ours the daemon tells
    /// again what it remembers.
    private func append(_ samples: [Sample], to stream: Int64?, _ hour: Int64) throws {
        let old: [UInt8]? = try db.value("SELECT block FROM sample WHERE time = ? AND stream = ?", hour, stream)
        // Nobody can read a damaged one any more: the hour begins anew.
        let kept = old.flatMap { try? SampleBlock.decode($0) } ?? []
        let known = kept.last.map { $0.at + SampleBlock.tolerance } ?? .min
        let new = samples.filter { $0.at > known }
        guard !new.isEmpty, kept.count + new.count <= SampleBlock.most else { return }
        try db.run(
            "INSERT INTO sample VALUES (?, ?, ?) ON CONFLICT (time, stream) DO UPDATE SET block = excluded.block", hour, stream,
            SampleBlock.encode(kept + new))
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
        try perform {
            let start = try start ?? db.value("SELECT min(start) FROM recorded") ?? end
            var page = SamplePage()
            var (size, hour) = (0, Moment.distantPast)
            try db.each(
                """
                SELECT time, wan, target, block FROM sample JOIN stream ON stream.id = sample.stream
                WHERE time > ? AND time < ? ORDER BY time, stream
                """, [start.milliseconds - Self.hour, end]
            ) { row in
                let time: Moment = try row[0]
                if time != hour, size >= bytes {
                    page.next = time
                    return false
                }
                hour = time
                let block: [UInt8] = try row[3]
                size += block.count
                page.blocks.append(.init(stream: .init(wan: try row[1], target: try row[2]), bytes: block))
                return true
            }
            let upTo = page.next ?? end
            page.links = try db.all(
                """
                SELECT wan, state, ?1 AS time, max(time) AS since FROM link WHERE time < ?1 GROUP BY wan
                UNION ALL SELECT wan, state, time, 0 FROM link WHERE time >= ?1 AND time < ?2 ORDER BY time
                """, start, upTo
            ) { SampleBatch.Link(time: try $0[2], wan: try $0[0], state: try $0[1]) }
            page.recorded = try db.all("SELECT start, end FROM recorded WHERE start < ? AND end > ? ORDER BY start", upTo, start) {
                Span(start: max(try $0[0], start), end: min(try $0[1], upTo))
            }
            return page
        }
    }

    // MARK: pruning

    /// Whole hours go; where one is cut, all of it.
    func pruneSamples(before cutoff: Moment) throws {
        let first = (cutoff.milliseconds + Self.hour - 1) / Self.hour * Self.hour
        // How each interface was at that moment is still needed for what comes after it. Where there is something of that very moment, that is it.
        try db.run(
            """
            UPDATE OR IGNORE link SET time = ?1
            WHERE time < ?1 AND time = (SELECT max(time) FROM link AS other WHERE other.wan = link.wan AND other.time < ?1)
            """, first)
        try db.run("DELETE FROM sample WHERE time < ?", first)
        try db.run("DELETE FROM link WHERE time < ?", first)
        try db.run("DELETE FROM recorded WHERE end <= ?", first)
        try db.run("UPDATE OR REPLACE recorded SET start = ?1 WHERE start < ?1", first)
        try db.run("DELETE FROM stream WHERE id NOT IN (SELECT stream FROM sample)")
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
