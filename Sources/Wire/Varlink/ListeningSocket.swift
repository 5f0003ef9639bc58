import CLinux
import Floor
import Glibc

/// A service's end of its socket, from the lock that keeps a second daemon out to the file that clients find.
///
/// 1. A lock beside the socket. Without it two daemons that start together could each take the other's new socket for a stale one.
/// 2. A socket that is there already is connected to before it is removed: it may be somebody's.
/// 3. Mode 0600 from birth, set before bind(2) (the kernel makes the file with the mode of the socket, `unix_bind_bsd` in
///    net/unix/af_unix.c): umask(2) would be the whole process's. Only then the group, only then listen(2).
final class ListeningSocket: Sendable {
    let path: String
    let descriptor: Descriptor
    /// Whose members may connect. nil: only the owner and root.
    let group: UInt32?
    private let lock: Descriptor
    private let device: dev_t
    private let inode: ino_t

    init(path: String, group name: String?) throws(VarlinkServerError) {
        self.path = path
        lock = try Self.lock(path)
        try Self.removeStale(path)
        let descriptor = try Self.openSocket(for: path)
        guard fchmod(descriptor.number, 0o600) == 0 else { throw Self.failure("fchmod", path) }
        guard let bound = withUnixAddress(path, { bind(descriptor.number, $0, $1) }) else { throw .pathTooLong(path: path) }
        guard bound == 0 else { throw Self.failure("bind", path) }
        self.descriptor = descriptor

        group = try name.flatMap { (name) throws(VarlinkServerError) in try Self.open(path, toGroup: name) }
        var found = stat()
        guard lstat(path, &found) == 0 else { throw Self.failure("lstat", path) }
        device = found.st_dev
        inode = found.st_ino
        // Clients beyond this wait in connect(2), or get EAGAIN if they don't want to.
        guard listen(descriptor.number, 64) == 0 else { throw Self.failure("listen", path) }
    }

    /// Takes the file away, if it's still ours.
    func remove() {
        var found = stat()
        guard lstat(path, &found) == 0, found.st_dev == device, found.st_ino == inode else { return }
        unlink(path)
    }

    private static func lock(_ path: String) throws(VarlinkServerError) -> Descriptor {
        guard withUnixAddress(path, { _, _ in 0 }) != nil else { throw .pathTooLong(path: path) }
        let file = path + ".lock"
        do throws(CallError) {
            if let lock = try Files.lock(file, "open \(file)") { return lock }
        } catch {
            guard [ENOENT, ENOTDIR, EACCES].contains(error.code) else { throw .failed(error, path: path) }
            let slash = path.lastIndex(of: "/")
            throw .noFolder(folder: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", code: error.code)
        }
        guard case .somebody(let pid) = try listener(at: path) else { throw .alreadyRunning(path: path, pid: nil) }
        throw .alreadyRunning(path: path, pid: pid)
    }

    private static func removeStale(_ path: String) throws(VarlinkServerError) {
        var found = stat()
        guard lstat(path, &found) == 0 else {
            guard errno == ENOENT else { throw failure("lstat", path) }
            return
        }
        guard found.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        if case .somebody(let pid) = try listener(at: path) { throw .alreadyRunning(path: path, pid: pid) }
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
    }

    private enum Listener { case none, somebody(pid: Int32?) }

    /// Who listens there. Only a refusal says that nobody does: after EACCES, say, we know nothing and must not remove it.
    private static func listener(at path: String) throws(VarlinkServerError) -> Listener {
        let probe = try openSocket(for: path)
        guard let connected = withUnixAddress(path, { connect(probe.number, $0, $1) }) else { throw .pathTooLong(path: path) }
        if connected == 0 { return .somebody(pid: Peer(of: probe)?.pid) }
        switch errno {
        case ECONNREFUSED, ENOENT: return .none
        // Its backlog is full.
        case EAGAIN: return .somebody(pid: nil)
        default: throw failure("connect", path)
        }
    }

    /// Lets the group in, if there is such a group and we may: a daemon without CAP_CHOWN can give the file only to its own groups.
    private static func open(_ path: String, toGroup name: String) throws(VarlinkServerError) -> UInt32? {
        guard let group = try identifier(ofGroup: name, path) else { return nil }
        guard lchown(path, uid_t.max, group) == 0 else {
            guard errno == EPERM else { throw failure("chown", path) }
            return nil
        }
        guard chmod(path, 0o660) == 0 else { throw failure("chmod", path) }
        return group
    }

    private static func identifier(ofGroup name: String, _ path: String) throws(VarlinkServerError) -> UInt32? {
        var size = 4096
        while true {
            var entry = Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            var buffer = [CChar](repeating: 0, count: size)
            let code = getgrnam_r(name, &entry, &buffer, size, &found)
            switch code {
            case 0: return found == nil ? nil : entry.gr_gid
            // "The given name was not found", getgrnam(3) lists these besides 0.
            case ENOENT, ESRCH, EBADF, EPERM: return nil
            case ERANGE where size < 1 << 20: size *= 4
            case EINTR: continue
            default: throw .failed(CallError(action: "looking up group \(name)", code: code), path: path)
            }
        }
    }

    private static func openSocket(for path: String) throws(VarlinkServerError) -> Descriptor {
        do throws(CallError) { return try .socket(AF_UNIX, SOCK_STREAM, 0, "socket") } catch { throw .failed(error, path: path) }
    }

    private static func failure(_ call: String, _ path: String) -> VarlinkServerError { .failed(.last(call), path: path) }
}
