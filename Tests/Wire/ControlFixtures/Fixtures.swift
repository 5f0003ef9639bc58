package import Control
package import ControlProtocol
import Dispatch
import Glibc
package import Testing
package import Varlink

/// A folder of this test's own, which everybody may enter; deleted in the end.
@discardableResult
package func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    var template = Array("/tmp/uplinkd-control-\(getpid())-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(folder, 0o755)
    defer {
        for name in ["control", "control.lock", "uplinkctl", "uplinkd", "link"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
    return try await body(folder)
}

/// net.uplinkd, as a stub answers it.
package struct StubServer: Sendable {
    package let server: VarlinkServer
    private let news: ControlNews

    package init(_ path: String, _ handler: StubHandler, group: String? = nil, limits: VarlinkLimits = .init()) throws(ControlServerError) {
        server = try VarlinkServer(path: path, group: group, service: .control(handler), limits: limits)
        news = handler.news
    }

    package var path: String { server.path }
    package var counters: VarlinkCounters { get async { await server.counters } }
    package var clientCount: Int { get async { await server.clientCount } }
    package func start() async { await server.start() }
    package func stop() async { await server.stop() }
    package func publish(_ event: ControlEvent) { news.happened(event) }
    package func publishStatusChange() { news.statusChanged() }
}

/// A server that serves, in a folder of its own; stopped in the end.
@discardableResult
package func withServer<R>(
    limits: VarlinkLimits = .init(), group: String? = nil, _ body: (StubServer, StubHandler, String) async throws -> R
) async throws -> R {
    try await withFolder { folder in
        let handler = StubHandler()
        let server = try StubServer("\(folder)/control", handler, group: group, limits: limits)
        await server.start()
        do {
            let result = try await body(server, handler, server.path)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }
}

/// Runs what waits for sockets on a thread of its own: the few threads of Swift's pool have to answer meanwhile.
/// It stays part of the task, so that an expectation in it belongs to its test.
package func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withTaskExecutorPreference(QueueTaskExecutor()) { try body() }
}

private final class QueueTaskExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "test")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// For what has to come: a reply that never does makes a failure then, and not a test that hangs.
package func soon() -> ContinuousClock.Instant { ContinuousClock.now + .seconds(300) }

/// Polls until it holds; the deadline is only for when it never will.
package func eventually(_ what: Comment, _ holds: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while try await !holds() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// What the server there says to a client of its own.
package func status(at path: String) async throws -> Status { try await blocking { try ControlClient(path: path).status() } }
