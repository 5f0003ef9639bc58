internal import Glibc

/// Many TCP connections in one process, mostly idle: each sends a few bytes every so often and waits for the echo. None is made anew: what is
/// looked for is which of them break. It is ready when all stand. Runs until SIGTERM, then prints a `TCPSessionsReport`.
package struct TCPSessions {
    package var server: String
    package var port: Int
    package var count: Int
    /// From one message of a connection to its next.
    package var interval: Duration

    package init(server: String, port: Int, count: Int, interval: Duration) {
        self.server = server
        self.port = port
        self.count = count
        self.interval = interval
    }

    private static let message = [UInt8](repeating: 0x2e, count: 32)

    package func run() throws {
        guard count > 0, interval >= .milliseconds(10) else { throw LabError("\(count) connections, a message every \(interval)") }
        let stop = try StopSignal()
        let destination = try Endpoint(server, port)
        var sockets: [Socket?] = try (0..<count).map { _ in
            let socket = try Socket.tcp()
            socket.sendAtOnce()
            let code = socket.connect(destination)
            guard code == 0 else { throw LabError("connecting to \(destination): \(String(cString: strerror(code)))") }
            return socket
        }
        var sessions = [TCPSession](repeating: TCPSession(), count: count)
        let wire = try PacketWatch()
        let numbers = Dictionary(
            uniqueKeysWithValues: sockets.enumerated().compactMap { number, socket in socket.map { ($0.localPort, number) } })
        let giveUp = Moment.now + UDPSessions.untilReady
        var isReady = false
        var due = Moment.now
        var next = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        var descriptors = sockets.map { pollfd($0?.descriptor ?? -1) } + [pollfd(stop.descriptor), pollfd(wire.descriptor)]
        while true {
            let now = Moment.now
            if isReady, now >= due {
                if let socket = sockets[next] {
                    switch socket.send(Self.message) {
                    case .bytes: sessions[next].sent(Self.message.count, at: now)
                    // A full buffer would be a connection that has been dead for minutes.
                    case .failed(EAGAIN), .failed(EINTR): break
                    // Told once: whoever reads after that reads an end, as if the server had closed it.
                    case .failed(let code):
                        sessions[next].broke(String(cString: strerror(code)), at: now)
                        sockets[next] = nil
                        descriptors[next].fd = -1
                    }
                }
                next = (next + 1) % count
                due = due + interval / count
            }
            try wait(&descriptors, until: isReady ? due : giveUp)
            if descriptors[count].isReady { break }
            // Before what came in: a reset is the answer to what went out before it.
            if descriptors[count + 1].isReady {
                wire.readOutgoing { port in
                    if let number = numbers[port] { sessions[number].wentOut(at: .now) }
                }
            }
            for number in 0..<count where descriptors[number].isReady {
                guard let socket = sockets[number] else { continue }
                switch socket.receive(into: &buffer) {
                case .bytes(let length) where length > 0: sessions[number].heard(buffer[..<length])
                case .failed(EAGAIN), .failed(EINTR): continue
                case .failed(let code): sessions[number].broke(String(cString: strerror(code)), at: .now)
                case .bytes: sessions[number].broke("closed by the server", at: .now)
                }
                if sessions[number].broken != nil {
                    sockets[number] = nil
                    descriptors[number].fd = -1
                }
            }
            guard !isReady else { continue }
            if sessions.allSatisfy({ $0.source != nil }) {
                isReady = true
                due = .now
                printLine(readyLine)
            } else if Moment.now >= giveUp {
                throw LabError("\(sessions.count { $0.source == nil }) of \(count) connections to \(destination) don't stand")
            }
        }
        printLine(try JSON.line(TCPSessionsReport(sessions: sessions, end: .now)))
    }
}

package struct TCPSessionsReport: Codable, Sendable {
    package var sessions: [TCPSession]
    package var end: Moment

    package var broken: [TCPSession] { sessions.filter { $0.broken != nil } }
    /// Neither broken nor answered: they hang. What was sent at the very end isn't asked about.
    package var hanging: [TCPSession] {
        sessions.filter { $0.broken == nil && ($0.unanswered.first.map { end - $0 > .milliseconds(250) } ?? false) }
    }
}

/// What became of one connection. Pure: time is an argument.
package struct TCPSession: Codable, Sendable {
    /// The address that the server sees: its greeting. nil: it never stood.
    package private(set) var source: String?
    /// Messages that came back.
    package private(set) var answered = 0
    /// When the messages were sent that have not come back, oldest first.
    package private(set) var unanswered: [Moment] = []
    package private(set) var broken: Break?

    /// When packets of it went out since something came in: messages, repeated ones, acknowledgements.
    private var packets: [Moment] = []

    private var greeting: String? = ""
    private var outstanding = 0
    private var messageSize = 0

    private enum CodingKeys: String, CodingKey { case source, answered, unanswered, broken, packets }

    package init() {}

    package mutating func sent(_ bytes: Int, at time: Moment) {
        messageSize = bytes
        outstanding += bytes
        if unanswered.count < 100 { unanswered.append(time) }
    }

    package mutating func wentOut(at time: Moment) {
        if broken == nil, packets.count < 100 { packets.append(time) }
    }

    package mutating func heard(_ bytes: ArraySlice<UInt8>) {
        packets = []
        var rest = bytes
        if let greeting {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let text = greeting + String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
            self.greeting = end == nil ? text : nil
            guard let end else { return }
            source = text
            rest = rest[(end + 1)...]
        }
        guard messageSize > 0 else { return }
        let before = (outstanding + messageSize - 1) / messageSize
        outstanding = max(0, outstanding - rest.count)
        let back = before - (outstanding + messageSize - 1) / messageSize
        answered += back
        unanswered.removeFirst(min(back, unanswered.count))
    }

    package mutating func broke(_ reason: String, at time: Moment) { broken = Break(time: time, reason: reason) }

    /// From the first packet that went out after that moment until the client heard that the connection is gone. nil: it isn't, or it heard
    /// without having sent anything. (Not from the first message: a client whose packets are lost holds back what it has to say, and repeats
    /// what it has said, ever more rarely.)
    package func timeToBreak(after moment: Moment) -> Duration? {
        guard let broken, let first = packets.first(where: { $0 >= moment }) else { return nil }
        return broken.time - first
    }
}
