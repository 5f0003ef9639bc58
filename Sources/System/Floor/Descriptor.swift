package import CLinux
import Glibc
package import Model

/// An open file descriptor. It is closed with its last reference: a number closed earlier, while a Dispatch source still has it, could by then
/// be somebody else's.
package final class Descriptor: Sendable {
    package let number: Int32

    /// Takes it over.
    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}

// Files.
extension Descriptor {
    /// No program of ours inherits it.
    package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0, _ action: String) throws(CallError) -> Descriptor {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw .last(action) }
        return Descriptor(number)
    }

    /// Whether so many more could be opened at this moment. To be asked before a library that takes it for granted.
    package static func areLeft(_ count: Int) -> Bool {
        var held: [Descriptor] = []
        while held.count < count {
            guard let one = try? open("/dev/null", O_RDONLY, "") else { return false }
            held.append(one)
        }
        return true
    }

    /// All of it, waiting for room where there is none.
    package func write(_ bytes: [UInt8], _ action: String) throws(CallError) {
        guard Files.writeAll(bytes, to: number) else { throw .last(action) }
    }

    /// No child process inherits it, and no call on it waits. `accept4(2)` would do it at once, but it's a GNU extension that Swift's
    /// Glibc module doesn't show: a child started in between holds a client's socket for as long as it runs.
    package func setNonBlockingAndCloseOnExec() -> Bool {
        let flags = fcntl(number, F_GETFL)
        return flags >= 0 && fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(number, F_SETFD, FD_CLOEXEC) == 0
    }
}

// Sockets.
extension Descriptor {
    /// A socket that nothing waits for and that no program of ours inherits.
    package static func socket(
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
    package func attach(_ filter: [sock_filter]) throws(CallError) {
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
