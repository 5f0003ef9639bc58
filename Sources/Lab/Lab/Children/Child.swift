internal import Glibc
internal import Subprocess
internal import Synchronization

/// A process that runs until it is told to stop. What it writes is kept; it dies with us (`setpriv --pdeathsig`: also after a `kill -9`).
package final class Child: Sendable {
    package let name: String
    package let processIdentifier: Int32
    private let standardOutput: BoundedLog
    private let standardError: BoundedLog
    private let end: Task<TerminationStatus, any Error>
    private let state: SharedState

    /// Written by the task that waits for the process, read by those who signal it.
    private final class SharedState: Sendable {
        let hasEnded = Mutex(false)
    }

    private init(
        name: String, processIdentifier: Int32, standardOutput: BoundedLog, standardError: BoundedLog,
        end: Task<TerminationStatus, any Error>, state: SharedState
    ) {
        self.name = name
        self.processIdentifier = processIdentifier
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.end = end
        self.state = state
    }

    /// `privileges`: more options of setpriv(1).
    static func start(
        _ name: String, in namespace: String, privileges: [String] = [], _ arguments: [String]
    ) async throws -> Child {
        let standardOutput = BoundedLog()
        let standardError = BoundedLog()
        let state = SharedState()
        // `ip netns exec` and setpriv both become what they start, so the process identifier is that of the program itself. The parent of
        // the death signal is the thread that spawned, and swift-subprocess keeps one thread for that as long as the process lives.
        let command = ["netns", "exec", namespace, "setpriv", "--pdeathsig", "KILL"] + privileges + ["--"] + arguments
        let (started, report) = AsyncStream<Int32>.makeStream()
        let end = Task {
            defer {
                state.hasEnded.withLock { $0 = true }
                report.finish()
            }
            return try await Subprocess.run(
                .name("ip"), arguments: Arguments(command), input: .none, output: .sequence, error: .sequence
            ) { execution in
                report.yield(execution.processIdentifier.value)
                async let output: Void = copy(execution.standardOutput, to: standardOutput)
                async let errors: Void = copy(execution.standardError, to: standardError)
                _ = try await (output, errors)
            }.terminationStatus
        }
        for await processIdentifier in started {
            return Child(
                name: name, processIdentifier: processIdentifier, standardOutput: standardOutput, standardError: standardError, end: end,
                state: state)
        }
        _ = try await end.value
        throw LabError("\(name) did not start: \(arguments.joined(separator: " "))")
    }

    package var isRunning: Bool { state.hasEnded.withLock { !$0 } }
    package var output: String { standardOutput.text }
    package var outputLines: [String] { standardOutput.lines }
    package var errors: String { standardError.text }

    package func signal(_ number: Int32) {
        // Under the lock: once the process has ended and been waited for, its number may be somebody else's.
        state.hasEnded.withLock {
            if !$0 { kill(processIdentifier, number) }
        }
    }

    /// SIGTERM, and SIGKILL if that doesn't help.
    @discardableResult
    package func stop(within: Duration = .seconds(5)) async throws -> String {
        signal(SIGTERM)
        let deadline = Moment.now + within
        while isRunning, Moment.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        if isRunning { signal(SIGKILL) }
        return "\(try await end.value)"
    }

    /// Ends it at once, as the out-of-memory killer would.
    package func kill9() async throws {
        signal(SIGKILL)
        _ = try await end.value
    }

    /// Waits for the line by which a program of the lab says that its sockets are open.
    package func waitUntilReady(within: Duration = .seconds(10)) async throws {
        let deadline = Moment.now + within
        while !outputLines.contains(readyLine) {
            guard isRunning, Moment.now < deadline else { throw LabError("\(name) did not get ready:\n\(log)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    package var log: String {
        let parts = [("stdout", output), ("stderr", errors)].filter { !$0.1.isEmpty }.map { "\($0.0):\n\($0.1)" }
        return "--- \(name) (\(processIdentifier), \(isRunning ? "running" : "ended"))\n" + parts.joined(separator: "\n")
    }
}

/// The first line on stdout of every program of the lab that stays.
package let readyLine = "ready"

private func copy(_ source: SubprocessOutputSequence, to log: BoundedLog) async throws {
    for try await buffer in source {
        log.append(buffer.withUnsafeBytes { Array($0) })
    }
}
