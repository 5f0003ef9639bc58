import Glibc
import Model

/// A raw ICMP socket bound to one interface.
final class ProbeSocket {
    let interfaceIndex: UInt32
    let identifier: UInt16
    let descriptor: Int32

    // include/uapi/linux/icmp.h; Swift's Glibc module doesn't have it.
    private static let icmpFilter: Int32 = 1
    private static let typeEchoReply: UInt32 = 0
    /// SOL_RAW, include/linux/socket.h.
    private static let levelRaw: Int32 = 255

    /// Bound by index, not by name (SO_BINDTODEVICE): by the time of the call a name may be another interface's.
    init(interfaceIndex: UInt32, identifier: UInt16) throws(CallError) {
        guard let index = Int32(exactly: interfaceIndex), index > 0 else {
            throw CallError(action: "binding to interface number \(interfaceIndex)", code: ENODEV)
        }
        self.interfaceIndex = interfaceIndex
        self.identifier = identifier
        let flags = Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, flags, Int32(IPPROTO_ICMP))
        guard descriptor >= 0 else {
            var error = CallError.last("opening a raw socket")
            if error.code == EPERM { error.hint = "CAP_NET_RAW is missing" }
            throw error
        }
        // Each bit set blocks one type: echo requests to this box and other people's errors must not wake the daemon.
        try set(Self.levelRaw, Self.icmpFilter, to: ~(UInt32(1) << Self.typeEchoReply), "filtering ICMP types")
        try set(SOL_SOCKET, SO_BINDTOIFINDEX, to: index, "binding to interface number \(index)")
        // The interface that a packet came in by.
        try set(Int32(IPPROTO_IP), IP_PKTINFO, to: Int32(1), "asking for packet information")
    }

    deinit { close(descriptor) }

    private func set(_ level: Int32, _ option: Int32, to value: some BitwiseCopyable, _ action: String) throws(CallError) {
        let result = withUnsafeBytes(of: value) { setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count)) }
        guard result == 0 else { throw .last(action) }
    }

    func send(_ message: [UInt8], to address: IPv4Address) throws(CallError) {
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_addr.s_addr = address.bits.bigEndian
        let count = withUnsafeBytes(of: &to) { to in
            retried {
                sendto(
                    descriptor, message, message.count, 0, to.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(to.count))
            }
        }
        guard count == message.count else {
            var error = CallError.last("sending to \(address)")
            switch error.code {
            case EPERM: error.hint = "a rule of this box's own packet filter drops it"
            case ENOBUFS, EAGAIN: error.hint = "the interface's queue is full"
            default: break
            }
            throw error
        }
    }

    /// One packet as it lies in the buffer.
    struct Received {
        /// Of `buffer`. nil: it didn't fit.
        var length: Int?
        /// By which it came in; 0 if the kernel didn't say.
        var interfaceIndex: UInt32
    }

    /// nil: nothing there.
    func receive(into buffer: inout [UInt8]) throws(CallError) -> Received? {
        // Room for more than one control message, aligned as the kernel aligns them.
        var control: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
        var interfaceIndex: UInt32 = 0
        var isTruncated = false
        let count = buffer.withUnsafeMutableBytes { bytes in
            withUnsafeMutableBytes(of: &control) { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var header = msghdr()
                    header.msg_iov = part
                    header.msg_iovlen = 1
                    header.msg_control = control.baseAddress
                    header.msg_controllen = control.count
                    let count = retried { recvmsg(descriptor, &header, 0) }
                    guard count >= 0 else { return count }
                    isTruncated = header.msg_flags & Int32(MSG_TRUNC) != 0
                    let used = Swift.min(Int(header.msg_controllen), control.count)
                    interfaceIndex = Self.interfaceIndex(in: UnsafeRawBufferPointer(rebasing: control[..<used]))
                    return count
                }
            }
        }
        if count < 0 {
            if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            throw .last("receiving")
        }
        return Received(length: isTruncated ? nil : count, interfaceIndex: interfaceIndex)
    }

    /// Walks the control messages, as the macros CMSG_FIRSTHDR and CMSG_NXTHDR would: Swift can't import those.
    private static func interfaceIndex(in control: UnsafeRawBufferPointer) -> UInt32 {
        let header = MemoryLayout<cmsghdr>.size
        var offset = 0
        while offset + header <= control.count {
            let message = control.loadUnaligned(fromByteOffset: offset, as: cmsghdr.self)
            let length = Int(clamping: message.cmsg_len)
            guard length >= header, length <= control.count - offset else { return 0 }
            if message.cmsg_level == Int32(IPPROTO_IP), message.cmsg_type == IP_PKTINFO,
                length >= header + MemoryLayout<in_pktinfo>.size
            {
                let info = control.loadUnaligned(fromByteOffset: offset + header, as: in_pktinfo.self)
                return UInt32(clamping: info.ipi_ifindex)
            }
            let alignment = MemoryLayout<Int>.alignment
            offset += (length + alignment - 1) / alignment * alignment
        }
        return 0
    }
}
