import Control
import Glibc

/// One daemon for each network namespace: a name in the abstract socket namespace, which is one per network namespace and is freed by
/// the kernel when the process ends, however it ends (unix(7)).
final class InstanceLock {
    private let descriptor: Int32

    init() throws(Failure) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(status: .failed, message: "can't open a socket: \(String(cString: strerror(errno)))") }
        guard Self.call(bind, descriptor) == 0 else {
            let code = errno
            defer { close(descriptor) }
            guard code == EADDRINUSE else {
                throw Failure(status: .failed, message: "can't take the lock: \(String(cString: strerror(code)))")
            }
            let holder = Self.holder().map { " (pid \($0))" } ?? ""
            throw Failure(
                status: .alreadyRunning, message: "another uplinkd\(holder) is running here; stop it first: systemctl stop uplinkd")
        }
        // Only so that the next one can ask who we are.
        listen(descriptor, 1)
    }

    deinit { close(descriptor) }

    private static func holder() -> pid_t? {
        let asking = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard asking >= 0 else { return nil }
        defer { close(asking) }
        guard call(connect, asking) == 0 else { return nil }
        // struct ucred, which Swift's Glibc module doesn't show: it is a GNU extension.
        var peer: (pid: pid_t, uid: uid_t, gid: gid_t) = (0, 0, 0)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        return getsockopt(asking, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? peer.pid : nil
    }

    /// Abstract: see `unix(7)`.
    private static func call(_ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32) -> Int32 {
        // The name is short enough, so there is an address for it.
        withUnixAddress(name: [0] + Array("net.uplinkd".utf8)) { function(descriptor, $0, $1) } ?? -1
    }
}
