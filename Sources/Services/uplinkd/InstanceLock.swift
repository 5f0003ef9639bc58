import CLinux
import Chassis
import Floor
import Glibc

/// One daemon for each network namespace: a name in the abstract socket namespace, which is one per network namespace and is freed by
/// the kernel when the process ends, however it ends (unix(7)).
final class InstanceLock {
    private let socket: Descriptor

    init() throws(Failure) {
        do throws(CallError) {
            socket = try .socket(AF_UNIX, SOCK_STREAM, 0, "can't open a socket")
            guard Self.call(bind, socket) != 0 else {
                // Only so that the next one can ask who we are.
                listen(socket.number, 1)
                return
            }
            guard errno == EADDRINUSE else { throw .last("can't take the lock") }
        } catch {
            throw Failure(status: .failed, message: "\(error)")
        }
        let holder = Self.holder().map { " (pid \($0))" } ?? ""
        throw Failure(status: .alreadyRunning, message: "another uplinkd\(holder) is running here; stop it first: systemctl stop uplinkd")
    }

    private static func holder() -> pid_t? {
        guard let asking = try? Descriptor.socket(AF_UNIX, SOCK_STREAM), call(connect, asking) == 0 else { return nil }
        return Peer(of: asking)?.pid
    }

    /// Abstract: see `unix(7)`.
    private static func call(_ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ socket: Descriptor) -> Int32 {
        // The name is short enough, so there is an address for it.
        withUnixAddress(name: [0] + Array("net.uplinkd".utf8)) { function(socket.number, $0, $1) } ?? -1
    }
}
