import ControlProtocol
import FoundationEssentials
import Glibc
import Varlink

struct RawClientError: Error { var call: String, code: Int32 }

/// A client that sends any bytes at all. For use inside `blocking`.
final class RawClient {
    let descriptor: Int32
    private var input: [UInt8] = []

    init(_ path: String, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        if result != 0 { throw RawClientError(call: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    /// A message less its NUL.
    func send(_ text: String) throws { try sendBytes(Array(text.utf8) + [0]) }

    func sendBytes(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 { throw RawClientError(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next message less its NUL; nil at the end of the stream, however it came about.
    func receive() throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = input.firstIndex(of: 0) {
                let message = String(decoding: input[..<end], as: UTF8.self)
                input.removeFirst(end + 1)
                return message
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || count < 0 && errno == ECONNRESET { return nil }
            if count < 0 { throw RawClientError(call: "recv", code: errno) }
            input += buffer[..<count]
        }
    }

    func receive<R: Decodable>(_ type: R.Type) throws -> Result<R, ControlError> {
        guard let message = try receive() else { throw RawClientError(call: "end of stream", code: 0) }
        return try Reply.decode(type, or: ControlError.self, from: Data(message.utf8)).outcome
    }
}

/// Nothing in it counts: for replies that are errors, or whose content the test doesn't look at.
struct Anything: Decodable {}
