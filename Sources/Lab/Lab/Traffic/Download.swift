internal import Glibc

/// Sends to each client a steady stream, and reads nothing. Runs until SIGTERM.
package struct PushServer {
    package var address: String
    package var port: Int

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    /// 100 kB a second: a download that goes on for as long as anybody looks.
    private static let chunk = [UInt8](repeating: 0x2e, count: 1000)
    private static let interval = Duration.milliseconds(10)

    package func run() throws {
        let stop = try StopSignal()
        let listener = try Socket.tcp()
        try listener.bind(Endpoint(address, port))
        try listener.listen()
        printLine(readyLine)
        var clients: [Socket] = []
        var due = Moment.now
        var descriptors = [pollfd(stop.descriptor), pollfd(listener.descriptor)]
        while true {
            try wait(&descriptors, until: clients.isEmpty ? nil : due)
            if descriptors[0].isReady { return }
            while let (socket, from) = listener.accept() {
                if clients.isEmpty { due = .now }
                if case .bytes = socket.send(Array("\(from.address)\n".utf8)) { clients.append(socket) }
            }
            guard Moment.now >= due else { continue }
            due = due + Self.interval
            clients.removeAll { client in
                // A full buffer is a client that doesn't get it: the kernel goes on trying, so it isn't over.
                if case .failed(let code) = client.send(Self.chunk) { return code != EAGAIN && code != EINTR }
                return false
            }
        }
    }
}

/// One TCP connection that only listens. It is ready when something has come. Runs until SIGTERM, then prints a `DownloadReport`.
package struct Download {
    package var server: String
    package var port: Int

    package init(server: String, port: Int) {
        self.server = server
        self.port = port
    }

    package func run() throws {
        let stop = try StopSignal()
        let destination = try Endpoint(server, port)
        let socket = try Socket.tcp()
        let code = socket.connect(destination)
        guard code == 0 else { throw LabError("connecting to \(destination): \(String(cString: strerror(code)))") }
        let giveUp = Moment.now + UDPSessions.untilReady
        var report = DownloadReport()
        var last = Moment.now
        var buffer = [UInt8](repeating: 0, count: 65536)
        var descriptors = [pollfd(stop.descriptor), pollfd(socket.descriptor)]
        while true {
            let isReady = report.bytes > 0
            try wait(&descriptors, until: isReady ? nil : giveUp)
            if descriptors[0].isReady { break }
            if !isReady, Moment.now >= giveUp { throw LabError("nothing came from \(destination)") }
            guard descriptors[1].isReady else { continue }
            let now = Moment.now
            switch socket.receive(into: &buffer) {
            case .bytes(let count) where count > 0:
                report.heard(buffer[..<count])
                let gap = Gap(from: last, to: now)
                if isReady, gap.length > (report.longestGap?.length ?? .zero) { report.longestGap = gap }
                last = now
                if !isReady { printLine(readyLine) }
            case .failed(EAGAIN), .failed(EINTR): break
            case .failed(let code): report.broken = Break(time: now, reason: String(cString: strerror(code)))
            case .bytes: report.broken = Break(time: now, reason: "closed by the server")
            }
            if report.broken != nil { descriptors[1].fd = -1 }
        }
        let gap = Gap(from: last, to: report.broken?.time ?? .now)
        if gap.length > (report.longestGap?.length ?? .zero) { report.longestGap = gap }
        printLine(try JSON.line(report))
    }
}

package struct DownloadReport: Codable, Sendable {
    package var bytes = 0
    /// The address that the server sees, and its first line.
    package var source = ""
    /// The longest time in which nothing came, up to the end.
    package var longestGap: Gap?
    package var broken: Break?

    package var longestGapMilliseconds: Double { longestGap?.length.milliseconds ?? 0 }

    fileprivate mutating func heard(_ new: ArraySlice<UInt8>) {
        // The greeting is one short segment, and the first.
        if bytes == 0 { source = String(decoding: new.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
        bytes += new.count
    }
}
