package import CLinux
import Glibc

/// Calls `body` with the address of a unix socket at `path`. nil: the path doesn't fit into one (107 bytes, `unix(7)`).
package func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32? {
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
