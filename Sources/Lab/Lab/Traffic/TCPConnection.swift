internal import Glibc

/// One TCP connection that stays: a few bytes at a steady pace, echoed. When it breaks, the time is written down and a new one is made, as
/// an application would. Runs until SIGTERM, then prints a `ConnectionReport`.
package struct TCPConnection {
    package var server: String
    package var port: Int
    package var interval: Duration
    /// For a new connection; then it is tried afresh.
    private static let connectTimeout = Duration.milliseconds(500)

    package init(server: String, port: Int, interval: Duration) {
        self.server = server
        self.port = port
        self.interval = interval
    }

    package func run() throws {
        guard interval >= .milliseconds(1) else { throw LabError("an interval under 1 ms") }
        let stop = try StopSignal()
        let destination = try Endpoint(server, port)
        printLine(readyLine)
        var record = ConnectionRecord(started: .now)
        var due = Moment.now
        var socket: Socket?
        var giveUp = Moment.now
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let now = Moment.now
            if socket == nil || !record.isOpen && now >= giveUp {
                let next = try Socket.tcp()
                next.sendAtOnce()
                giveUp = now + Self.connectTimeout
                // A refusal by our own kernel (no route) is tried again after the same time.
                _ = next.connect(destination)
                socket = next
            }
            guard let open = socket else { continue }
            if now >= due {
                if record.isOpen { _ = open.send([UInt8](repeating: 0x2e, count: 32)) }
                due = due + interval
            }
            var descriptors = [pollfd(stop.descriptor), pollfd(open.descriptor)]
            // A connection that failed stays "ready"; it isn't asked about until it is given up.
            if record.hasFailed { descriptors[1].fd = -1 }
            try wait(&descriptors, until: record.isOpen ? due : min(due, giveUp))
            if descriptors[0].isReady { break }
            guard descriptors[1].isReady else { continue }
            switch open.receive(into: &buffer) {
            case .bytes(let count) where count > 0: record.heard(Array(buffer[..<count]), at: .now)
            case .failed(EAGAIN), .failed(EINTR): break
            case .failed(let code):
                if record.broke(String(cString: strerror(code)), at: .now) { socket = nil }
            case .bytes: if record.broke("closed by the server", at: .now) { socket = nil }
            }
        }
        printLine(try JSON.line(record.report(end: .now)))
    }
}

/// What became of one lasting connection. Pure: time is an argument.
struct ConnectionRecord {
    private(set) var isOpen = false
    /// The attempt under way was refused; the next one is not due yet.
    private(set) var hasFailed = false
    private var lastHeard: Moment
    private var stall: Gap?
    private var breaks: [Break] = []
    private var sources: [SourceChange] = []
    private var line: [UInt8] = []
    private var hasLine = false

    init(started: Moment) { lastHeard = started }

    mutating func heard(_ bytes: [UInt8], at time: Moment) {
        note(until: time)
        lastHeard = time
        hasFailed = false
        isOpen = true
        if let last = breaks.indices.last, breaks[last].reconnected == nil { breaks[last].reconnected = time }
        guard !hasLine else { return }
        // The server's greeting comes first: the address that it sees.
        line += bytes.prefix { $0 != UInt8(ascii: "\n") }
        hasLine = bytes.contains(UInt8(ascii: "\n"))
        if hasLine {
            let source = String(decoding: line, as: UTF8.self)
            if sources.last?.source != source { sources.append(SourceChange(source: source, time: time, sequence: breaks.count)) }
        }
    }

    /// true: a connection that stood is lost, and a new one should be made at once. false: an attempt failed.
    mutating func broke(_ reason: String, at time: Moment) -> Bool {
        guard isOpen else {
            hasFailed = true
            return false
        }
        isOpen = false
        hasLine = false
        line = []
        breaks.append(Break(time: time, reason: reason))
        return true
    }

    func report(end: Moment) -> ConnectionReport {
        var copy = self
        copy.note(until: end)
        return ConnectionReport(worstStall: copy.stall, breaks: breaks, sources: sources)
    }

    private mutating func note(until time: Moment) {
        let gap = Gap(from: lastHeard, to: time)
        if gap.length > (stall?.length ?? .zero) { stall = gap }
    }
}

package struct ConnectionReport: Codable, Sendable {
    /// The longest time in which nothing came back, reconnecting included.
    package var worstStall: Gap?
    package var breaks: [Break]
    /// `sequence` counts connections.
    package var sources: [SourceChange]

    package var worstStallMilliseconds: Double { worstStall?.length.milliseconds ?? 0 }
}

package struct Break: Codable, Sendable {
    package var time: Moment
    package var reason: String
    package var reconnected: Moment?
}
