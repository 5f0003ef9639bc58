internal import Glibc

/// A web server with pages of any length, for a speed test. Runs until SIGTERM.
///
///     GET /BYTES          a page of so many bytes
///     GET /chunked/BYTES  the same in chunks
///     GET /close/BYTES    the same without a length: it ends with the connection
///     GET /short/BYTES    half of what it promises
///     GET /to/PATH        a redirect to /PATH; /to/tls is one to https
///     GET /status/NUMBER  an answer without a page
///     POST /PATH          takes it all; /refuse answers 413 at once
package struct SpeedServer {
    package var address: String
    package var port: Int

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    private struct Client {
        var socket: Socket
        var request: [UInt8] = []
        /// Of an upload; nil: the head isn't whole.
        var toRead: Int?
        var head: [UInt8] = []
        var toSend = 0
        var isChunked = false

        var wantsToSend: Bool { !head.isEmpty || toSend > 0 }
    }

    private static let piece = [UInt8](repeating: 0x2e, count: 16384)

    package func run() throws {
        try serveConnections(
            address, port, bufferSize: 65536, welcome: { socket, _ in Client(socket: socket) }, wantsToSend: \.wantsToSend
        ) { client, buffer in client.wantsToSend ? send(&client) : read(&client, &buffer) }
    }

    /// false: the connection is over.
    private func read(_ client: inout Client, _ buffer: inout [UInt8]) -> Bool {
        switch client.socket.receive(into: &buffer) {
        case .bytes(0): return false
        case .failed(let code): return code == EAGAIN || code == EINTR
        case .bytes(let count):
            if let left = client.toRead {
                client.toRead = left - count
            } else {
                client.request += buffer[..<count]
                guard client.request.count < 100_000 else { return false }
                begin(&client)
            }
            if let left = client.toRead, left <= 0, !client.wantsToSend { answer(&client, "200 OK", length: 0) }
            return true
        }
    }

    private func begin(_ client: inout Client) {
        let text = String(decoding: client.request, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        let path = (words.count > 1 ? words[1] : "/").split(separator: "/").map(String.init)
        let number = path.last.flatMap { Int($0) } ?? 0
        if words.first == "POST" {
            let prefix = "content-length:"
            let length = lines.first { $0.lowercased().hasPrefix(prefix) }?.dropFirst(prefix.count).filter { $0 != " " }
            client.toRead = (length.flatMap { Int($0) } ?? 0) - text[end.upperBound...].utf8.count
            if path == ["refuse"] { answer(&client, "413 Too much", length: 0) }
            return
        }
        client.toRead = 0
        switch path.first {
        case "chunked":
            client.isChunked = true
            client.head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
            client.toSend = number
        case "close":
            client.head = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
            client.toSend = number
        case "short":
            answer(&client, "200 OK", length: number)
            client.toSend = number / 2
        case "to":
            let place = path[1...].joined(separator: "/")
            answer(&client, "302 Found", length: 0, "Location: \(place == "tls" ? "https://tls.example/" : "/" + place)\r\n")
        case "status": answer(&client, "\(number) Lab", length: 0)
        default:
            answer(&client, "200 OK", length: number)
            client.toSend = number
        }
    }

    private func answer(_ client: inout Client, _ status: String, length: Int, _ field: String = "") {
        client.head = Array("HTTP/1.1 \(status)\r\nConnection: close\r\nContent-Length: \(length)\r\n\(field)\r\n".utf8)
    }

    /// false: all is sent, or nobody is there any more.
    private func send(_ client: inout Client) -> Bool {
        while client.wantsToSend {
            if client.head.isEmpty {
                let size = min(client.toSend, Self.piece.count)
                // A chunk goes through `head`, so that none is left half told when the buffer is full.
                guard client.isChunked else {
                    switch client.socket.send(Array(Self.piece[..<size])) {
                    case .bytes(let count): client.toSend -= count
                    case .failed(let code): return code == EAGAIN || code == EINTR
                    }
                    continue
                }
                client.toSend -= size
                client.head = Array("\(String(size, radix: 16))\r\n".utf8) + Self.piece[..<size] + Array("\r\n".utf8)
                if client.toSend == 0 { client.head += Array("0\r\n\r\n".utf8) }
            }
            switch client.socket.send(client.head) {
            case .bytes(let count): client.head.removeFirst(count)
            case .failed(let code): return code == EAGAIN || code == EINTR
            }
        }
        return false
    }
}
