import Dispatch
import Glibc
import LinuxKernel
import Model
import Plan
import Synchronization
import Testing

/// The kernel sends its notices before the packet that caused them has arrived, so "nothing was told" can be tested at once.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct SessionWatchTests {
    let bench: ConntrackBench
    let queue = DispatchQueue(label: "watch")
    let heard = Heard()

    final class Heard: Sendable {
        private let state = Mutex<[SessionNotice]>([])
        var notices: [SessionNotice] { state.withLock { $0 } }
        /// Those of our own pair of sockets.
        var marked: [SessionNotice] {
            notices.filter { notice in
                switch notice {
                case .seen(let entry), .ended(let entry): entry.mark == Echo.mark
                case .overrun: false
                }
            }
        }
        func add(_ more: [SessionNotice]) { state.withLock { $0 += more } }
        func forget() { state.withLock { $0 = [] } }
    }

    init() throws { bench = try ConntrackBench() }

    func watch(ends: Bool = false, receiveBuffer: Int32 = SessionWatch.defaultReceiveBuffer) throws -> SessionWatch {
        try SessionWatch(ends: ends, receiveBuffer: receiveBuffer, queue: queue) { [heard] in heard.add($0) }
    }

    @Test("a session is told of when the far side has answered, with its mark, and not before")
    func answered() throws {
        let watch = try watch()
        let echo = try Echo()
        defer { echo.close() }
        // The marks of both come with their first answer: what was told of the question would come before.
        try echo.ask()
        try echo.answer()
        #expect(eventually(within: .seconds(30)) { !heard.notices.isEmpty })
        try #require(heard.notices.count == 1)
        guard case .seen(let entry) = heard.notices[0] else { throw CommandFailed(description: "\(heard.notices)") }
        #expect([entry.source, entry.destination, entry.repliesTo] == ["127.0.0.1", "127.0.0.2", "127.0.0.1"].map { IPAddress($0) })
        #expect(entry.isAnswered && entry.mark == Echo.mark && entry.transport == 17 && entry.id != 0)
        watch.stop()
    }

    @Test("an end is told to those who asked for it")
    func ends() throws {
        for asks in [true, false] {
            heard.forget()
            let watch = try watch(ends: asks)
            let echo = try Echo()
            defer { echo.close() }
            try echo.ask()
            try run(["conntrack", "-F"])
            // Whatever else was told has been when this is.
            try echo.ask()
            try echo.answer()
            #expect(eventually(within: .seconds(30)) { heard.notices.contains { if case .seen = $0 { true } else { false } } })
            let ended = heard.marked.filter { if case .ended = $0 { true } else { false } }
            #expect(ended.count == (asks ? 1 : 0))
            #expect(heard.marked.count == (asks ? 2 : 1), "\(heard.notices)")
            watch.stop()
        }
    }

    @Test("a storm that doesn't fit into the buffer comes out as an overrun, and what follows is told again")
    func overrun() throws {
        let watch = try watch(receiveBuffer: 8192)
        let sessions = (1...100).map { "-s 192.168.1.\($0) -d 203.0.113.9 -p udp --sport 1 --dport 53" }
        try bench.insert(sessions)
        queue.suspend()
        var isSuspended = true
        // A queue that is thrown away suspended ends the process.
        defer { if isSuspended { queue.resume() } }
        try run(["sh", "-ec", sessions.map { "conntrack -U \($0) --mark 7 >/dev/null\n" }.joined()])
        queue.resume()
        isSuspended = false
        #expect(eventually(within: .seconds(30)) { heard.notices.contains(.overrun) })
        heard.forget()
        try run(["sh", "-ec", "conntrack -U \(sessions[0]) --mark 8"])
        #expect(
            eventually(within: .seconds(30)) { heard.notices.contains { if case .seen(let entry) = $0 { entry.mark == 8 } else { false } } }
        )
        watch.stop()
    }

    @Test("after a stop nothing more is told, and a watch that nobody keeps has stopped")
    func stop() throws {
        func silent() throws {
            let echo = try Echo()
            defer { echo.close() }
            try echo.ask()
            try echo.answer()
            queue.sync {}
            #expect(heard.notices.isEmpty)
        }
        let watch = try watch()
        watch.stop()
        queue.sync {}
        try silent()
        withExtendedLifetime(watch) {}
        _ = try self.watch()
        queue.sync {}
        try silent()
    }

    @Test("to begin and to stop a watch takes no time")
    func cost() throws {
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 1...100 {
            let start = clock.now
            let watch = try watch()
            watch.stop()
            times.append(clock.now - start)
        }
        print("\(Place.measurement)a watch begun and stopped in \(times.sorted()[50]) (median of 100)")
        #expect(times.sorted()[50] < .milliseconds(5))
    }
}
