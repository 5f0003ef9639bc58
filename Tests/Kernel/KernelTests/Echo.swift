import Glibc
import Testing

/// Two sockets on the loopback of the namespace, one asking the other: real packets, in a session that the kernel follows and marks.
///
/// Foundation has a pair of its own there, which is why this one asks another address and only its session is marked.
struct Echo {
    static let mark: UInt32 = 0x0200_0000

    private let client: Int32
    private let server: Int32

    private static let rules = [
        ["iptables-nft", "-t", "mangle", "-A", "POSTROUTING", "-d", "127.0.0.2", "-j", "CONNMARK", "--set-mark", "\(mark)"]
    ]

    init() throws {
        // Without a rule that asks for it the kernel follows nothing.
        for rule in Self.rules { try run(rule) }
        func bound(_ host: UInt32) throws -> (Int32, sockaddr_in) {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            try #require(descriptor >= 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = host.bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            try withUnsafeMutablePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    try #require(bind(descriptor, $0, length) == 0)
                    try #require(getsockname(descriptor, $0, &length) == 0)
                }
            }
            return (descriptor, address)
        }
        func connected(_ descriptor: Int32, _ address: sockaddr_in) throws {
            var address = address
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(result == 0)
        }
        let (client, clientAddress) = try bound(0x7f00_0001)
        let (server, serverAddress) = try bound(0x7f00_0002)
        try connected(client, serverAddress)
        try connected(server, clientAddress)
        (self.client, self.server) = (client, server)
    }

    func close() {
        _ = (Glibc.close(client), Glibc.close(server))
        for rule in Self.rules { _ = try? run(rule.map { $0 == "-A" ? "-D" : $0 }) }
    }

    func ask() throws { try #require(send(client, "ping", 4, 0) == 4) }
    func answer() throws { try #require(send(server, "pong", 4, 0) == 4) }
}
