internal import Glibc

/// New TCP connections at a steady pace, each of which asks the server for the address that it is seen by. An attempt doesn't wait for the
/// one before it. Runs until SIGTERM, then prints a `ConnectionsReport`.
package struct TCPConnections {
    package var server: String
    package var port: Int
    package var interval: Duration
    /// An attempt that took longer has failed.
    package var timeout: Duration

    package init(server: String, port: Int, interval: Duration, timeout: Duration = .seconds(2)) {
        self.server = server
        self.port = port
        self.interval = interval
        self.timeout = timeout
    }

    private struct Attempt {
        let socket: Socket
        let started: Moment
        var text: [UInt8] = []
        var isOver = false
    }

    package func run() throws {
        guard interval >= .milliseconds(1) else { throw LabError("an interval under 1 ms") }
        let stop = try StopSignal()
        let destination = try Endpoint(server, port)
        printLine(readyLine)
        var report = ConnectionsReport()
        var attempts: [Attempt] = []
        var due = Moment.now
        var lastAnswer: Moment?
        while true {
            let now = Moment.now
            if now >= due {
                let socket = try Socket.tcp()
                report.attempts += 1
                if socket.connect(destination) == 0 {
                    attempts.append(Attempt(socket: socket, started: now))
                } else {
                    report.failed += 1
                }
                due = due + interval
            }
            var descriptors = [pollfd(stop.descriptor)] + attempts.map { pollfd($0.socket.descriptor) }
            try wait(&descriptors, until: due)
            if descriptors[0].isReady { break }
            for (index, ready) in descriptors.dropFirst().enumerated() where ready.isReady {
                step(&attempts[index], &report, &lastAnswer)
            }
            let current = Moment.now
            report.failed += attempts.count { !$0.isOver && current - $0.started > timeout }
            attempts.removeAll { $0.isOver || current - $0.started > timeout }
        }
        report.unfinished = attempts.count
        printLine(try JSON.line(report))
    }

    private func step(_ attempt: inout Attempt, _ report: inout ConnectionsReport, _ lastAnswer: inout Moment?) {
        var buffer = [UInt8](repeating: 0, count: 256)
        switch attempt.socket.receive(into: &buffer) {
        case .failed(EAGAIN), .failed(EINTR): return
        case .failed, .bytes(0):
            report.failed += 1
            attempt.isOver = true
        case .bytes(let count):
            attempt.text += buffer[..<count]
            guard attempt.text.last == UInt8(ascii: "\n") else { return }
            attempt.isOver = true
            let now = Moment.now
            report.answered(by: String(decoding: attempt.text.dropLast(), as: UTF8.self), started: attempt.started, now, &lastAnswer)
        }
    }

    /// One connection: the address that the server sees, or nil if there is none in time.
    package func once() throws -> String? {
        let socket = try Socket.tcp()
        guard socket.connect(try Endpoint(server, port)) == 0 else { return nil }
        let deadline = Moment.now + timeout
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while Moment.now < deadline {
            var descriptors = [pollfd(socket.descriptor)]
            try wait(&descriptors, until: deadline)
            switch socket.receive(into: &buffer) {
            case .failed(EAGAIN), .failed(EINTR): continue
            case .failed, .bytes(0): return nil
            case .bytes(let count):
                text += buffer[..<count]
                if text.last == UInt8(ascii: "\n") { return String(decoding: text.dropLast(), as: UTF8.self) }
            }
        }
        return nil
    }
}

package struct ConnectionsReport: Codable, Sendable {
    package var attempts = 0
    package var answered = 0
    package var failed = 0
    package var unfinished = 0
    /// The longest time between two answers.
    package var longestGap: Gap?
    package var slowestMilliseconds = 0.0
    /// `sequence` counts answers.
    package var sources: [SourceChange] = []

    mutating func answered(by source: String, started: Moment, _ now: Moment, _ lastAnswer: inout Moment?) {
        if sources.last?.source != source { sources.append(SourceChange(source: source, time: now, sequence: answered)) }
        answered += 1
        slowestMilliseconds = max(slowestMilliseconds, (now - started).milliseconds)
        if let lastAnswer {
            let gap = Gap(from: lastAnswer, to: now)
            if gap.length > (longestGap?.length ?? .zero) { longestGap = gap }
        }
        lastAnswer = now
    }
}
