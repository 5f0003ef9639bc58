import Control
package import ControlProtocol
import Dispatch
import Floor
import Glibc

/// Listens to the daemon as any other reader of its socket does, and comes back when it was away. Blocks: it wants a thread of its own.
package struct Follower: Sendable {
    private let path: String
    private let keeper: Keeper
    private let now: @Sendable () -> Now
    private let log: @Sendable (ControlEvent.Severity, String) -> Void

    static let signOfLife: Duration = .seconds(60)
    static let longestWait: Duration = .seconds(5)

    package init(
        path: String, keeper: Keeper, now: @escaping @Sendable () -> Now, log: @escaping @Sendable (ControlEvent.Severity, String) -> Void
    ) {
        self.path = path
        self.keeper = keeper
        self.now = now
        self.log = log
    }

    package func run() -> Never {
        var wait: Duration = .seconds(1)
        var told: String?
        while true {
            do throws(ControlClientError) {
                try follow {
                    log(.notice, "Following uplinkd on \(path).")
                    told = nil
                    wait = .seconds(1)
                }
            } catch {
                // While the daemon is stopped this comes every few seconds.
                let text = "Not following uplinkd: \(error)"
                if text != told { log(.warning, text) }
                told = text
            }
            record { $0.disconnected(at: now()) }
            poll(nil, 0, Int32(wait.components.seconds) * 1000)
            wait = min(wait * 2, Self.longestWait)
        }
    }

    /// Until the connection ends.
    private func follow(_ begun: () -> Void) throws(ControlClientError) {
        let client = try ControlClient(path: path)
        let status = try client.status()
        var replies = try client.follow(last: nil)
        guard let past = try replies.next(until: .now + .seconds(30))?.events else { return }
        record { $0.connected(status, past: past, at: now()) }
        begun()
        try readReports()
        try readSamples(startedAt: status.started)
        var signAt = ContinuousClock.now + Self.signOfLife
        while true {
            do {
                guard let events = try replies.next(until: signAt)?.events else { return }
                record { $0.happened(events, at: now()) }
                if events.contains(where: { $0.kind == .report }) { try readReports() }
            } catch ControlClientError.noAnswer where ContinuousClock.now >= signAt {
                // Nothing has happened. Whether it lives is asked for below.
            }
            if ContinuousClock.now >= signAt {
                signAt = .now + Self.signOfLife
                let status = try ControlClient(path: path).status()
                let awaitsReport = record { recorder in
                    recorder.alive(status, at: now())
                    return recorder.awaitsReport
                }
                if awaitsReport { try readReports() }
                try readSamples(startedAt: status.started)
            }
        }
    }

    private func readReports() throws(ControlClientError) {
        do {
            let reports = try ControlClient(path: path).reports()
            record { $0.take(reports) }
        } catch ControlClientError.refused(.methodNotFound) {
            // An older daemon: it has none.
        }
    }

    private func readSamples(startedAt started: String) throws(ControlClientError) {
        do {
            while record({ !$0.batch.samples.isFull }) {
                let reply = try ControlClient(path: path).samples(after: record { $0.lastSample(ofDaemonStarted: started) })
                // Another daemon by now: the next connection begins with its samples.
                guard reply.started == started else { return }
                record { $0.take(reply) }
                if !reply.more { return }
            }
        } catch ControlClientError.refused(.methodNotFound) {
            // An older daemon.
        }
    }

    @discardableResult
    private func record<R: Sendable>(_ body: @Sendable (inout Recorder) -> R) -> R {
        keeper.executor.queue.sync { keeper.assumeIsolated { body(&$0.recorder) } }
    }
}
