import Dispatch
import Floor
import FoundationEssentials
import Glibc
import Testing

@testable import uplinkd_hooks

/// Real processes.
@Suite(.timeLimit(.minutes(2))) struct HookRunTests {
    private func run(
        _ folder: Folder, _ script: String, timeout: Duration = .seconds(30), environment: [String] = ["PATH=/usr/bin:/bin"],
        input: [UInt8] = []
    ) async throws -> HookRun.Outcome {
        try await folder.script("hook", script)
        let path = "\(folder.path)/hook"
        return await withCheckedContinuation { continuation in
            let queue = DispatchQueue(label: "test")
            queue.async {
                _ = HookRun(path, environment: environment, input: input, timeout: timeout, poll: Poll(queue: queue)) {
                    continuation.resume(returning: $0)
                }
            }
        }
    }

    @Test("it gets its input and its environment, nothing else, and what it says is kept")
    func plain() async throws {
        let outcome = try await run(
            try Folder(), "cat\necho \"$A\" >&2\nenv | grep -v -e ^PWD -e ^_ -e ^SHLVL -e ^OLDPWD\nexit 3",
            environment: ["A=b c", "PATH=/usr/bin:/bin"],
            input: Array("first\nsecond\n".utf8))
        #expect(outcome.end == .exited(3) && !outcome.isSuccess)
        #expect(outcome.output == ["first", "second", "b c", "A=b c", "PATH=/usr/bin:/bin"])
        #expect(outcome.text(timeout: .seconds(30)).hasPrefix("exit status 3 after "))
    }

    @Test("input larger than a pipe that nobody reads holds nobody up")
    func unread() async throws {
        let outcome = try await run(try Folder(), "exit 0", input: [UInt8](repeating: 65, count: 1 << 20))
        #expect(outcome.isSuccess)
    }

    @Test("a crash has its signal")
    func crash() async throws {
        #expect(try await run(try Folder(), "kill -SEGV $$").end == .killed(signal: SIGSEGV))
    }

    @Test("one that is too slow gets SIGTERM, and may tidy up")
    func slow() async throws {
        let outcome = try await run(
            try Folder(), "trap 'echo tidied; exit 0' TERM\necho begun\nsleep 300 & wait", timeout: .milliseconds(300))
        #expect(outcome.end == .timedOut && !outcome.isSuccess)
        #expect(outcome.output == ["begun", "tidied"])
        #expect(outcome.duration < HookRun.grace)
        #expect(outcome.text(timeout: .milliseconds(300)).hasSuffix("since it may take 300ms at most"))
    }

    @Test("one that ignores SIGTERM is killed, and its children with it")
    func stubborn() async throws {
        let folder = try Folder()
        let outcome = try await run(
            folder, "trap '' TERM\nsleep 300 & echo $! > \(folder.path)/child\nsleep 300", timeout: .milliseconds(300))
        #expect(outcome.end == .timedOut)
        #expect(outcome.duration >= HookRun.grace)
        let child = try #require(Int(folder.lines("child")[0]))
        try await eventually("its child has ended") { !runs(child) }
    }

    @Test("a child that it leaves behind ends with it; one that has left its group holds nobody up")
    func fork() async throws {
        let folder = try Folder()
        let outcome = try await run(
            folder, "sleep 300 & echo $! > \(folder.path)/child\nsetsid sleep 300 & echo $! > \(folder.path)/daemon\necho done")
        #expect(outcome.isSuccess && outcome.output == ["done"])
        let child = try #require(Int(folder.lines("child")[0]))
        try await eventually("its child has ended") { !runs(child) }
        // Not in its group if setsid(1) was quick, and then it's the test's to end.
        let daemon = try #require(Int32(folder.lines("daemon")[0]))
        kill(daemon, SIGKILL)
    }

    @Test("a flood of output is read to its end, and kept only as far as it is bearable")
    func flood() async throws {
        let outcome = try await run(try Folder(), "head -c 10000000 /dev/zero | tr '\\0' x\nexit 4")
        #expect(outcome.end == .exited(4))
        #expect(outcome.output == [String(repeating: "x", count: HookRun.outputLimit), "(\(10_000_000 - HookRun.outputLimit) bytes more)"])
    }

    @Test("what could play with a terminal is a space")
    func escapes() async throws {
        #expect(try await run(try Folder(), "printf 'a\\033[31mb\\r\\nc\\n\\n'").output == ["a [31mb", "c"])
    }

    @Test(
        "one that can't be started is an outcome with advice",
        arguments: [("echo no first line", "#!/bin/sh"), ("#!/no/such/shell\n", "the program that its first line names isn't here")])
    func notStarted(text: String, advice: String) async throws {
        let folder = try Folder()
        try await folder.write("hook", text)
        let outcome = await withCheckedContinuation { continuation in
            let queue = DispatchQueue(label: "test")
            queue.async {
                _ = HookRun("\(folder.path)/hook", environment: [], input: [], timeout: .seconds(30), poll: Poll(queue: queue)) {
                    continuation.resume(returning: $0)
                }
            }
        }
        #expect(!outcome.isSuccess && outcome.text(timeout: .seconds(1)).contains(advice))
    }

    @Test("after its end nothing of a run is left in memory")
    func memory() async throws {
        final class Weak: @unchecked Sendable { weak var run: HookRun? }
        let folder = try Folder()
        try await folder.script("hook", "true")
        let weak = Weak()
        let path = "\(folder.path)/hook"
        await withCheckedContinuation { continuation in
            let queue = DispatchQueue(label: "test")
            queue.async {
                let run = HookRun(path, environment: [], input: [], timeout: .seconds(30), poll: Poll(queue: queue)) { _ in
                    continuation.resume()
                }
                weak.run = run
            }
        }
        try await eventually("it is gone") { weak.run == nil }
    }

    @Test("after its end nothing of a run is left open")
    func descriptors() async throws {
        let folder = try Folder()
        // A process that has been waited for has no number any more; those that other tests started have theirs.
        func left() -> Int {
            (0..<1024).count { number in
                let text = try? String(contentsOf: URL(filePath: "/proc/self/fdinfo/\(number)"), encoding: .utf8)
                return text?.contains("Pid:\t-1") == true
            }
        }
        for _ in 0..<20 { _ = try await run(folder, "true") }
        try await eventually("all is closed") { left() == 0 }
    }
}
