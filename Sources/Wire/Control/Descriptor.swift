package import Glibc

/// A file descriptor that is closed when nobody holds it any more. A Dispatch source holds it until its cancellation is through:
/// a number closed earlier could by then be somebody else's.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// No child process inherits it, and no call on it waits. `accept4(2)` would do it at once, but it's a GNU extension that Swift's
    /// Glibc module doesn't show: a child started in between holds a client's socket for as long as it runs.
    func setNonBlockingAndCloseOnExec() -> Bool {
        let flags = fcntl(number, F_GETFL)
        return flags >= 0 && fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(number, F_SETFD, FD_CLOEXEC) == 0
    }

    /// A unix stream socket, `socket(2)`. nil: errno says why.
    static func unixSocket() -> Descriptor? {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(AF_UNIX, kind, 0)
        return number < 0 ? nil : Descriptor(number)
    }
}

/// Calls `body` with the address of a unix socket at `path`. nil: the path doesn't fit into one (107 bytes, `unix(7)`).
func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32? {
    let bytes = Array(path.utf8)
    return bytes.isEmpty || bytes.contains(0) ? nil : withUnixAddress(name: bytes, body)
}

/// The same for any name: one that begins with a zero byte is abstract, and ends where the length says.
package func withUnixAddress(name: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
}

/// `strerror(3)`.
func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
