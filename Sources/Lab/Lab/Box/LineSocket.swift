internal import Dispatch
internal import Glibc

/// A unix socket on which both sides write lines.
final class LineSocket: Sendable {
    /// What the other side writes, until it is gone.
    let lines: AsyncStream<String>
    private let descriptor: Int32

    init(path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LabError("socket: \(String(cString: strerror(errno)))") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard path.utf8.count < place.count else { return false }
            place.copyBytes(from: path.utf8)
            return true
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard fits, status == 0 else {
            let reason = fits ? String(cString: strerror(errno)) : "too long"
            Glibc.close(descriptor)
            throw LabError("\(path): \(reason)")
        }
        self.descriptor = descriptor
        let (lines, reader) = AsyncStream<String>.makeStream()
        self.lines = lines
        // A thread of its own: it waits in `read` until the other side is gone or `close` was called.
        DispatchQueue(label: "lines of \(path)").async {
            var rest: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                rest += buffer[..<count]
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    reader.yield(String(decoding: rest[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self))
                    rest.removeSubrange(...end)
                }
            }
            reader.finish()
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Ends `lines`. The descriptor stays until nobody can use it any more.
    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ line: String) throws {
        var bytes = Array("\(line)\n".utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw LabError("the box doesn't listen any more: \(String(cString: strerror(errno)))") }
            bytes = bytes.dropFirst(count)
        }
    }
}
