package import CNetlink
internal import Glibc

/// A netlink socket that listens to groups of the kernel's notices, without waiting.
package final class NoticeSocket {
    package enum Outcome {
        case datagram(Replies)
        /// Not usable: not from the kernel, or cut off.
        case garbage(isForeign: Bool)
        /// The kernel had more to tell than fits into the buffer, and threw some away.
        case overrun
        case nothing
    }

    private let socket: OpaquePointer
    package let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer

    package init(bus: Int32, groups: [Int], receiveBuffer: Int32, filter: [sock_filter] = []) throws(NetlinkFailure) {
        guard let socket = nl_socket_alloc() else { throw NetlinkFailure(ENOMEM) }
        do throws(NetlinkFailure) {
            try Self.open(socket, bus, groups, receiveBuffer, filter)
        } catch {
            nl_socket_free(socket)
            throw error
        }
        self.socket = socket
        descriptor = nl_socket_get_fd(socket)
        buffer = .allocate(byteCount: NetlinkSocket.bufferSize, alignment: 16)
    }

    private static func open(
        _ socket: OpaquePointer, _ bus: Int32, _ groups: [Int], _ receiveBuffer: Int32, _ filter: [sock_filter]
    ) throws(NetlinkFailure) {
        func must(_ result: Int32) throws(NetlinkFailure) {
            guard result < 0 else { return }
            throw NetlinkFailure(errno != 0 ? errno : EPROTO, words: nl_geterror(result).map { String(cString: $0) })
        }
        try must(nl_connect(socket, bus))
        try must(nl_socket_set_nonblocking(socket))
        let descriptor = nl_socket_get_fd(socket)
        var size = receiveBuffer
        // FORCE goes past net.core.rmem_max, which is 208 KiB on most boxes, and needs CAP_NET_ADMIN.
        if setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size)) != 0 {
            try must(setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)))
        }
        // The filter comes before the groups, so that nothing slips through in between.
        if !filter.isEmpty {
            var filter = filter
            let result = filter.withUnsafeMutableBufferPointer { instructions in
                var program = sock_fprog(len: UInt16(instructions.count), filter: instructions.baseAddress)
                return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
            }
            try must(result)
        }
        for group in groups { try must(nl_socket_add_membership(socket, Int32(group))) }
    }

    deinit {
        nl_socket_free(socket)
        buffer.deallocate()
    }

    /// The next datagram. It stays valid until the next call.
    package func read() throws(NetlinkFailure) -> Outcome {
        var sender = sockaddr_nl()
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let count = withUnsafeMutablePointer(to: &sender) { sender in
            sender.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC), $0, &length)
            }
        }
        if count < 0 {
            switch errno {
            case EAGAIN, EINTR: return .nothing
            case ENOBUFS: return .overrun
            default: throw NetlinkFailure(errno)
            }
        }
        // Any process with CAP_NET_ADMIN may send to this port. Only the kernel has the port 0.
        guard sender.nl_pid == 0 else { return .garbage(isForeign: true) }
        guard count <= buffer.count else { return .garbage(isForeign: false) }
        return .datagram(Replies(buffer: buffer, count: count))
    }
}
