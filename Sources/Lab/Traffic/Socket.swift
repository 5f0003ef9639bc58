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
        let descriptor = socket(AF_INET, flags, 0)
        guard descriptor >= 0 else { throw LabError("socket: \(lastError())") }
        return Socket(descriptor: descriptor)
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

    /// Starts connecting. An errno, or 0 if it is under way; `pendingError` tells how it ended once the socket is writable.
    func connect(_ endpoint: Endpoint) -> Int32 {
        let result = endpoint.withSocketAddress { Glibc.connect(descriptor, $0, $1) }
        return result == 0 || errno == EINPROGRESS ? 0 : errno
    }

    var pendingError: Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? value : errno
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

func dotted(_ bits: UInt32) -> String { "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)" }

/// An IPv4 address and a port.
struct Endpoint: Hashable {
    private var raw = sockaddr_in()

    init() { raw.sin_family = sa_family_t(AF_INET) }

    init(_ address: String, _ port: Int) throws {
        self.init()
        guard inet_pton(AF_INET, address, &raw.sin_addr) == 1, let port = UInt16(exactly: port) else {
            throw LabError("not an address and a port: \(address) \(port)")
        }
        raw.sin_port = port.bigEndian
    }

    var address: String { dotted(bits) }
    /// In host byte order.
    var bits: UInt32 { UInt32(bigEndian: raw.sin_addr.s_addr) }
    var port: UInt16 { UInt16(bigEndian: raw.sin_port) }
    var description: String { "\(address):\(port)" }

    static func == (a: Self, b: Self) -> Bool { a.raw.sin_addr.s_addr == b.raw.sin_addr.s_addr && a.raw.sin_port == b.raw.sin_port }
    func hash(into hasher: inout Hasher) {
        hasher.combine(raw.sin_addr.s_addr)
        hasher.combine(raw.sin_port)
    }

    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    mutating func fillSocketAddress<Result>(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result) -> Result {
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }
}

extension Endpoint: CustomStringConvertible {}
