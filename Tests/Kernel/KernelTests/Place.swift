import Foundation
import Testing

/// Where this process runs. A Swift process can't change its namespace (its threads come and go), so what needs one runs in a child.
enum Place {
    static let variable = "UPLINKD_TEST_NAMESPACE"
    static let namespace = ProcessInfo.processInfo.environment[variable]
    static var isNamespace: Bool { namespace != nil }
    /// How a line begins that the child prints for whoever reads the output of the tests.
    static let measurement = "measured: "
}

struct CommandFailed: Error, CustomStringConvertible {
    var description: String
}

/// Runs a program to its end, and gives back what it printed. One that doesn't end is killed after `seconds`, with its own children, and
/// has failed; `timeout` sees to that even when this process is killed first.
@discardableResult
func run(_ command: [String], input: String = "", environment: [String: String] = [:], seconds: Int = 60) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "--kill-after=2", "\(seconds)"] + command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: nobody has to read while the child writes.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("uplinkd-\(getpid())-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (inputFile, outputFile) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
    try input.write(to: inputFile, atomically: false, encoding: .utf8)
    // Appending, because the child's standard output and error are positions in this file of their own once it opens them again.
    let descriptor = open(outputFile.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandFailed(description: "\(outputFile.path): \(String(cString: strerror(errno)))") }
    let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    try output.close()
    let text = try String(contentsOf: outputFile, encoding: .utf8)
    guard process.terminationStatus == 0 else {
        // What `timeout` exits with; 9 when the child ignored SIGTERM, and `timeout` went the same way.
        let end = [124, 9].contains(process.terminationStatus) ? " (killed after \(seconds) s)" : ""
        throw CommandFailed(description: "\(command.joined(separator: " ")): exit status \(process.terminationStatus)\(end)\n\(text)")
    }
    return text
}

/// The same on a thread of its own: one of those that tests share may not wait for long.
@discardableResult
func runAside(
    _ command: [String], input: String = "", environment: [String: String] = [:], seconds: Int = 60
) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result { try run(command, input: input, environment: environment, seconds: seconds) })
        }
    }
}

@discardableResult
func ip(_ arguments: String...) throws -> String { try run(["ip"] + arguments) }

/// Asks again and again until it is so, or the time is up.
func eventually(within limit: Duration = .seconds(10), _ condition: () throws -> Bool) rethrows -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    repeat {
        if try condition() { return true }
        usleep(2000)
    } while clock.now < deadline
    return false
}

@Suite(.disabled(if: Place.isNamespace)) struct PlaceTests {
    /// The child that runs everything a second time hangs on this: a test that never ended would otherwise spin in there unseen.
    @Test("a child that doesn't end is killed, and has failed", arguments: ["sleep 1000", "trap '' TERM; while :; do sleep 0.1; done"])
    func endless(_ script: String) throws {
        let error = #expect(throws: CommandFailed.self) { try run(["sh", "-c", "echo $$; \(script)"], seconds: 1) }
        let text = error?.description ?? ""
        #expect(text.contains("(killed after 1 s)"), "\(text)")
        let child = try #require(text.split(separator: "\n").last.flatMap { pid_t($0) }, "\(text)")
        #expect(eventually { kill(child, 0) == -1 && errno == ESRCH })
    }

    @Test("a program that fails has failed, whatever it printed", arguments: ["exit 3", "kill -SEGV $$"])
    func failing(_ script: String) {
        #expect(throws: CommandFailed.self) { try run(["sh", "-c", "echo 'side → .linux'; \(script)"]) }
    }
}

@Suite struct InNamespace {
    /// All tests of this target run a second time in a child inside a namespace; there those that need Linux are not skipped.
    @Test("what holds in memory holds on Linux", .disabled(if: Place.isNamespace))
    func child() async throws {
        let name = "uplinkd-\(getpid())"
        try ip("netns", "add", name)
        defer {
            do { try ip("netns", "del", name) } catch { Issue.record(error) }
        }
        try ip("-n", name, "link", "set", "lo", "up")
        // Aside, because it takes a while, and a box with two cores has two threads for all tests.
        let output = try await runAside(
            [
                "ip", "netns", "exec", name, CommandLine.arguments[0], "--filter", "KernelTests", "--testing-library", "swift-testing",
                "--no-parallel",
            ],
            environment: [Place.variable: name], seconds: 300)
        // The child's output is shown when it fails; of a success, the measurements only.
        for line in output.split(separator: "\n") where line.hasPrefix(Place.measurement) { print(line) }
        // A child that finds no test says so with success.
        #expect(output.contains("side → .linux"), "the child ran nothing on Linux:\n\(output)")
    }
}
