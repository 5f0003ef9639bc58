internal import CNetlink
internal import Glibc

/// A netlink socket that libnl has opened, and room for one datagram of it.
///
/// Reading is done here, and not by libnl: that folds errnos into fewer codes of its own (ENETUNREACH becomes "unspecific failure"), and after one
/// lost reply it refuses all that follow.
final class OpenSocket {
    /// libnl's.
    let handle: OpaquePointer
    let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer

    /// The kernel never puts more than 32 KiB of a dump in one datagram (`netlink_recvmsg` in net/netlink/af_netlink.c).
    static let bufferSize = 32 * 1024

    /// With a port id that is free, so that a process may have several.
    init(_ bus: Int32) throws(NetlinkFailure) {
        guard let handle = nl_socket_alloc() else { throw NetlinkFailure(ENOMEM) }
        self.handle = handle
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
        let result = nl_connect(handle, bus)
        descriptor = nl_socket_get_fd(handle)
        try Self.check(result)
    }

    deinit {
        nl_socket_free(handle)
        buffer.deallocate()
    }

    /// What a call of libnl's has come to.
    static func check(_ result: Int32) throws(NetlinkFailure) {
        guard result < 0 else { return }
        throw NetlinkFailure(errno != 0 ? errno : EPROTO, words: nl_geterror(result).map { String(cString: $0) })
    }

    func set(_ level: Int32, _ option: Int32, to value: some BitwiseCopyable) -> Bool {
        withUnsafeBytes(of: value) { setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count)) == 0 }
    }

    enum Datagram {
        /// It stays valid until the next one is read.
        case whole(Replies)
        /// Not from the kernel.
        case foreign
        /// Cut off.
        case tooLong
        case none(errno: Int32)
    }

    func read() -> Datagram {
        var sender = sockaddr_nl()
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let count = withUnsafeMutablePointer(to: &sender) { sender in
            sender.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC), $0, &length)
            }
        }
        guard count >= 0 else { return .none(errno: errno) }
        // Any process with CAP_NET_ADMIN may send to this port. Only the kernel has the port 0.
        guard sender.nl_pid == 0 else { return .foreign }
        return count <= buffer.count ? .whole(Replies(buffer: buffer, count: count)) : .tooLong
    }
}
