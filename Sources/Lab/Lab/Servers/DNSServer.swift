internal import Glibc

/// A resolver that knows one name, or pretends to. Over UDP, until SIGTERM.
package struct DNSServer {
    package enum Mode: String, Sendable, CaseIterable {
        case answers
        /// Another address than the right one, for every name: an operator's block page, a portal.
        case lies
        case servfail
        case silent
    }

    package var address: String
    package var port: Int
    package var name: String
    package var mode: Mode
    /// What the name has: one address of each family.
    package var records: DNSRecords

    package init(address: String, port: Int, name: String, mode: Mode, records: DNSRecords) {
        self.address = address
        self.port = port
        self.name = name
        self.mode = mode
        self.records = records
    }

    package func run() throws {
        let stop = try StopSignal()
        let socket = try Socket.udp()
        try socket.bind(Endpoint(address, port))
        printLine(readyLine)
        var buffer = [UInt8](repeating: 0, count: 4096)
        var source = Endpoint()
        var descriptors = [pollfd(stop.descriptor), pollfd(socket.descriptor)]
        while true {
            try wait(&descriptors, until: nil)
            if descriptors[0].isReady { return }
            while case .bytes(let count) = socket.receive(into: &buffer, from: &source) {
                guard let query = DNSQuery(buffer[..<count]), let answer = reply(to: query) else { continue }
                _ = socket.send(answer, to: source)
            }
        }
    }

    private func reply(to query: DNSQuery) -> [UInt8]? {
        switch mode {
        case .silent: nil
        case .servfail: query.reply(code: 2)
        case .lies: query.reply(DNSRecords.wrong)
        case .answers where query.name == name.lowercased(): query.reply(records)
        case .answers: query.reply(code: 3)
        }
    }
}
