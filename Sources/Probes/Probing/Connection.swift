import CLinux
package import Floor
import Glibc
package import Model

/// A socket that speaks to one address by one interface: what comes from elsewhere never gets to it.
package final class Connection {
    package let descriptor: Descriptor
    package let address: IPAddress
    private let port: UInt16

    /// Begins to connect; a TCP handshake is over when the descriptor can be written to.
    init(_ type: __socket_type, to address: IPAddress, port: UInt16, by interfaceIndex: UInt32, _ routes: Routes) throws(CallError) {
        self.address = address
        self.port = port
        descriptor = try .socket(address.family.number, type)
        try descriptor.bind(toInterface: interfaceIndex)
        try routes.check(address, by: interfaceIndex)
        // What routers say of our packets goes into a queue of its own, with who says it. Otherwise UDP is told of closed ports only.
        switch address.family {
        case .v4: try descriptor.set(Int32(IPPROTO_IP), IP_RECVERR, to: Int32(1), "asking for errors")
        case .v6: try descriptor.set(Int32(IPPROTO_IPV6), IPV6_RECVERR, to: Int32(1), "asking for errors")
        }
        if type == SOCK_STREAM {
            // Closing it resets the connection: no FINs to pay for, and no port left in TIME_WAIT for a minute.
            try descriptor.set(SOL_SOCKET, SO_LINGER, to: linger(l_onoff: 1, l_linger: 0), "shortening the end")
        }
        let result = address.withSocketAddress(port: port, scope: interfaceIndex) { to, length in
            retried { Int(connect(descriptor.number, to, length)) }
        }
        guard result == 0 || errno == EINPROGRESS else { throw .lastSending(to: address) }
    }

    /// By TCP.
    package convenience init(to address: IPAddress, port: UInt16, by interfaceIndex: UInt32, _ routes: Routes) throws(CallError) {
        try self.init(SOCK_STREAM, to: address, port: port, by: interfaceIndex, routes)
    }

    private var name: String { "\(address.bracketed):\(port)" }

    /// What an error of the socket says. nil: nothing, neither of the target nor of us.
    package func outcome(of code: Int32) -> Result<WrongAnswer, CallError>? {
        if let complaint = readComplaint() {
            guard complaint.code == ECONNREFUSED, complaint.offender == address else {
                return .success(WrongAnswer(.unreachable, "\(complaint.offender) says: \(complaint.words)"))
            }
            return .success(WrongAnswer(.refused, "\(name) is closed"))
        }
        switch code {
        case 0, ETIMEDOUT: return nil
        case ECONNREFUSED: return .success(WrongAnswer(.refused, "\(name) refuses connections"))
        case ECONNRESET, EPIPE: return .success(WrongAnswer(.refused, "\(name) resets the connection"))
        default: return .failure(CallError(action: "speaking to \(name)", code: code))
        }
    }

    private struct Complaint {
        var code: Int32
        var offender: IPAddress
        var words: String
    }

    /// The first ICMP error that waits in the queue.
    private func readComplaint() -> Complaint? {
        var control:
            (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
                (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        var header = msghdr()
        return withUnsafeMutableBytes(of: &control) { control in
            header.msg_control = control.baseAddress
            header.msg_controllen = control.count
            guard retried({ recvmsg(descriptor.number, &header, Int32(MSG_ERRQUEUE)) }) >= 0 else { return nil }
            let used = UnsafeRawBufferPointer(rebasing: control[..<Swift.min(Int(header.msg_controllen), control.count)])
            return Self.complaint(in: used)
        }
    }

    /// Walks the control messages, as the macros CMSG_FIRSTHDR and CMSG_NXTHDR would: Swift can't import those.
    private static func complaint(in control: UnsafeRawBufferPointer) -> Complaint? {
        let header = MemoryLayout<cmsghdr>.size
        let errorSize = MemoryLayout<sock_extended_err>.size
        var offset = 0
        while offset + header <= control.count {
            let message = control.loadUnaligned(fromByteOffset: offset, as: cmsghdr.self)
            let length = Int(clamping: message.cmsg_len)
            guard length >= header, length <= control.count - offset else { return nil }
            let isError =
                message.cmsg_level == Int32(IPPROTO_IP) && message.cmsg_type == IP_RECVERR
                || message.cmsg_level == Int32(IPPROTO_IPV6) && message.cmsg_type == IPV6_RECVERR
            if isError, length >= header + errorSize {
                let error = control.loadUnaligned(fromByteOffset: offset + header, as: sock_extended_err.self)
                let family: IPFamily? =
                    switch Int32(error.ee_origin) {
                    case Int32(SO_EE_ORIGIN_ICMP): .v4
                    case Int32(SO_EE_ORIGIN_ICMP6): .v6
                    default: nil
                    }
                // The address of who says so follows (SO_EE_OFFENDER).
                let rest = UnsafeRawBufferPointer(rebasing: control[(offset + header + errorSize)..<(offset + length)])
                guard let family, let offender = IPAddress(socketAddress: rest) else { return nil }
                return Complaint(
                    code: Int32(bitPattern: error.ee_errno), offender: offender, words: unreachableWords(code: error.ee_code, family))
            }
            let alignment = MemoryLayout<Int>.alignment
            offset += (length + alignment - 1) / alignment * alignment
        }
        return nil
    }
}
