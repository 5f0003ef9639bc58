import CLinux
import Glibc
package import Model

/// An open file descriptor. It is closed with its last reference, and epoll forgets it then.
package final class Descriptor {
    package let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// A socket that nothing waits for and that no program of ours inherits.
    static func socket(
        _ family: Int32, _ type: __socket_type, _ protocolNumber: Int32 = 0, _ action: String = "opening a socket"
    ) throws(CallError) -> Descriptor {
        let flags = Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(family, flags, protocolNumber)
        guard number >= 0 else {
            var error = CallError.last(action)
            if error.code == EPERM { error.hint = "CAP_NET_RAW is missing" }
            throw error
        }
        return Descriptor(number)
    }

    /// A raw socket for the family's ICMP.
    package static func icmp(_ family: IPFamily) throws(CallError) -> Descriptor {
        let protocolNumber = Int32(family == .v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)
        return try socket(family.number, SOCK_RAW, protocolNumber, "opening a raw socket")
    }

    /// A whole packet, or an error.
    package func send(_ message: [UInt8], to address: IPAddress, scope: UInt32) throws(CallError) {
        let count = address.withSocketAddress(scope: scope) { to, length in
            retried { sendto(number, message, message.count, 0, to, length) }
        }
        guard count == message.count else { throw .lastSending(to: address) }
    }

    package func set(_ level: Int32, _ option: Int32, to value: some BitwiseCopyable, _ action: String) throws(CallError) {
        let result = withUnsafeBytes(of: value) { setsockopt(number, level, option, $0.baseAddress, socklen_t($0.count)) }
        guard result == 0 else { throw .last(action) }
    }

    /// It sends and receives by this interface only. By index, not by name (SO_BINDTODEVICE): by the time of the call a name may be
    /// another interface's.
    package func bind(toInterface interfaceIndex: UInt32) throws(CallError) {
        let action = "binding to interface number \(interfaceIndex)"
        guard let index = Int32(exactly: interfaceIndex), index > 0 else { throw CallError(action: action, code: ENODEV) }
        try set(SOL_SOCKET, SO_BINDTOIFINDEX, to: index, action)
    }

    /// Lets the kernel throw away what is not for us before it wakes us.
    func attach(_ filter: [sock_filter]) throws(CallError) {
        var filter = filter
        let result = filter.withUnsafeMutableBufferPointer { instructions in
            var program = sock_fprog(len: UInt16(instructions.count), filter: instructions.baseAddress)
            return setsockopt(number, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
        }
        guard result == 0 else { throw .last("filtering packets") }
    }

    /// A packet, and who sent it. Below 0: an error, in errno.
    package func receive(into bytes: UnsafeMutableRawBufferPointer, flags: Int32 = 0) -> (count: Int, source: IPAddress?) {
        var from = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let count = withUnsafeMutablePointer(to: &from) { from in
            from.withMemoryRebound(to: sockaddr.self, capacity: 1) { from in
                retried { recvfrom(number, bytes.baseAddress, bytes.count, flags, from, &length) }
            }
        }
        return (count, withUnsafeBytes(of: from) { IPAddress(socketAddress: UnsafeRawBufferPointer(rebasing: $0.prefix(Int(length)))) })
    }

    /// Takes the error that the socket has pending; 0 if none.
    package func takeError() -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }
}

extension IPFamily {
    var number: Int32 { self == .v4 ? AF_INET : AF_INET6 }
}

extension IPAddress {
    /// As the socket calls want it.
    ///
    /// - Parameter scope: the interface; a link-local IPv6 address means nothing without it.
    func withSocketAddress<Result>(
        port: UInt16 = 0, scope: UInt32, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        func pass<Address>(_ address: Address) -> Result {
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
            }
        }
        switch self {
        case .v4(let address):
            var socketAddress = sockaddr_in()
            socketAddress.sin_family = sa_family_t(AF_INET)
            socketAddress.sin_port = port.bigEndian
            socketAddress.sin_addr.s_addr = address.bits.bigEndian
            return pass(socketAddress)
        case .v6(let address):
            var socketAddress = sockaddr_in6()
            socketAddress.sin6_family = sa_family_t(AF_INET6)
            socketAddress.sin6_port = port.bigEndian
            socketAddress.sin6_scope_id = address.isLinkLocal ? scope : 0
            withUnsafeMutableBytes(of: &socketAddress.sin6_addr) { bytes in
                bytes.storeBytes(of: address.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return pass(socketAddress)
        }
    }

    /// The address in a `sockaddr_in` or `sockaddr_in6`. nil: another family, or cut short.
    init?(socketAddress bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        switch Int32(bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            self = .v4(IPv4Address(bits: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))))
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            let high = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let low = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            self = .v6(IPv6Address(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
        default: return nil
        }
    }
}
