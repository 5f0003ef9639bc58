internal import Glibc

/// Sends as much as the way takes, and more, by a few sessions: each has a window that grows with every acknowledgement and is halved at a loss, as TCP's
/// (RFC 5681). It fills the queue in front of a slow line. TCP itself doesn't between namespaces of one kernel: what waits in a queue there counts as
/// not sent yet, and the kernel lets no more of it come (tcp_limit_output_bytes).
///
/// Runs until SIGTERM, then prints an `UploadReport`.
package struct Upload {
    package var server: String
    package var port: Int
    package var sessions: Int

    package init(server: String, port: Int, sessions: Int) {
        self.server = server
        self.port = port
        self.sessions = sessions
    }

    static let size = 1400
    /// Without an acknowledgement for so long, and twice the round trip, a session begins anew.
    private static let timeout = Duration.seconds(1)
    private static let mostBackoff = 16

    private struct Session {
        let socket: Socket
        var window = 10.0
        var threshold = Double.greatestFiniteMagnitude
        var inFlight = 0
        var next = 0
        var expected = 0
        var recovered = 0
        var heardAt: Moment
        var backoff = 1
        /// Of the last acknowledgement.
        var roundTrip = Duration.zero
    }

    package func run() throws {
        guard (1...64).contains(sessions) else { throw LabError("\(sessions) uploads") }
        let stop = try StopSignal()
        let destination = try Endpoint(server, port)
        var all = try (0..<sessions).map { _ in Session(socket: try Socket.udp(), heardAt: .now) }
        var report = UploadReport()
        var buffer = [UInt8](repeating: 0, count: 2048)
        var descriptors = all.map { pollfd($0.socket.descriptor) } + [pollfd(stop.descriptor)]
        printLine(readyLine)
        while !descriptors[sessions].isReady {
            for index in all.indices {
                let limit = max(Self.timeout, all[index].roundTrip * 2) * all[index].backoff
                if Moment.now - all[index].heardAt > limit { begin(&all[index]) }
                fill(&all[index], to: destination, &report)
            }
            try wait(&descriptors, until: .now + .milliseconds(200))
            for index in all.indices where descriptors[index].isReady {
                while case .bytes(let count) = all[index].socket.receive(into: &buffer) {
                    guard let datagram = Datagram(buffer[..<count]) else { continue }
                    acknowledged(datagram, &all[index], &report)
                }
            }
        }
        printLine(try JSON.line(report))
    }

    /// All is lost: from the beginning, slowly.
    private func begin(_ session: inout Session) {
        session.threshold = max(session.window / 2, 2)
        session.window = 1
        session.inFlight = 0
        session.expected = session.next
        session.backoff = min(session.backoff * 2, Self.mostBackoff)
        session.heardAt = .now
    }

    private func fill(_ session: inout Session, to destination: Endpoint, _ report: inout UploadReport) {
        while Double(session.inFlight) < session.window {
            var datagram = Datagram(sequence: session.next, wantsEcho: true)
            // When it went: the server sends the head of the packet back as it is.
            let now = UInt64(bitPattern: Moment.now.nanoseconds)
            datagram.seen = (0..<16).map { $0 < 8 ? UInt8(truncatingIfNeeded: now >> (8 * UInt64($0))) : 0 }
            let bytes = datagram.bytes + [UInt8](repeating: 0, count: Self.size - Datagram.size)
            guard case .bytes = session.socket.send(bytes, to: destination) else { return }
            session.next += 1
            session.inFlight += 1
            report.sent += 1
        }
    }

    private func acknowledged(_ datagram: Datagram, _ session: inout Session, _ report: inout UploadReport) {
        guard datagram.sequence >= session.expected else { return }
        let sent = datagram.seen.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        session.roundTrip = .now - Moment(nanoseconds: Int64(bitPattern: sent))
        let lost = datagram.sequence - session.expected
        session.expected = datagram.sequence + 1
        session.inFlight = max(session.inFlight - lost - 1, 0)
        session.heardAt = .now
        session.backoff = 1
        if lost > 0, datagram.sequence >= session.recovered {
            session.threshold = max(session.window / 2, 2)
            session.window = session.threshold
            session.recovered = session.next
        } else if session.window < session.threshold {
            session.window += 1
        } else {
            session.window += 1 / session.window
        }
        report.acknowledged += 1
        report.lost += lost
        report.longestRoundTripMilliseconds = max(report.longestRoundTripMilliseconds, session.roundTrip.milliseconds)
    }
}

/// The other end: sends the head of each packet back. Runs until SIGTERM.
package struct UploadServer {
    package var address: String
    package var port: Int

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    package func run() throws {
        let stop = try StopSignal()
        let socket = try Socket.udp()
        try socket.bind(Endpoint(address, port))
        printLine(readyLine)
        var buffer = [UInt8](repeating: 0, count: 2048)
        var source = Endpoint()
        var descriptors = [pollfd(socket.descriptor), pollfd(stop.descriptor)]
        while !descriptors[1].isReady {
            try wait(&descriptors, until: nil)
            while case .bytes(let count) = socket.receive(into: &buffer, from: &source) {
                _ = socket.send(Array(buffer[..<min(count, Datagram.size)]), to: source)
            }
        }
    }
}

package struct UploadReport: Codable, Sendable {
    package var sent = 0
    package var acknowledged = 0
    package var lost = 0
    package var longestRoundTripMilliseconds = 0.0

    /// What got through in this time.
    package func kilobits(in time: Duration) -> Double { Double(acknowledged * Upload.size * 8) / time.milliseconds }
}
