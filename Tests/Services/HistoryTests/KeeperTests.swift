import ControlProtocol
import FoundationEssentials
import Glibc
import HistoryProtocol
import Model
import Synchronization
import HistoryProtocol
import Testing

@testable import History

extension Keeper {
    /// No page more than it has, and as many as it likes.
    fileprivate func fill() throws { try database?.db.run("PRAGMA max_page_count = 1") }
    fileprivate func makeRoom() throws { try database?.db.run("PRAGMA max_page_count = 1000000") }

    /// So that all of it has to be read again.
    fileprivate func forget() throws {
        try database?.db.run("PRAGMA wal_checkpoint(TRUNCATE)")
        database?.db.releaseMemory()
    }

    fileprivate func connect(at now: Now) { record { $0.connected(.sample(), past: [.sample(1, at: 0)], at: now) } }

    fileprivate func happened(_ event: ControlEvent, at now: Now) { record { $0.happened([event], at: now) } }

    fileprivate var ids: [Int] {
        get throws { try events(EventQuery(since: .distantPast, until: .distantFuture)).filter { $0.kind != .history }.map(\.id) }
    }

    fileprivate var ownEvents: [String] {
        get throws { try events(EventQuery(since: .distantPast, until: .distantFuture, kind: "history")).map(\.message) }
    }
}

/// What was logged.
private final class Log: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    func add(_ severity: ControlEvent.Severity, _ text: String) { kept.withLock { $0.append("\(severity.rawValue): \(text)") } }
}

@Suite struct KeeperTests {
    private func keeper(_ folder: String, _ log: Log = Log()) throws -> Keeper {
        try Keeper(.init(folder: folder, keep: .seconds(90 * 86400), limit: 50_000_000), log: { log.add($0, $1) })
    }

    @Test("however much happens, there is one transaction a minute at most")
    func batches() async throws {
        try await withFolder { folder in
            let keeper = try keeper(folder)
            await keeper.connect(at: at(0))
            await keeper.tick(at: at(0))
            var counts: [Int] = []
            for second in 1...3600 {
                await keeper.happened(.sample(second + 1, at: Double(second)), at: at(Double(second)))
                await keeper.tick(at: at(Double(second)))
                if second % 60 == 0 { counts.append(await keeper.transactions) }
            }
            // The first one prunes.
            #expect(counts == Array(2...61))
            await keeper.finish(at: at(3601))
            let database = try HistoryDatabase(path: "\(folder)/history.db")
            #expect(try database.events(EventQuery(since: .distantPast, until: .distantFuture)).map(\.event.id) == Array(1...3601))
        }
    }

    @Test("without news, the observed time is written down every five minutes")
    func quiet() async throws {
        try await withFolder { folder in
            let keeper = try keeper(folder)
            await keeper.connect(at: at(0))
            await keeper.tick(at: at(0))
            await keeper.tick(at: at(60))
            let before = await keeper.transactions
            for second in stride(from: 65.0, through: 60 + 1500, by: 5) {
                await keeper.record { $0.alive(.sample(), at: at(second)) }
                await keeper.tick(at: at(second))
            }
            #expect(await keeper.transactions - before == 5)
            #expect(try HistoryDatabase(path: "\(folder)/history.db").spans(until: .distantFuture) == [Span(start: noon, end: noon + 1560)])
        }
    }

    @Test("what isn't written yet is in the answers already, and once")
    func pending() async throws {
        try await withFolder { folder in
            let keeper = try keeper(folder)
            await keeper.connect(at: at(0))
            #expect(try await keeper.ids == [1])
            await keeper.record { $0.take([.sample("a", finished: false)]) }
            await keeper.tick(at: at(0))
            await keeper.tick(at: at(60))
            await keeper.happened(.sample(2, at: 61), at: at(61))
            await keeper.record { $0.take([.sample("a"), .sample("b")]) }
            #expect(try await keeper.ids == [1, 2])
            #expect(try await keeper.reports(id: nil, since: .distantPast, last: nil) == [.sample("a"), .sample("b")])
            #expect(try await keeper.reports(id: "a", since: .distantPast, last: nil) == [.sample("a")])
            #expect(try await keeper.events(EventQuery(since: noon, until: noon + 100, last: 1)).map(\.id) == [2])
            #expect(try await keeper.events(EventQuery(since: noon + 1, until: noon + 60)) == [])
        }
    }

    @Test("killed at any moment, it goes on where the file ends, and what the daemon still knows comes again")
    func killed() async throws {
        try await withFolder { folder in
            let first = try keeper(folder)
            await first.connect(at: at(0))
            await first.tick(at: at(0))
            await first.tick(at: at(60))
            await first.happened(.sample(2, at: 61), at: at(61))
            // Never written.
            let second = try keeper(folder)
            await second.record { $0.connected(.sample(), past: [.sample(1, at: 0), .sample(2, at: 61), .sample(3, at: 70)], at: at(80)) }
            #expect(try await second.ids == [1, 2, 3])
            await second.finish(at: at(80))
            let third = try keeper(folder)
            #expect(try await third.ids == [1, 2, 3])
            #expect(try await third.availability(since: noon, until: noon + 100, by: nil, at: at(100)).isEmpty)
        }
    }

    @Test("a broken file is set aside, never deleted, and a new one begun", arguments: ["this is no database", ""])
    func broken(content: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/history.db"
            let garbage = Data(String(repeating: content.isEmpty ? "x" : content, count: 500).utf8)
            if content.isEmpty {
                // A real one, of which a page was overwritten.
                let keeper = try keeper(folder)
                await keeper.connect(at: at(0))
                await keeper.finish(at: at(1))
                try await keeper.forget()
                let file = open(path, O_WRONLY)
                try #require(garbage.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 4096) } > 0)
                close(file)
            } else {
                try garbage.write(to: URL(filePath: path))
            }
            let log = Log()
            let keeper = try keeper(folder, log)
            let aside = try #require(names(in: folder).first { $0.hasPrefix("history.db.broken-") })
            #expect(log.lines.count == 1 && log.lines[0].hasPrefix("error: ") && log.lines[0].contains("It is kept as \(folder)/\(aside)"))
            let told = try await keeper.ownEvents
            #expect(told.count == 1 && told[0].contains(aside))
            if !content.isEmpty { #expect(try Data(contentsOf: URL(filePath: "\(folder)/\(aside)")) == garbage) }
            await keeper.connect(at: at(0))
            await keeper.finish(at: at(1))
            #expect(try HistoryDatabase(path: path).lastRun()?.run.lastID == 1)
        }
    }

    @Test("a file that breaks while it is used is set aside as well, and nothing that is heard is lost")
    func breaks() async throws {
        try await withFolder { folder in
            let path = "\(folder)/history.db"
            let log = Log()
            let keeper = try keeper(folder, log)
            await keeper.record { $0.connected(.sample(), past: [.health(1, at: 0, "telkom", "up")], at: at(0)) }
            await keeper.tick(at: at(0))
            await keeper.tick(at: at(60))
            try await keeper.forget()
            let file = open(path, O_WRONLY)
            let garbage = [UInt8](repeating: 0x55, count: 65536)
            try #require(pwrite(file, garbage, garbage.count, 0) == garbage.count)
            close(file)
            await keeper.happened(.sample(2, at: 61), at: at(61))
            await keeper.tick(at: at(120))
            await keeper.tick(at: at(180))
            #expect(names(in: folder).contains { $0.hasPrefix("history.db.broken-") })
            #expect(await keeper.problems == [])
            let database = try HistoryDatabase(path: path)
            #expect(try database.lastRun()?.run == Run(lastID: 2, span: noon))
            #expect(try await keeper.ids == [2])
            #expect(try await keeper.ownEvents.count == 1)
            #expect(try database.conditions(since: noon, until: noon).map(\.health) == ["up"])
        }
    }

    @Test("on a full disk it goes on in memory, says so, and writes when there is room again")
    func full() async throws {
        try await withFolder { folder in
            let log = Log()
            let keeper = try keeper(folder, log)
            await keeper.connect(at: at(0))
            await keeper.tick(at: at(0))
            await keeper.tick(at: at(60))
            try await keeper.fill()
            let text = String(repeating: "x", count: 40_000)
            await keeper.happened(.sample(2, at: 61, ["text": text]), at: at(61))
            for second in stride(from: 65.0, through: 600, by: 5) { await keeper.tick(at: at(second)) }
            #expect(await keeper.problems.count == 1)
            #expect(await keeper.problems.first?.code == "history-unwritable")
            #expect(try await keeper.ids == [1, 2])
            // Once, and not every minute.
            #expect(log.lines.count == 1)
            try await keeper.makeRoom()
            await keeper.tick(at: at(660))
            #expect(await keeper.problems == [])
            #expect(try await keeper.ids == [1, 2])
            #expect(try HistoryDatabase(path: "\(folder)/history.db").lastRun()?.run.lastID == 2)
            #expect(log.lines.last == "notice: The history can be written again; nothing is missing.")
        }
    }

    @Test("without its folder it begins in memory, and opens the file when it can")
    func noFolder() async throws {
        try await withFolder { folder in
            let log = Log()
            let keeper = try keeper("\(folder)/later", log)
            #expect(await keeper.problems.count == 1)
            await keeper.connect(at: at(0))
            await keeper.tick(at: at(0))
            #expect(try await keeper.ids == [1])
            mkdir("\(folder)/later", 0o700)
            await keeper.tick(at: at(60))
            #expect(await keeper.problems == [])
            #expect(try HistoryDatabase(path: "\(folder)/later/history.db").lastRun()?.run.lastID == 1)
            for name in names(in: "\(folder)/later") { unlink("\(folder)/later/\(name)") }
            rmdir("\(folder)/later")
        }
    }

    @Test("an outage is in the answers, with its figures, and as going on while it does")
    func outage() async throws {
        try await withFolder { folder in
            let keeper = try keeper(folder)
            let past = [
                ControlEvent.health(1, at: 0, "telkom", "up"), .health(2, at: 0, "smartfren", "up"),
                .health(3, at: 100, "telkom", "suspect", was: "up", loss: 1, roundTrip: 12),
                .health(4, at: 101, "telkom", "down", was: "suspect", fault: "upstream silent"),
                .sample(5, at: 101, kind: .selection, wan: "smartfren", ["from": "telkom", "to": "smartfren", "switch": "failover"]),
            ]
            await keeper.record { $0.connected(.sample(), past: past, at: at(110)) }
            await keeper.tick(at: at(110))
            await keeper.tick(at: at(170))
            // Between two signs of life.
            let found = try await keeper.outages(of: "telkom", since: nil, until: .distantFuture, at: at(200))
            #expect(found.count == 1)
            #expect(found.first?.end == nil && found.first?.seconds == 100 && found.first?.fault?.code == "upstream-silent")
            #expect(found.first?.lossPercentBefore == 1 && found.first?.roundTripMillisecondsBefore == 12)
            let availability = try await keeper.availability(since: nil, until: .distantFuture, by: .day, at: at(200))
            #expect(
                availability.filter { $0.period == "all" }.map {
                    "\($0.wan) \($0.upSeconds) \($0.downSeconds) \($0.outages) \($0.switches)"
                } == [
                    "smartfren 200.0 0.0 0 1", "telkom 100.0 100.0 1 1",
                ])
            #expect(try await keeper.outages(of: "smartfren", since: nil, until: .distantFuture, at: at(200)) == [])
            #expect(try await keeper.outages(of: nil, since: noon + 300, until: .distantFuture, at: at(400)).isEmpty == false)
            #expect(try await keeper.outages(of: nil, since: nil, until: noon + 50, at: at(400)) == [])
            await keeper.record { $0.disconnected(at: at(410)) }
            let ended = try await keeper.outages(of: "telkom", since: nil, until: .distantFuture, at: at(500))
            #expect(ended.first?.end == (noon + 410).text && ended.first?.endObserved == false)
        }
    }
}
