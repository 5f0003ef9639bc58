internal import Glibc

/// The only place of the traffic programs that calls the socket functions of the C library. A descriptor that closes itself.
final class Socket {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func udp() throws -> Socket { try make(SOCK_DGRAM) }
    static func tcp() throws -> Socket { try make(SOCK_STREAM) }

    private static func make(_ type: __socket_type) throws -> Socket {
        let flags = Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET6, flags, 0)
        guard descriptor >= 0 else { throw LabError("socket: \(lastError())") }
        let socket = Socket(descriptor: descriptor)
        // IPv4 too, whatever net.ipv6.bindv6only says.
        var off: Int32 = 0
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
        return socket
    }

    /// Raw ICMPv6 by one interface; what comes in are router solicitations. The kernel hands them out to whoever wants them on a box that
    /// forwards, since such a box listens to the routers' group.
    static func routerSolicitations(by interface: String, source: Endpoint) throws -> Socket {
        let flags = Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let icmp = Int32(IPPROTO_ICMPV6)
        let socket = Socket(descriptor: Glibc.socket(AF_INET6, flags, icmp))
        guard socket.descriptor >= 0 else { throw LabError("a raw socket: \(lastError())") }
        func set(_ level: Int32, _ option: Int32, _ value: [UInt8]) throws {
            guard setsockopt(socket.descriptor, level, option, value, socklen_t(value.count)) == 0 else {
                throw LabError("setsockopt \(level) \(option): \(lastError())")
            }
        }
        func number(_ value: Int32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
        try set(SOL_SOCKET, SO_BINDTODEVICE, Array(interface.utf8) + [0])
        // Who hears one with less must not believe it (RFC 4861, section 6.1.2).
        try set(Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, number(255))
        // ICMP6_FILTER of netinet/icmp6.h: a bit for each type that is not wanted; wanted is 133.
        var filter = [UInt8](repeating: 0xff, count: 32)
        filter[133 / 8] = ~(1 << (133 % 8))
        try set(icmp, 1, filter)
        // IPV6_FREEBIND of linux/in6.h: the address may be away for a moment, with the carrier.
        try set(Int32(IPPROTO_IPV6), 78, number(1))
        let index = if_nametoindex(interface)
        guard index > 0 else { throw LabError("\(interface): \(lastError())") }
        let result = source.withSocketAddress(scope: index) { Glibc.bind(socket.descriptor, $0, $1) }
        guard result == 0 else { throw LabError("bind to \(source): \(lastError())") }
        return socket
    }

    func bind(_ endpoint: Endpoint) throws {
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let result = endpoint.withSocketAddress { Glibc.bind(descriptor, $0, $1) }
        guard result == 0 else { throw LabError("bind to \(endpoint): \(lastError())") }
    }

    func listen() throws {
        guard Glibc.listen(descriptor, 1024) == 0 else { throw LabError("listen: \(lastError())") }
    }

    /// nil: nobody is waiting.
    func accept() -> (Socket, from: Endpoint)? {
        var endpoint = Endpoint()
        let accepted = endpoint.fillSocketAddress { Glibc.accept(descriptor, $0, $1) }
        guard accepted >= 0 else { return nil }
        let socket = Socket(descriptor: accepted)
        // Fails for a bad descriptor only.
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        return (socket, endpoint)
    }

    /// Starts connecting. An errno, or 0 if it is under way.
    func connect(_ endpoint: Endpoint) -> Int32 {
        let result = endpoint.withSocketAddress { Glibc.connect(descriptor, $0, $1) }
        return result == 0 || errno == EINPROGRESS ? 0 : errno
    }

    var localPort: UInt16 {
        var endpoint = Endpoint()
        _ = endpoint.fillSocketAddress { getsockname(descriptor, $0, $1) }
        return endpoint.port
    }

    /// Small pieces go out at once: the pace is the measurement.
    func sendAtOnce() {
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Bytes sent, or the errno.
    func send(_ bytes: [UInt8], to endpoint: Endpoint? = nil) -> Transfer {
        let count = bytes.withUnsafeBytes { buffer in
            guard let endpoint else { return Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL)) }
            return endpoint.withSocketAddress { sendto(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL), $0, $1) }
        }
        return count >= 0 ? .bytes(count) : .failed(errno)
    }

    func receive(into buffer: inout [UInt8]) -> Transfer {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        return count >= 0 ? .bytes(count) : .failed(errno)
    }

    func receive(into buffer: inout [UInt8], from endpoint: inout Endpoint) -> Transfer {
        let count = buffer.withUnsafeMutableBytes { bytes in
            endpoint.fillSocketAddress { recvfrom(descriptor, bytes.baseAddress, bytes.count, 0, $0, $1) }
        }
        return count >= 0 ? .bytes(count) : .failed(errno)
    }

    enum Transfer {
        case bytes(Int)
        case failed(Int32)
    }
}

func lastError() -> String { String(cString: strerror(errno)) }

/// An address of either family, and a port. An IPv4 address is kept as an IPv6 one (`::ffff:203.0.113.1`), and every socket here is an IPv6
/// socket that takes both: so there is one way for everything.
struct Endpoint: Hashable {
    /// 16, as they go over the wire.
    private(set) var bytes: [UInt8]
    private(set) var port: UInt16

    private static let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]

    /// Any address of this machine.
    init(port: UInt16 = 0) {
        bytes = [UInt8](repeating: 0, count: 16)
        self.port = port
    }

    init(_ address: String, _ port: Int) throws {
        guard let bytes = Self.parse(address), let port = UInt16(exactly: port) else {
            throw LabError("not an address and a port: \(address) \(port)")
        }
        self.bytes = bytes
        self.port = port
    }

    /// As `bytes` gives them.
    init(bytes: [UInt8], port: UInt16 = 0) {
        self.bytes = bytes
        self.port = port
    }

    static func parse(_ address: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, address, &four) == 1 { return mapped + four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, address, &sixteen) == 1 ? sixteen : nil
    }

    var address: String {
        if bytes.starts(with: Self.mapped) { return bytes.suffix(4).map { "\($0)" }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var description: String { bytes.starts(with: Self.mapped) ? "\(address):\(port)" : "[\(address)]:\(port)" }

    /// `scope`: the index of the interface, for an address that is good on one link only.
    func withSocketAddress<Result>(scope: UInt32 = 0, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var raw = sockaddr_in6()
        raw.sin6_scope_id = scope
        raw.sin6_family = sa_family_t(AF_INET6)
        raw.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &raw.sin6_addr) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
        }
    }

    mutating func fillSocketAddress<Result>(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result) -> Result {
        var raw = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
        bytes = withUnsafeBytes(of: raw.sin6_addr) { Array($0) }
        port = UInt16(bigEndian: raw.sin6_port)
        return result
    }
}

extension Endpoint: CustomStringConvertible {}
