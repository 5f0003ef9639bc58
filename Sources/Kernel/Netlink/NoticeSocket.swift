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

    private let socket: OpenSocket
    package var descriptor: Int32 { socket.descriptor }

    package init(bus: Int32, groups: [Int], receiveBuffer: Int32, filter: [sock_filter] = []) throws(NetlinkFailure) {
        socket = try OpenSocket(bus)
        try OpenSocket.check(nl_socket_set_nonblocking(socket.handle))
        // FORCE goes past net.core.rmem_max, which is 208 KiB on most boxes, and needs CAP_NET_ADMIN.
        if !socket.set(SOL_SOCKET, SO_RCVBUFFORCE, to: receiveBuffer), !socket.set(SOL_SOCKET, SO_RCVBUF, to: receiveBuffer) {
            throw NetlinkFailure(errno)
        }
        // The filter comes before the groups, so that nothing slips through in between.
        if !filter.isEmpty {
            var filter = filter
            let isAttached = filter.withUnsafeMutableBufferPointer { instructions in
                socket.set(
                    SOL_SOCKET, SO_ATTACH_FILTER,
                    to: sock_fprog(len: UInt16(instructions.count), filter: instructions.baseAddress))
            }
            guard isAttached else { throw NetlinkFailure(errno) }
        }
        for group in groups { try OpenSocket.check(nl_socket_add_membership(socket.handle, Int32(group))) }
    }

    /// The next datagram. It stays valid until the next call.
    package func read() throws(NetlinkFailure) -> Outcome {
        switch socket.read() {
        case .whole(let replies): return .datagram(replies)
        case .foreign: return .garbage(isForeign: true)
        case .tooLong: return .garbage(isForeign: false)
        case .none(errno: EAGAIN), .none(errno: EINTR): return .nothing
        case .none(errno: ENOBUFS): return .overrun
        case .none(let code): throw NetlinkFailure(code)
        }
    }
}
