package import CLinux
import Glibc
package import Model

extension IPFamily {
    /// AF_INET or AF_INET6.
    package var number: Int32 { self == .v4 ? AF_INET : AF_INET6 }
}

extension IPAddress {
    /// As the socket calls want it.
    ///
    /// - Parameter scope: the interface; a link-local IPv6 address means nothing without it.
    package func withSocketAddress<Result>(
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
    package init?(socketAddress bytes: UnsafeRawBufferPointer) {
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
