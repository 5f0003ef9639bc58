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
        let stop = try StopSignal()
        let listener = try Socket.tcp()
        try listener.bind(Endpoint(address, port))
        try listener.listen()
        printLine(readyLine)
        var clients: [Int32: Socket] = [:]
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            var descriptors = [pollfd(stop.descriptor), pollfd(listener.descriptor)] + clients.keys.map { pollfd($0) }
            try wait(&descriptors, until: nil)
            if descriptors[0].isReady { return }
            for ready in descriptors.dropFirst(2) where ready.isReady {
                guard let client = clients[ready.fd] else { continue }
                if !echo(client, &buffer) { clients[ready.fd] = nil }
            }
            while let (client, from) = listener.accept() {
                client.sendAtOnce()
                // A client that is gone already is found out at the next wait.
                _ = client.send(Array("\(from.address)\n".utf8))
                clients[client.descriptor] = client
            }
        }
    }

    /// false: the connection is over.
    private func echo(_ client: Socket, _ buffer: inout [UInt8]) -> Bool {
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
