package import ControlProtocol
package import Dispatch
package import Floor
import FoundationEssentials
import Model

/// Owns the file and what waits to be written into it. Blocking work, on a queue of its own.
package actor Keeper {
    package struct Options: Sendable {
        /// The folder of the file.
        package var folder: String
        package var keep: Duration
        /// The bytes that the file may have.
        package var limit: Int

        package init(folder: String, keep: Duration, limit: Int) {
            self.folder = folder
            self.keep = keep
            self.limit = limit
        }
    }

    /// Flash wears out by writing: so often at most, and this rarely when there is no news.
    static let shortestPause: Duration = .seconds(60)
    static let longestPause: Duration = .seconds(300)
    static let pruningPause: Duration = .seconds(3600)

    package nonisolated let executor: QueueExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    let options: Options
    private let log: @Sendable (ControlEvent.Severity, String) -> Void
    /// nil: it can't be opened, and that is tried again.
    var database: HistoryDatabase?
    var recorder: Recorder
    /// Why nothing can be written.
    private(set) var problem: Sentence?
    private var lost = 0
    private var writtenAt: Duration?
    private var prunedAt: Duration?
    package private(set) var transactions = 0

    /// Fails only on a file that must not be touched. Without a usable one it begins in memory.
    package init(
        _ options: Options, queue: DispatchQueue = DispatchQueue(label: "net.uplinkd.history"),
        log: @escaping @Sendable (ControlEvent.Severity, String) -> Void
    ) throws(HistoryError) {
        self.options = options
        self.log = log
        executor = QueueExecutor(queue: queue)
        recorder = Recorder()
        let opened = try Self.open(options.path)
        database = opened.database
        problem = opened.problem?.sentence
        if let database {
            recorder = try Recorder(lastRun: database.lastRun(), lastOwnID: database.lastID(ofRun: ownRun) ?? 0)
        }
        if let problem { log(.error, problem.text) }
        if let aside = opened.aside {
            log(aside.severity, aside.sentence.text)
            recorder.note(aside, at: Now(wall: .now(), steady: .zero))
        }
    }

    private static func open(_ path: String) throws(HistoryError) -> (
        database: HistoryDatabase?, problem: HistoryError?, aside: HistoryNews?
    ) {
        do throws(HistoryError) {
            return (try HistoryDatabase(path: path), nil, nil)
        } catch {
            switch error {
            case .later: throw error
            case .failed: return (nil, error, nil)
            case .broken:
                do throws(HistoryError) {
                    let place = try setAside(path, at: .now())
                    return (try HistoryDatabase(path: path), nil, .setAside(error, place: place))
                } catch {
                    return (nil, error, nil)
                }
            }
        }
    }

    // MARK: what the daemon says

    @discardableResult
    package func record<R: Sendable>(_ body: @Sendable (inout Recorder) -> R) -> R { body(&recorder) }

    // MARK: writing

    /// To be called every few seconds.
    package func tick(at now: Now) {
        let pause = writtenAt.map { now.steady - $0 } ?? Self.longestPause
        guard pause >= Self.shortestPause else { return }
        if database != nil, problem == nil, prunedAt.map({ now.steady - $0 >= Self.pruningPause }) ?? true {
            prunedAt = now.steady
            prune(at: now)
        } else if recorder.batch.holdsNews || pause >= Self.longestPause && !recorder.batch.isEmpty || problem != nil {
            write(at: now)
        }
    }

    /// Before the end: what hasn't been written yet is, however short ago the last time was.
    package func finish(at now: Now) {
        recorder.disconnected(at: now)
        if !recorder.batch.isEmpty { write(at: now) }
    }

    private func write(at now: Now) {
        writtenAt = now.steady
        do throws(HistoryError) {
            try reopen(at: now)
            guard let database else { return trim() }
            transactions += 1
            try database.write(recorder.batch)
            recorder.written()
            if problem != nil { recover(at: now) }
        } catch {
            failed(error, at: now)
        }
    }

    private func prune(at now: Now) {
        writtenAt = now.steady
        do throws(HistoryError) {
            transactions += 1
            try database?.prune(before: now.wall + -seconds(options.keep), limit: options.limit)
        } catch {
            failed(error, at: now)
        }
    }

    private func reopen(at now: Now) throws(HistoryError) {
        guard database == nil else { return }
        let opened = try Self.open(options.path)
        database = opened.database
        if let problem = opened.problem { throw problem }
        if let aside = opened.aside { report(aside, at: now) }
    }

    private func failed(_ error: HistoryError, at now: Now) {
        if case .broken = error {
            // Closed first: a connection would go on writing to the file under its new name.
            database = nil
            do throws(HistoryError) {
                let place = try setAside(options.path, at: now.wall)
                report(.setAside(error, place: place), at: now)
                recorder.repeatRun()
            } catch {
                change(problem: error)
            }
        } else {
            change(problem: error)
        }
        trim()
    }

    private func trim() { lost += recorder.trim() }

    private func change(problem new: HistoryError) {
        let sentence = HistoryNews.unwritable(new).sentence
        // Each minute would fill the journal.
        if problem != sentence { log(.error, sentence.text) }
        problem = sentence
    }

    private func recover(at now: Now) {
        problem = nil
        report(.writableAgain(lost: lost), at: now)
        lost = 0
    }

    private func report(_ news: HistoryNews, at now: Now) {
        log(news.severity, news.sentence.text)
        recorder.note(news, at: now)
    }
}

extension Keeper.Options {
    var path: String { "\(folder)/history.db" }
}

/// Renames a file that is broken, and what SQLite has beside it. Never deletes: somebody may want what can still be read in it.
private func setAside(_ path: String, at time: Moment) throws(HistoryError) -> String {
    let stamp = time.text.filter { $0 != ":" && $0 != "-" && $0 != "." }
    let place = "\(path).broken-\(stamp)"
    do {
        try FileManager.default.moveItem(atPath: path, toPath: place)
        for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: place + suffix)
        }
    } catch {
        throw .failed(path: path, "it is damaged and can't be renamed: \(error)")
    }
    return place
}
