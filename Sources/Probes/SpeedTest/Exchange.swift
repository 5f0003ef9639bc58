import CLinux
import Floor
import Glibc
import Model
import Probing

/// One request and its answer, on a connection of its own whose bytes are counted.
final class Exchange {
    let connection: Connection
    let page: PageAddress
    private let budget: Budget
    /// As far as it has come in.
    private(set) var answer = HTTPReader(keepsPage: false)
    private var buffer = [UInt8](repeating: 0, count: 65536)

    /// So long a connection may take to open.
    private static let patience = Duration.seconds(10)

    init(_ connection: Connection, _ page: PageAddress, budget: Int) throws {
        self.connection = connection
        self.page = page
        self.budget = Budget(header: connection.address.family == .v4 ? 52 : 72, limit: budget)
        try open()
    }

    private func open() throws {
        var entry = pollfd(fd: connection.descriptor.number, events: Int16(POLLOUT), revents: 0)
        let end = Instant.now() + Self.patience
        while poll(&entry, 1, Int32(clamping: max(0, (end - .now()).nanoseconds / 1_000_000))) < 0, errno == EINTR {}
        guard entry.revents != 0 else {
            throw SpeedTestError.server("\(name) doesn't answer within \(Self.patience.inSeconds) s.")
        }
        try check(connection.descriptor.takeError())
    }

    private var name: String { "\(page.host) (\(connection.address.bracketed):\(page.port))" }

    private func check(_ code: Int32) throws {
        guard code != 0 else { return }
        switch connection.outcome(of: code) {
        case .success(let answer): throw SpeedTestError.server("\(page.host): \(answer.detail).")
        case .failure(let error): throw error
        case nil: throw SpeedTestError.server("\(name) doesn't answer.")
        }
    }

    func send(_ method: String, fields: [String]) throws {
        let lines = ["\(method) \(page.path) HTTP/1.1", "Host: \(page.authority)", "User-Agent: uplinkctl", "Accept-Encoding: identity"]
        let message = Array(((lines + fields + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n").utf8)
        // A request is far shorter than an empty send buffer, so it goes out whole or not at all.
        guard try write(message[...]) == message.count else { throw CallError.lastSending(to: connection.address) }
    }

    /// How many went out. 0: there is no room now.
    func write(_ bytes: ArraySlice<UInt8>) throws -> Int {
        guard !bytes.isEmpty else { return 0 }
        let count = bytes.withUnsafeBytes { bytes in
            retried { Glibc.send(connection.descriptor.number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
        }
        if count >= 0 { return count }
        let code = errno
        if code == EAGAIN || code == EWOULDBLOCK { return 0 }
        // It has closed already, and may have said why: that is there to be read.
        if code == EPIPE || code == ECONNRESET, try readHead() != nil { return 0 }
        try check(code)
        return 0
    }

    enum Received {
        case bytes(ArraySlice<UInt8>)
        case nothing
        case end
    }

    func read() throws -> Received {
        let count = buffer.withUnsafeMutableBytes { bytes in
            retried { recv(connection.descriptor.number, bytes.baseAddress, bytes.count, 0) }
        }
        if count > 0 { return .bytes(buffer[..<count]) }
        if count == 0 { return .end }
        let code = errno
        if code == EAGAIN || code == EWOULDBLOCK { return .nothing }
        if code == ECONNRESET { throw SpeedTestError.server("\(name) has reset the connection.") }
        try check(code)
        return .end
    }

    /// The head of the answer. nil: not yet.
    func readHead() throws -> HTTPResponse? {
        while answer.response == nil {
            switch try read() {
            case .bytes(let bytes): try take(bytes)
            case .nothing: return nil
            case .end: _ = try finish()
            }
        }
        return answer.response
    }

    /// Of the answer.
    func take(_ bytes: ArraySlice<UInt8>) throws {
        do throws(HTTPError) { try answer.take(bytes) } catch { throw failed(error) }
    }

    /// The connection was closed. False: in the middle of the page.
    func finish() throws -> Bool {
        do throws(HTTPError) { try answer.finish() } catch { throw failed(error) }
        return answer.isComplete
    }

    private func failed(_ error: HTTPError) -> SpeedTestError { .server("\(page.text): \(error.description).") }

    var traffic: Traffic {
        var bytes = [UInt8](repeating: 0, count: 256)
        var length = socklen_t(bytes.count)
        guard getsockopt(connection.descriptor.number, Int32(IPPROTO_TCP), TCP_INFO, &bytes, &length) == 0 else { return Traffic() }
        return Traffic(tcpInfo: Array(bytes.prefix(Int(length)))) ?? Traffic()
    }

    /// IP bytes both ways.
    var used: Int { traffic.bytes(header: budget.header) }

    /// Of the budget.
    var share: Double { Double(used) / Double(max(1, budget.limit)) }

    /// What comes in after this was asked is within the budget, too.
    func isUsedUp(besides other: Int) -> Bool {
        let traffic = traffic
        // Between two looks the window grows by no more than what has been read.
        return budget.isUsedUp(
            by: traffic.bytes(header: budget.header) + other, window: max(traffic.window, 65536) + buffer.count,
            segment: traffic.segmentSize)
    }

    /// More than was thought: what was lost has been sent again.
    var isOverdrawn: Bool { used >= budget.limit }

    /// So much can be sent without using more than is allowed.
    func mostPayload(besides other: Int) -> Int {
        let traffic = traffic
        return budget.payload(of: budget.limit - used - other - Budget.aside / 2, segment: traffic.segmentSize)
    }
}
