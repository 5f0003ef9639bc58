import CLinux
import Floor
import Glibc
import Model

/// Packets read from a raw socket with one call. With one call for each, a last one would have to find that there is nothing more.
final class PacketBatch {
    static let capacity = 16
    /// Longer than any reply to us (60 bytes of IP header at most, then 12), so that ordinary pings of others fit too.
    private static let room = 2048

    private let bytes = UnsafeMutableRawPointer.allocate(byteCount: capacity * room, alignment: 16)
    private let sources = UnsafeMutablePointer<sockaddr_in6>.allocate(capacity: capacity)
    private let parts = UnsafeMutablePointer<iovec>.allocate(capacity: capacity)
    private let messages = UnsafeMutablePointer<uplinkd_message>.allocate(capacity: capacity)

    init() {
        for index in 0..<Self.capacity {
            (sources + index).initialize(to: sockaddr_in6())
            (parts + index).initialize(to: iovec(iov_base: bytes + index * Self.room, iov_len: Self.room))
            (messages + index).initialize(to: uplinkd_message())
            messages[index].header.msg_iov = parts + index
            messages[index].header.msg_iovlen = 1
            messages[index].header.msg_name = UnsafeMutableRawPointer(sources + index)
        }
    }

    deinit {
        bytes.deallocate()
        sources.deallocate()
        parts.deallocate()
        messages.deallocate()
    }

    /// How many there were. Fewer than `capacity`: that was all.
    func receive(from descriptor: Descriptor) throws(CallError) -> Int {
        // The kernel has written there how long the names of the last ones were.
        for index in 0..<Self.capacity { messages[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size) }
        let count = retried { Int(uplinkd_receive(descriptor.number, messages, UInt32(Self.capacity))) }
        guard count < 0 else { return count }
        if errno == EAGAIN || errno == EWOULDBLOCK { return 0 }
        throw .last("receiving")
    }

    /// What the socket says of one of the last ones: IPv4's with its IP header, IPv6's without. nil: it was too long.
    subscript(index: Int) -> (bytes: ArraySlice<UInt8>, source: IPAddress?)? {
        let message = messages[index]
        guard message.header.msg_flags & Int32(MSG_TRUNC) == 0 else { return nil }
        let packet = UnsafeRawBufferPointer(start: bytes + index * Self.room, count: Int(message.length))
        let source = UnsafeRawBufferPointer(start: sources + index, count: Int(message.header.msg_namelen))
        return (Array(packet)[...], IPAddress(socketAddress: source))
    }
}
