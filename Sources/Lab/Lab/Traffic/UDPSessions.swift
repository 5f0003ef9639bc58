internal import Glibc

/// Many UDP sessions in one process, each with a port pair of its own and its packets evenly between those of the others. It is ready when
/// each has had an answer. Runs until SIGTERM, then prints a `SenderReport` for each.
package struct UDPSessions {
    package var server: String
    /// Of the first; the others have those after it.
    package var port: Int
    package var count: Int
    /// Of each.
    package var packetsPerSecond: Int

    package init(server: String, port: Int, count: Int, packetsPerSecond: Int) {
        self.server = server
        self.port = port
        self.count = count
        self.packetsPerSecond = packetsPerSecond
    }

    private static let patience = Duration.milliseconds(300)
    static let untilReady = Duration.seconds(8)

    private struct Session {
        let socket: Socket
        let destination: Endpoint
        var sent = 0
        var refused = 0
        var hasAnswer = false
        var record = ArrivalRecord()
    }

    package func run() throws {
        guard count > 0, (1...20_000).contains(count * packetsPerSecond) else {
            throw LabError("\(count) sessions with \(packetsPerSecond) packets a second each")
        }
        let stop = try StopSignal()
        var sessions = try (0..<count).map { number in
            let socket = try Socket.udp()
            try socket.bind(Endpoint(port: ownPort(for: port + number)))
            return Session(socket: socket, destination: try Endpoint(server, port + number))
        }
        let interval = Duration.nanoseconds(1_000_000_000 / Int64(count * packetsPerSecond))
        let giveUp = Moment.now + Self.untilReady
        var silent = count
        var due = Moment.now
        var next = 0
        var end: Moment?
        var descriptors = sessions.map { pollfd($0.socket.descriptor) } + [pollfd(stop.descriptor)]
        while true {
            let now = Moment.now
            if let end, now >= end { break }
            if silent > 0, now >= giveUp { throw LabError("\(silent) of \(count) sessions had no answer from \(server)") }
            // All that are due, at most a round: each wait looks at every socket, which at thousands a second is dear.
            var burst = 0
            while end == nil, now >= due, burst < count {
                let datagram = Datagram(sequence: sessions[next].sent, wantsEcho: true)
                if case .failed = sessions[next].socket.send(datagram.bytes, to: sessions[next].destination) { sessions[next].refused += 1 }
                sessions[next].sent += 1
                next = (next + 1) % count
                due = due + interval
                burst += 1
            }
            try wait(&descriptors, until: end ?? due)
            if descriptors[count].isReady, end == nil {
                end = .now + Self.patience
                descriptors[count].fd = -1
            }
            for number in 0..<count where descriptors[number].isReady {
                if receive(&sessions[number]) {
                    silent -= 1
                    if silent == 0 { printLine(readyLine) }
                }
            }
        }
        printLine(
            try JSON.line(
                sessions.map { SenderReport(sent: $0.sent, refused: $0.refused, back: $0.record.report(sent: $0.sent, runs: 20)) }))
    }

    /// true: it was the session's first answer.
    private func receive(_ session: inout Session) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let before = session.hasAnswer
        while case .bytes(let count) = session.socket.receive(into: &buffer) {
            guard let datagram = Datagram(buffer[..<count]) else { continue }
            session.record.arrived(datagram.sequence, at: .now, from: datagram.seenAddress)
            session.hasAnswer = true
        }
        return session.hasAnswer && !before
    }
}
