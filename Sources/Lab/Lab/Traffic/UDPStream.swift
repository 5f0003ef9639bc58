internal import Glibc

/// The sender of a UDP stream. Runs until SIGTERM, then prints a `SenderReport`.
package struct UDPStream {
    package var server: String
    package var port: Int
    package var packetsPerSecond: Int
    /// Each packet from a port of its own, so that each is a session of its own to the router's NAT; not answered.
    package var newSessions: Bool
    /// An own address that the socket is bound to: no route can give it another one.
    package var source: String?

    package init(server: String, port: Int, packetsPerSecond: Int, newSessions: Bool, source: String? = nil) {
        self.source = source
        self.server = server
        self.port = port
        self.packetsPerSecond = packetsPerSecond
        self.newSessions = newSessions
    }

    /// After the last packet, for its echo.
    private static let patience = Duration.milliseconds(300)

    package func run() throws {
        guard (1...10_000).contains(packetsPerSecond) else { throw LabError("a rate of \(packetsPerSecond) packets a second") }
        let stop = try StopSignal()
        let destination = try Endpoint(server, port)
        let socket = try Socket.udp()
        // A fixed port pair: to NAT this is one session from beginning to end.
        if let source {
            try socket.bind(Endpoint(source, Int(ownPort(for: port))))
        } else if !newSessions {
            try socket.bind(Endpoint(port: ownPort(for: port)))
        }
        printLine(readyLine)

        let interval = Duration.nanoseconds(1_000_000_000 / Int64(packetsPerSecond))
        var due = Moment.now
        var end: Moment?
        var sent = 0
        var refused = 0
        var record = ArrivalRecord()
        var descriptors = [pollfd(socket.descriptor), pollfd(stop.descriptor)]
        while true {
            let now = Moment.now
            if let end, now >= end { break }
            if end == nil, now >= due {
                // What the local machine refuses (no route, no carrier) was never on its way and counts apart.
                let accepted = try send(Datagram(sequence: sent, wantsEcho: !newSessions), to: destination, from: socket)
                sent += 1
                if !accepted { refused += 1 }
                due = due + interval
            }
            // Also when it is behind its pace: the order to stop has to get through.
            try wait(&descriptors, until: end ?? due)
            if descriptors[1].isReady, end == nil {
                end = newSessions ? .now : .now + Self.patience
                descriptors[1].fd = -1
            }
            if descriptors[0].isReady { receive(socket, into: &record) }
        }
        let report = SenderReport(sent: sent, refused: refused, back: newSessions ? nil : record.report(sent: sent))
        printLine(try JSON.line(report))
    }

    private func send(_ datagram: Datagram, to destination: Endpoint, from socket: Socket) throws -> Bool {
        let sender = newSessions ? try Socket.udp() : socket
        if newSessions {
            // A port comes again after 50,000 packets: at 1000 a second longer than the 30 s that conntrack remembers an unanswered one.
            try sender.bind(Endpoint(port: UInt16(10_000 + datagram.sequence % 50_000)))
        }
        if case .bytes = sender.send(datagram.bytes, to: destination) { return true }
        return false
    }

    private func receive(_ socket: Socket, into record: inout ArrivalRecord) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        while case .bytes(let count) = socket.receive(into: &buffer) {
            guard let datagram = Datagram(buffer[..<count]) else { continue }
            record.arrived(datagram.sequence, at: .now, from: datagram.seenAddress)
        }
    }
}

/// The client's port: another one for each server port, so that streams of one client never mix.
package func ownPort(for port: Int) -> UInt16 { UInt16(clamping: 30_000 + port) }

/// Listens for UDP streams, each on a port of its own, writes down what comes and echoes it. Runs until SIGTERM, then prints an
/// `ArrivalReport` for each.
package struct UDPEcho {
    package var address: String
    /// Of the first stream; the others have those after it.
    package var port: Int
    package var sessions: Int

    package init(address: String, port: Int, sessions: Int = 1) {
        self.address = address
        self.port = port
        self.sessions = sessions
    }

    package func run() throws {
        let stop = try StopSignal()
        let sockets = try (0..<sessions).map { number in
            let socket = try Socket.udp()
            try socket.bind(Endpoint(address, port + number))
            return socket
        }
        printLine(readyLine)
        var records = [ArrivalRecord](repeating: ArrivalRecord(), count: sessions)
        var buffer = [UInt8](repeating: 0, count: 2048)
        var source = Endpoint()
        var descriptors = sockets.map { pollfd($0.descriptor) } + [pollfd(stop.descriptor)]
        while !descriptors[sessions].isReady {
            try wait(&descriptors, until: nil)
            for (number, socket) in sockets.enumerated() where descriptors[number].isReady {
                while case .bytes(let count) = socket.receive(into: &buffer, from: &source) {
                    guard var datagram = Datagram(buffer[..<count]) else { continue }
                    records[number].arrived(datagram.sequence, at: .now, from: source.address)
                    guard datagram.wantsEcho else { continue }
                    datagram.seen = source.bytes
                    // An echo that can't be sent shows as lost at the sender, which is right.
                    _ = socket.send(datagram.bytes, to: source)
                }
            }
        }
        printLine(try JSON.line(records.map { $0.report(runs: sessions == 1 ? 100 : 20) }))
    }
}

package struct SenderReport: Codable, Sendable {
    package var sent: Int
    package var refused: Int
    package var back: ArrivalReport?
}

/// A whole stream, from both ends.
package struct UDPStreamReport: Sendable {
    package var sent: Int
    /// Of those, refused by the sender's own kernel.
    package var refused: Int
    /// What the server saw.
    package var there: ArrivalReport
    /// What came back; nil if no echo was asked for.
    package var back: ArrivalReport?

    package var lostThere: Int { sent - there.received }
    /// There and back.
    package var lost: Int { sent - (back ?? there).received }
}
