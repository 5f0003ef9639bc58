import Foundation
import Testing

/// The tests hang, or go down with a child, where one of these doesn't hold.
@Suite("Children of the tests")
struct ChildTests {
    @Test("a child has no signal blocked, though the thread that starts it has")
    func signals() throws {
        #expect(try run(["grep", "SigBlk", "/proc/self/status"]) == "SigBlk:\t0000000000000000\n")
    }

    @Test("one that doesn't end is killed, and has failed", arguments: ["exec sleep 1000", "exec >&- 2>&-; exec sleep 1000"])
    func endless(script: String) throws {
        let error = #expect(throws: Failure.self) {
            try run(["sh", "-c", "trap '' TERM; echo $$; \(script) <&-"], by: Deadline(after: .milliseconds(500)))
        }
        let process = try #require(error?.description.split(separator: "\n").last.flatMap { pid_t($0) }, "\(error?.description ?? "")")
        #expect(kill(process, 0) == -1 && errno == ESRCH)
    }

    @Test("one that failed has failed, whatever it said", arguments: ["exit 3", "kill -SEGV $$"])
    func failing(script: String) {
        let error = #expect(throws: Failure.self) { try run(["sh", "-c", "echo so; echo far >&2; \(script)"]) }
        #expect(error?.description.hasSuffix(":\nso\nfar\n") == true)
    }

    @Test("who speaks to one that has ended gets an error, not SIGPIPE")
    func ended() throws {
        let child = try Child(["true"])
        try child.finish(by: Deadline())
        #expect(throws: Failure.self) { try child.say("hello") }
    }
}
