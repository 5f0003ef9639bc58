import Dispatch
import Glibc
import Synchronization
import Testing
@testable import Floor

@Suite struct WaitingLinesTests {
    /// The lines, and how many are missing.
    private func taken(_ lines: inout WaitingLines) -> String {
        let (bytes, dropped) = lines.take()
        return String(decoding: bytes, as: UTF8.self) + "\(dropped)"
    }

    @Test("lines wait in their order, and are taken once")
    func order() {
        var lines = WaitingLines()
        for line in ["one", "", "three"] { lines.add(line) }
        #expect(taken(&lines) == "one\n\nthree\n0")
        #expect(taken(&lines) == "0")
    }

    @Test("too many lines, or too many bytes: what doesn't fit is counted, and so is what comes behind it")
    func limits() {
        var few = WaitingLines(lines: 2, bytes: 1000)
        for line in ["a", "b", "c", "d"] { few.add(line) }
        #expect(taken(&few) == "a\nb\n2")
        few.add("e")
        #expect(taken(&few) == "e\n0")

        var short = WaitingLines(lines: 1000, bytes: 6)
        for line in ["abc", "defg", "h"] { short.add(line) }
        #expect(taken(&short) == "abc\n2")
    }

    @Test("a line that is longer than all that may wait is taken if nothing else waits")
    func long() {
        var lines = WaitingLines(lines: 1000, bytes: 6)
        lines.add("abcdefghi")
        lines.add("j")
        #expect(taken(&lines) == "abcdefghi\n1")
        lines.add("j")
        lines.add("abcdefghi")
        #expect(taken(&lines) == "j\n1")
    }
}

@Suite struct LogQueueTests {
    /// A pipe; what is written goes nowhere until `read` is called.
    private final class Pipe: Sendable {
        let reader: Descriptor
        let writer: Descriptor

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (reader, writer) = (Descriptor(ends[0]), Descriptor(ends[1]))
            try #require(reader.setNonBlockingAndCloseOnExec())
        }

        /// What there is now.
        func read() -> String {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = Glibc.read(reader.number, &chunk, chunk.count)
                guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                bytes += chunk[..<count]
            }
        }

        /// Nothing more fits in.
        func fill() throws {
            let flags = fcntl(writer.number, F_GETFL)
            try #require(fcntl(writer.number, F_SETFL, flags | O_NONBLOCK) == 0)
            while Glibc.write(writer.number, "x", 1) == 1 {}
            try #require(errno == EAGAIN && fcntl(writer.number, F_SETFL, flags) == 0)
        }
    }

    @Test("what is added comes out in its order")
    func order() async throws {
        let pipe = try Pipe()
        let log = LogQueue(pipe.writer.number) { "\($0) dropped" }
        for number in 1...100 { log.add("line \(number)") }
        log.flush()
        #expect(pipe.read() == (1...100).map { "line \($0)\n" }.joined())
    }

    @Test("a reader that is away keeps nobody waiting, and hears how much it has missed, where it is missing")
    func full() async throws {
        let pipe = try Pipe()
        try pipe.fill()
        let log = LogQueue(pipe.writer.number, WaitingLines(lines: 10, bytes: 10_000)) { "\($0) dropped" }
        // Taken by the writer, who then waits, so that from here on it is known what fits.
        log.add("stuck")
        try await eventually("the writer has it") { log.waitingCount == 0 }
        // If this waited for the reader, the test would never end.
        for number in 1...1000 { log.add("line \(number)") }
        var text = ""
        try await eventually("all is told") {
            text += pipe.read()
            return text.hasSuffix("dropped\n")
        }
        log.add("after")
        log.flush()
        text += pipe.read()
        let lines = text.drop { $0 == "x" }.split(separator: "\n").map(String.init)
        #expect(lines == ["stuck"] + (1...10).map { "line \($0)" } + ["990 dropped", "after"])
    }

    @Test("who ends waits for the last line, and not for a reader that never comes")
    func flush() async throws {
        let pipe = try Pipe()
        try pipe.fill()
        let log = LogQueue(pipe.writer.number) { "\($0) dropped" }
        log.add("last")
        log.flush(within: .milliseconds(1))
        try await eventually("it comes in the end") { pipe.read().contains("last") }
    }

    @Test("that nothing can be written any more is told once, to whoever wants to know")
    func over() async throws {
        let full = try Descriptor.open("/dev/full", O_WRONLY, "opening it")
        let told = Mutex<[Int32]>([])
        let log = LogQueue(full.number) {
            "\($0) dropped"
        } failed: { code in
            told.withLock { $0.append(code) }
        }
        log.add("one")
        try await eventually("it is told") { told.withLock { $0 } == [ENOSPC] }
        for _ in 0..<100 { log.add("another") }
        #expect(log.flush())
        #expect(told.withLock { $0 } == [ENOSPC] && log.waitingCount == 0)
    }

    @Test("one that nobody can write to any more is given up, and keeps nobody")
    func closed() async throws {
        let log: LogQueue
        do {
            let file = try Descriptor.open("/dev/full", O_WRONLY, "opening /dev/full")
            log = LogQueue(file.number) { "\($0) dropped" }
            for _ in 1...5000 { log.add("nobody sees this") }
            log.flush()
            withExtendedLifetime(file) {}
        }
        #expect(log.waitingCount == 0)
    }
}
