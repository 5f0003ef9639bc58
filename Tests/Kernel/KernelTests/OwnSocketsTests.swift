import CNetlink
import Glibc
import Model
import Testing

@testable import LinuxKernel

/// Which of the box's own sockets hold on to the sessions of a WAN.
@Suite(.serialized, .enabled(if: Place.isNamespace)) struct OwnSocketsTests {
    private let bench: ConntrackBench

    init() throws { bench = try ConntrackBench() }

    @Test(
        "those with its address and a session that the box has begun by it; not servers, not those bound to an interface, not others' ports"
    )
    func holding() async throws {
        let sockets = [
            try OwnEndpoint(SOCK_DGRAM, "127.0.0.9", 41_001), try OwnEndpoint(SOCK_DGRAM, "127.0.0.9", 41_002),
            try OwnEndpoint(SOCK_DGRAM, "127.0.0.9", 41_003, device: "lo"), try OwnEndpoint(SOCK_DGRAM, "::ffff:127.0.0.9", 41_004),
            try OwnEndpoint(SOCK_DGRAM, "0.0.0.0", 41_005), try OwnEndpoint(SOCK_DGRAM, "127.0.0.9", 41_006),
            try OwnEndpoint(SOCK_DGRAM, "::1", 41_007), try OwnEndpoint(SOCK_DGRAM, "127.0.0.8", 41_010),
        ]
        let server = try OwnEndpoint(SOCK_STREAM, "127.0.0.9", 41_008)
        try #require(listen(server.descriptor, 1) == 0)
        let other = try OwnEndpoint(SOCK_STREAM, "127.0.0.1", 41_011)
        try #require(listen(other.descriptor, 1) == 0)
        let client = try OwnEndpoint(SOCK_STREAM, "127.0.0.9", 41_009)
        try client.connect("127.0.0.1", 41_011)
        func session(_ kind: String, _ port: Int, from source: String = "127.0.0.9", mark: String = "0x1000000") -> String {
            "-s \(source) -d \(source.contains(":") ? "2001:db8::9" : "203.0.113.9") -p \(kind) --sport \(port) --dport 443 --mark \(mark)"
                + (kind == "tcp" ? " --state ESTABLISHED" : "")
        }
        // A connection on the loopback interface may be in the table by itself, without the mark.
        try run(["conntrack", "-F"])
        try bench.insert([
            session("udp", 41_001), session("udp", 41_003), session("udp", 41_004), session("udp", 41_005),
            session("udp", 41_006, mark: "0x2000000"), session("udp", 41_007, from: "::1"), session("tcp", 41_008), session("tcp", 41_009),
            session("udp", 41_010, from: "127.0.0.8"), session("tcp", 41_001),
        ])
        let scope = SessionScope(
            wan: try #require(WANName("smartfren")), mark: ConntrackBench.first, mask: ConntrackBench.mask,
            addresses: [try #require(IPAddress("127.0.0.9")), try #require(IPAddress("::1"))])
        let found = try await withCheckedThrowingContinuation { continuation in
            SessionTable().sockets(scope) { continuation.resume(with: $0) }
        }
        #expect(found.map(\.description) == ["TCP 41009", "UDP 41001", "UDP 41004", "UDP 41007"])
        withExtendedLifetime((sockets, server, other, client)) {}
    }
}

/// Bound, and nothing else.
private final class OwnEndpoint {
    let descriptor: Int32

    init(_ type: __socket_type, _ address: String, _ port: UInt16, device: String? = nil) throws {
        let isIPv6 = address.contains(":")
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(type.rawValue), 0)
        try #require(descriptor >= 0)
        if let device {
            try #require(setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, device, socklen_t(device.utf8.count)) == 0)
        }
        try #require(Self.with(address, port) { bind(descriptor, $0, $1) } == 0, "bind to \(address): errno \(errno)")
    }

    deinit { close(descriptor) }

    func connect(_ address: String, _ port: UInt16) throws {
        try #require(Self.with(address, port) { Glibc.connect(descriptor, $0, $1) } == 0, "errno \(errno)")
    }

    private static func with(_ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        func call<Address>(_ address: Address) -> Int32 {
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
            }
        }
        if address.contains(":") {
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = port.bigEndian
            inet_pton(AF_INET6, address, &raw.sin6_addr)
            return call(raw)
        }
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &raw.sin_addr)
        return call(raw)
    }
}
