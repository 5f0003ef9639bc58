/// Answers every request alike and closes. Runs until SIGTERM.
package struct HTTPServer {
    package var address: String
    package var port: Int
    package var response: Response

    package struct Response: Sendable {
        package var status: Int
        package var body: String
        /// Where a redirect leads.
        package var location: String?

        package init(status: Int = 204, body: String = "", location: String? = nil) {
            self.status = status
            self.body = body
            self.location = location
        }

        /// The page of an unpaid bill.
        package static func portal(_ location: String = "http://portal.example/isolir") -> Response {
            Response(status: 302, body: "<html>Your bill is unpaid.</html>\n", location: location)
        }

        var bytes: [UInt8] {
            var lines = ["HTTP/1.1 \(status) Lab", "Connection: close"]
            // RFC 9110, section 8.6: none with 204.
            if status != 204 { lines += ["Content-Type: text/html", "Content-Length: \(body.utf8.count)"] }
            if let location { lines.append("Location: \(location)") }
            return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (status == 204 ? "" : body)).utf8)
        }
    }

    package init(address: String, port: Int, response: Response) {
        self.address = address
        self.port = port
        self.response = response
    }

    private struct Client {
        var socket: Socket
        var request: [UInt8] = []
    }

    package func run() throws {
        try serveConnections(address, port, bufferSize: 4096, welcome: { socket, _ in Client(socket: socket) }, serve: serve)
    }

    /// false: the connection is over.
    private func serve(_ client: inout Client, _ buffer: inout [UInt8]) -> Bool {
        switch client.socket.receive(into: &buffer) {
        case .bytes(0): return false
        case .failed: return true
        case .bytes(let count):
            client.request += buffer[..<count]
            guard client.request.count < 16384 else { return false }
            // All of the request has to be read before closing, or the kernel would send a reset instead of the answer.
            guard String(decoding: client.request, as: UTF8.self).contains("\r\n\r\n") else { return true }
            _ = client.socket.send(response.bytes)
            return false
        }
    }
}
