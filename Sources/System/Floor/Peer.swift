import CLinux
import Glibc

/// Who is at the other end of a unix socket, as the kernel noted it at connect(2) or listen(2): `unix(7)`, SO_PEERCRED.
package struct Peer: Equatable, Sendable {
    package var pid: Int32
    package var uid: UInt32
    /// The primary group and the supplementary ones.
    package var groups: Set<UInt32>

    package init(pid: Int32, uid: UInt32, groups: Set<UInt32>) {
        self.pid = pid
        self.uid = uid
        self.groups = groups
    }

    package init?(of descriptor: Descriptor) {
        // struct ucred: pid, uid, gid. Swift's Glibc module doesn't show it, it's a GNU extension.
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor.number, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        pid = credentials.pid
        uid = credentials.uid
        groups = Self.supplementaryGroups(of: descriptor).union([credentials.gid])
    }

    /// SO_PEERGROUPS, Linux 4.13. /proc/PID/status says the same, but of whoever has that pid by then.
    private static func supplementaryGroups(of descriptor: Descriptor) -> Set<UInt32> {
        var groups = [UInt32](repeating: 0, count: 64)
        // Twice at most: when there are more, the kernel says how many (ERANGE), and they are fixed since connect(2).
        for _ in 0..<2 {
            var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
            if getsockopt(descriptor.number, SOL_SOCKET, SO_PEERGROUPS, &groups, &size) == 0 {
                return Set(groups.prefix(Int(size) / MemoryLayout<UInt32>.size))
            }
            guard errno == ERANGE else { break }
            groups = [UInt32](repeating: 0, count: Int(size) / MemoryLayout<UInt32>.size)
        }
        return []
    }
}
