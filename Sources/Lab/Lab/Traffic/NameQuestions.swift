internal import Glibc

/// Questions for names at a steady pace, each for another name and from another port, each asked once: what a program on a client sees whose system
/// doesn't ask again by itself. Runs until SIGTERM, then prints a `NamesReport`.
package struct NameQuestions {
    package var resolver: String
    package var perSecond: Int
    /// An answer that takes longer is none.
    package var timeout: Duration

    package init(resolver: String, perSecond: Int, timeout: Duration = .seconds(2)) {
        self.resolver = resolver
        self.perSecond = perSecond
        self.timeout = timeout
    }

    private struct Question {
        let number: Int
        let socket: Socket
        let asked: Moment
    }

    package func run() throws {
        guard (1...1000).contains(perSecond) else { throw LabError("1 to 1000 questions a second") }
        let stop = try StopSignal()
        let destination = try Endpoint(resolver, 53)
        printLine(readyLine)
        var report = NamesReport()
        var open: [Question] = []
        var due = Moment.now
        var isStopping = false
        // Those that were asked just before the end have their time, too.
        while !isStopping || !open.isEmpty {
            let now = Moment.now
            if !isStopping, now >= due {
                let socket = try Socket.udp()
                if case .failed = socket.send(Self.query(report.asked), to: destination) {
                    report.failed += 1
                } else {
                    open.append(Question(number: report.asked, socket: socket, asked: now))
                }
                report.asked += 1
                due = due + .seconds(1) / perSecond
            }
            var descriptors = [pollfd(stop.descriptor)] + open.map { pollfd($0.socket.descriptor) }
            if isStopping { descriptors[0].fd = -1 }
            try wait(&descriptors, until: isStopping ? now + .milliseconds(20) : due)
            if descriptors[0].isReady { isStopping = true }
            var answered: Set<Int> = []
            for (question, ready) in zip(open, descriptors.dropFirst()) where ready.isReady {
                answered.insert(question.number)
                report.take(Self.code(question.socket), asked: question.asked, .now)
            }
            let current = Moment.now
            for question in open where !answered.contains(question.number) && current - question.asked > timeout {
                answered.insert(question.number)
                report.unanswered.append(question.asked)
            }
            open.removeAll { answered.contains($0.number) }
        }
        printLine(try JSON.line(report))
    }

    /// `n17.example A`, recursion desired (RFC 1035, section 4.1).
    private static func query(_ number: Int) -> [UInt8] {
        let name = Array("n\(number)".utf8)
        return [UInt8(number >> 8 & 255), UInt8(number & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [UInt8(name.count)] + name + [7]
            + Array("example".utf8) + [0, 0, 1, 0, 1]
    }

    /// What the reply says: 0 for an answer. nil: there is none, or it can't be read.
    private static func code(_ socket: Socket) -> UInt8? {
        var buffer = [UInt8](repeating: 0, count: 512)
        guard case .bytes(let count) = socket.receive(into: &buffer), count >= 12 else { return nil }
        // Without a record it is no answer either.
        return buffer[3] & 15 == 0 && buffer[7] == 0 ? 255 : buffer[3] & 15
    }
}

package struct NamesReport: Codable, Sendable {
    package var asked = 0
    package var answered = 0
    /// They couldn't be sent, or what came was an error.
    package var failed = 0
    /// When each of those was asked that had no answer in time.
    package var unanswered: [Moment] = []
    /// The slowest answers, with the time of the question.
    package var slow: [Slow] = []

    package struct Slow: Codable, Sendable {
        package var asked: Moment
        package var answered: Moment
    }

    package var slowest: Duration { slow.map { $0.answered - $0.asked }.max() ?? .zero }

    mutating func take(_ code: UInt8?, asked: Moment, _ now: Moment) {
        guard code == 0 else {
            failed += 1
            return
        }
        answered += 1
        if now - asked > .milliseconds(50) { slow.append(Slow(asked: asked, answered: now)) }
    }
}
