import Dispatch
import Glibc

/// Runs it so that Ctrl-C and SIGTERM cancel it: the lab is taken down before the program ends.
func interruptible(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task(operation: body)
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
        // The source sees the signal only if its usual effect is off.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { task.cancel() }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    try await task.value
}
