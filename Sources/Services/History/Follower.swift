import Control
package import ControlProtocol
import Floor
import Varlink

/// What the history makes of the daemon's news.
package struct Follower: Sendable {
    private let path: String
    private let control: ControlFollower
    private let keeper: Keeper
    private let now: @Sendable () -> Now
    private let log: @Sendable (ControlEvent.Severity, String) -> Void

    package init(
        path: String, keeper: Keeper, now: @escaping @Sendable () -> Now, log: @escaping @Sendable (ControlEvent.Severity, String) -> Void
    ) {
        self.path = path
        control = ControlFollower(path: path)
        self.keeper = keeper
        self.now = now
        self.log = log
    }

    /// Until the task is cancelled.
    package func run() async {
        await control.run { news throws(ControlClientError) in try await heard(news) }
    }

    private func heard(_ news: ControlFollower.News) async throws(ControlClientError) {
        switch news {
        case .connected(let status, let past, _):
            await record { $0.connected(status, past: past, at: now()) }
            log(.notice, "Following uplinkd on \(path).")
            try await readReports()
            try await readSamples(startedAt: status.started)
        case .happened(let events):
            await record { $0.happened(events, at: now()) }
            if events.contains(where: { $0.kind == .report }) { try await readReports() }
        case .alive:
            let status = try await ask(ControlMethod.status, NoParameters()).status
            let awaitsReport = await record { recorder in
                recorder.alive(status, at: now())
                return recorder.awaitsReport
            }
            if awaitsReport { try await readReports() }
            try await readSamples(startedAt: status.started)
        case .away(let error, let isNew):
            // While the daemon is stopped this comes every few seconds.
            if isNew { log(.warning, "Not following uplinkd: \(error)") }
            await record { $0.disconnected(at: now()) }
        }
    }

    private func readReports() async throws(ControlClientError) {
        do throws(ControlClientError) {
            let reports = try await ask(ControlMethod.reports, ReportsParameters()).reports
            await record { $0.take(reports) }
        } catch .refused(.service(.methodNotFound)) {
            // An older daemon: it has none.
        }
    }

    private func readSamples(startedAt started: String) async throws(ControlClientError) {
        do throws(ControlClientError) {
            while await record({ !$0.batch.samples.isFull }) {
                let last = await record { $0.lastSample(ofDaemonStarted: started) }
                let reply = try await ask(ControlMethod.samples, SamplesParameters(after: last))
                // Another daemon by now: the next connection begins with its samples.
                guard reply.started == started else { return }
                await record { $0.take(reply) }
                if !reply.more { return }
            }
        } catch .refused(.service(.methodNotFound)) {
            // An older daemon.
        }
    }

    /// By a connection of its own: the other one tells events.
    private func ask<P, R>(_ method: VarlinkMethod<P, R>, _ parameters: P) async throws(ControlClientError) -> R {
        try await AsyncClient<ControlError>(path: path, poll: control.poll).call(method, parameters)
    }

    @discardableResult
    private func record<R: Sendable>(_ body: @Sendable (inout Recorder) -> R) async -> R { await keeper.record(body) }
}
