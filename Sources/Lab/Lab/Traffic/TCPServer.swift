internal import Glibc

/// Tells each client the address that it is seen by, as a line, and then echoes whatever it sends. Runs until SIGTERM.
package struct TCPServer {
    package var address: String
    package var port: Int

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    package func run() throws {
        try serveConnections(address, port, bufferSize: 65536, welcome: welcome, serve: echo)
    }

    private func welcome(_ client: Socket, from: Endpoint) -> Socket {
        client.sendAtOnce()
        // A client that is gone already is found out at the next wait.
        _ = client.send(Array("\(from.address)\n".utf8))
        return client
    }

    /// false: the connection is over.
    private func echo(_ client: inout Socket, _ buffer: inout [UInt8]) -> Bool {
        switch client.receive(into: &buffer) {
        case .bytes(0): return false
        case .failed(let code): return code == EAGAIN || code == EINTR
        case .bytes(let count):
            // The lab's clients send a few bytes at a time and read what comes back, so a full buffer means that they are dead.
            if case .bytes(count) = client.send(Array(buffer[..<count])) { return true }
            return false
        }
    }
}
