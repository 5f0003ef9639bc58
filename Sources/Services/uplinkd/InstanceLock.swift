import Chassis
import Floor
import Glibc

/// One daemon for each network namespace: a lock on a file of that namespace's number, in a folder that only root and the service's own user may
/// enter.
///
/// A name in the abstract socket namespace would need no file, but any local user could hold it, and keep us from starting.
final class InstanceLock: Sendable {
    static let folder = "/run/uplinkd"
    private let file: Descriptor

    /// - Parameter control: whoever may not enter that folder has his lock beside his control socket, and excludes his own daemons only.
    init(besideSocket control: String) throws(Failure) {
        var namespace = stat()
        guard stat("/proc/self/ns/net", &namespace) == 0 else { throw Failure(CallError.last("can't look at /proc/self/ns/net")) }
        // The service finds it there, made by systemd.
        mkdir(Self.folder, 0o750)
        let name = "/netns-\(namespace.st_ino).lock"
        var path = Self.folder + name
        do throws(CallError) {
            let locked: Descriptor?
            do throws(CallError) {
                locked = try Self.lock(path)
            } catch  where [EACCES, EROFS, ENOENT].contains(error.code) {
                path = StateFile.folder(ofSocket: control) + name
                locked = try Self.lock(path)
            }
            if let locked {
                file = locked
                // Only so that the next one can say who we are.
                guard ftruncate(file.number, 0) == 0 else { throw .last("can't write \(path)") }
                try file.write(Array("\(getpid())\n".utf8), "can't write \(path)")
                return
            }
        } catch {
            throw Failure(error)
        }
        let holder = (try? Files.read(path)).flatMap { Int32(String(decoding: $0, as: UTF8.self).dropLast()) }
        throw Failure(
            status: .alreadyRunning,
            message: "another uplinkd\(holder.map { " (pid \($0))" } ?? "") is running here; stop it first: systemctl stop uplinkd")
    }

    private static func lock(_ path: String) throws(CallError) -> Descriptor? {
        try Files.lock(path, "can't open the lock file \(path)")
    }
}
