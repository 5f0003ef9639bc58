import CLinux
import Floor
import Glibc
package import Model
import Probing

/// A GET and a POST by one WAN, and round trips before and meanwhile. All of it on the thread that calls it.
package final class SpeedTest {
    /// What a progress bar shows.
    package struct Progress: Equatable, Sendable {
        package enum Stage: String, Sendable { case idle, down, up }
        package var stage: Stage
        /// 0 to 1: of the time or of the bytes, whichever ends it first.
        package var share: Double
        package var megabitsPerSecond: Double?

        package init(stage: Stage, share: Double, megabitsPerSecond: Double? = nil) {
            self.stage = stage
            self.share = share
            self.megabitsPerSecond = megabitsPerSecond
        }
    }

    package struct Limits: Equatable, Sendable {
        /// IP bytes both ways, for all of it.
        package var bytes: Int
        /// For each direction.
        package var time: Duration

        package init(bytes: Int, time: Duration) {
            self.bytes = bytes
            self.time = time
        }
    }

    package static let fewestBytes = 200_000
    private static let idleRounds = 10
    private static let mostRedirects = 5
    /// For an answer to begin.
    private static let patience = Duration.seconds(10)

    private let interfaceIndex: UInt32
    private let limits: Limits
    private let routes = Routes()
    private let resolve: (String) throws -> IPAddress
    private let tell: (Progress) -> Void
    private(set) package var report: SpeedReport
    private var isToldUntil = Instant.start

    /// - Parameters:
    ///   - resolve: a host's address.
    ///   - tell: gets the progress, a few times a second.
    package init(
        by interfaceIndex: UInt32, limits: Limits, resolve: @escaping (String) throws -> IPAddress,
        tell: @escaping (Progress) -> Void
    ) {
        self.interfaceIndex = interfaceIndex
        self.limits = limits
        self.resolve = resolve
        self.tell = tell
        report = SpeedReport(bytesAllowed: limits.bytes)
    }

    package func measureIdle(_ page: PageAddress) throws {
        let address = try resolve(page.host)
        let timer = timer(address, page.port, every: .milliseconds(100))
        // Where nothing opens the page will say why.
        while timer.all.count < Self.idleRounds, timer.all.count < 3 || timer.all.contains(where: { $0 != nil }) {
            timer.turn(at: .now())
            say(Progress(stage: .idle, share: Double(timer.all.count) / Double(Self.idleRounds)))
            // An error that keeps the first one from being opened (no route, no permission) is the whole test's.
            if timer.descriptor < 0, timer.all.isEmpty { _ = try connect(address, page.port) }
            wait(for: nil, 0, timer, until: timer.deadline)
        }
        report.idle = RoundTrips(timer.all)
        report.bytesUsed += timer.all.count * ConnectTimer.bytes(address.family)
    }

    /// - Parameter share: of the bytes that are allowed in all, so many may be used.
    package func download(_ page: PageAddress, bytes allowed: Int) throws {
        var page = page
        var left = allowed
        for _ in 0...Self.mostRedirects {
            let exchange = try Exchange(connect(try resolve(page.host), page.port), page, budget: left)
            defer { report.bytesUsed += exchange.used }
            let head = try ask(exchange, "GET", fields: [])
            switch head.status {
            case 200..<300: return report.down = try takeBody(exchange)
            case 300..<400:
                guard let location = head.value(of: "location") else { throw SpeedTestError.server("\(page.text) redirects to nowhere.") }
                let next = try page.following(location)
                report.notes.append("\(page.text) redirects to \(next.text).")
                page = next
                left -= exchange.used
            default: throw refusal(head, of: page)
            }
        }
        throw SpeedTestError.server("The redirects have no end: the last one led to \(page.text).")
    }

    private func takeBody(_ exchange: Exchange) throws -> SpeedReport.Direction {
        let timer = timer(exchange.connection.address, exchange.page.port, every: .milliseconds(200))
        var body: HTTPReader { exchange.answer }
        let began = Instant.now()
        var latest = began
        var end = began + limits.time
        var isCutShort = false
        while !body.isComplete {
            let now = Instant.now()
            if now >= end { break }
            if exchange.isUsedUp(besides: timer.all.count * ConnectTimer.bytes(exchange.connection.address.family)) { break }
            timer.turn(at: now)
            switch try exchange.read() {
            case .bytes(let bytes):
                try exchange.take(bytes)
                latest = .now()
            case .nothing:
                wait(for: exchange.connection.descriptor, Int32(POLLIN), timer, until: min(end, timer.deadline, now + .milliseconds(100)))
            case .end:
                isCutShort = try !exchange.finish()
                end = now
            }
            let time = (now - began).inSeconds
            let shares = [time / limits.time.inSeconds, exchange.share, body.length.map { Double(body.count) / Double(max(1, $0)) } ?? 0]
            say(Progress(stage: .down, share: shares.max() ?? 0, megabitsPerSecond: time > 0.1 ? Double(body.count) * 8 / time / 1e6 : nil))
        }
        if exchange.isUsedUp(besides: 0), !body.isComplete, .now() < began + .seconds(2) {
            report.notes.append("The bytes that are allowed were used up too soon to tell much: --bytes allows more.")
        }
        if isCutShort { report.notes.append("The server ended the page before its end.") }
        if body.isComplete, body.count < 1_000_000 {
            report.notes.append("The page has \(body.count) bytes only: a larger one tells more.")
        }
        // A line that stands still at the end counts; a page that came before doesn't wait for the clock.
        let seconds = ((body.isComplete ? latest : max(latest, min(.now(), end))) - began).inSeconds
        report.bytesUsed += timer.all.count * ConnectTimer.bytes(exchange.connection.address.family)
        return SpeedReport.Direction(bytes: body.count, seconds: seconds, roundTrips: RoundTrips(timer.all))
    }

    package func upload(_ page: PageAddress, bytes allowed: Int) throws {
        let exchange = try Exchange(connect(try resolve(page.host), page.port), page, budget: allowed)
        let timer = timer(exchange.connection.address, page.port, every: .milliseconds(200))
        defer { report.bytesUsed += exchange.used + timer.all.count * ConnectTimer.bytes(exchange.connection.address.family) }
        let length = exchange.mostPayload(
            besides: Int(limits.time.inSeconds * 5 + 1) * ConnectTimer.bytes(exchange.connection.address.family))
        try exchange.send("POST", fields: ["Content-Type: application/octet-stream", "Content-Length: \(length)"])
        let head = exchange.traffic.confirmed
        // Random, so that nothing on the way makes it shorter.
        let piece = (0..<65536).map { _ in UInt8.random(in: 0 ... .max) }
        var (written, answer): (Int, HTTPResponse?) = (0, nil)
        let began = Instant.now()
        let end = began + limits.time
        var latest = began
        var arrived = 0
        while answer == nil, arrived < length {
            let now = Instant.now()
            if now >= end || exchange.isOverdrawn { break }
            timer.turn(at: now)
            let count = try exchange.write(piece.prefix(length - written))
            written += count
            // An answer before the end is a refusal.
            answer = try exchange.readHead()
            let confirmed = max(0, min(length, exchange.traffic.confirmed - head))
            if confirmed > arrived { (arrived, latest) = (confirmed, .now()) }
            if count == 0 {
                // That what was written has been confirmed makes no descriptor ready.
                let events = Int32(POLLIN) | (written < length ? Int32(POLLOUT) : 0)
                wait(for: exchange.connection.descriptor, events, timer, until: min(end, timer.deadline, now + .milliseconds(10)))
            }
            let time = (now - began).inSeconds
            let share = max(time / limits.time.inSeconds, Double(arrived) / Double(max(1, length)))
            say(Progress(stage: .up, share: share, megabitsPerSecond: time > 0.1 ? Double(arrived) * 8 / time / 1e6 : nil))
        }
        // What the server says of the whole is worth waiting for; of a part it can't say anything.
        let patience = Instant.now() + Self.patience
        while answer == nil, arrived >= length, .now() < patience {
            answer = try exchange.readHead()
            if answer == nil { wait(for: exchange.connection.descriptor, Int32(POLLIN), nil, until: patience) }
        }
        if let answer, !(200..<300).contains(answer.status) {
            let words =
                (300..<400).contains(answer.status) ? answer.value(of: "location").map { "redirects to \(printable($0, limit: 200))" } : nil
            throw SpeedTestError.server(
                "\(page.text) doesn't take an upload: it \(words ?? "answers \(Self.status(answer))"). --upload names another address, --no-upload does without."
            )
        }
        let seconds = (arrived >= length ? latest : max(latest, min(.now(), end))) - began
        report.up = SpeedReport.Direction(bytes: arrived, seconds: seconds.inSeconds, roundTrips: RoundTrips(timer.all))
    }

    private func connect(_ address: IPAddress, _ port: UInt16) throws(CallError) -> Connection {
        try Connection(to: address, port: port, by: interfaceIndex, routes)
    }

    private func timer(_ address: IPAddress, _ port: UInt16, every pause: Duration) -> ConnectTimer {
        let (interfaceIndex, routes) = (interfaceIndex, routes)
        return ConnectTimer(every: pause, from: .now()) { () throws(CallError) in
            try Connection(to: address, port: port, by: interfaceIndex, routes)
        }
    }

    /// The head of the answer.
    private func ask(_ exchange: Exchange, _ method: String, fields: [String]) throws -> HTTPResponse {
        try exchange.send(method, fields: fields)
        let end = Instant.now() + Self.patience
        while true {
            if let head = try exchange.readHead() { return head }
            guard .now() < end else {
                throw SpeedTestError.server("\(exchange.page.text) doesn't answer within \(Self.patience.inSeconds) s.")
            }
            wait(for: exchange.connection.descriptor, Int32(POLLIN), nil, until: end)
        }
    }

    private func refusal(_ head: HTTPResponse, of page: PageAddress) -> SpeedTestError {
        .server("\(page.text) answers \(Self.status(head)).")
    }

    private static func status(_ head: HTTPResponse) -> String {
        let words = [
            401: "it wants a password", 403: "it isn't allowed", 404: "there is no such page", 405: "the method isn't allowed there",
            413: "that is too much for it", 429: "there have been too many requests", 500: "the server has failed", 501: "it can't do that",
            502: "the server behind it doesn't answer", 503: "the server is overloaded",
        ]
        return "\(head.status)" + (words[head.status].map { " (\($0))" } ?? "")
    }

    private func say(_ progress: Progress) {
        let now = Instant.now()
        guard now >= isToldUntil else { return }
        isToldUntil = now + .milliseconds(100)
        tell(progress)
    }

    private func wait(for descriptor: Descriptor?, _ events: Int32, _ timer: ConnectTimer?, until end: Instant) {
        var entries = [
            pollfd(fd: descriptor?.number ?? -1, events: Int16(events), revents: 0),
            pollfd(fd: timer?.descriptor ?? -1, events: Int16(POLLOUT), revents: 0),
        ]
        poll(&entries, 2, Int32(clamping: max(0, (end - .now()).nanoseconds / 1_000_000 + 1)))
    }
}
