import Glibc
import Model

/// Asks the kernel whether it has a route, see `RouteQuery`. A few microseconds a question.
final class RouteSocket {
    private let descriptor: Int32
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: 4096)

    init() throws(CallError) {
        // 0 is NETLINK_ROUTE. Not bound: the kernel picks a port of its own at the first message.
        descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .last("opening a route socket") }
    }

    deinit { close(descriptor) }

    /// Throws when no route leads to the address by that interface.
    func check(_ address: IPv4Address, by interfaceIndex: UInt32) throws(CallError) {
        sequence &+= 1
        let query = RouteQuery(address: address, interfaceIndex: interfaceIndex, sequence: sequence)
        let message = query.message
        guard retried({ send(descriptor, message, message.count, 0) }) == message.count else { throw .last("asking for a route") }
        // The kernel has answered by the time send() returns. What is not the answer to this question is left over from one
        // that failed; there can't be much of it.
        for _ in 0..<16 {
            let count = receive()
            guard count >= 0 else { throw .last("asking for a route") }
            switch query.answer(in: buffer[..<count]) {
            case .found: return
            case .refused(let code): throw CallError(action: "looking for a route to \(address) by this interface", code: code)
            case nil: continue
            }
        }
        throw CallError(action: "asking for a route", code: EPROTO)
    }

    /// The length of one message. Its sender is not looked at: besides the kernel, only a process with CAP_NET_ADMIN can send us any
    /// (netlink_sendmsg() in net/netlink/af_netlink.c), and that one could as well change the routes.
    private func receive() -> Int {
        let descriptor = descriptor
        return buffer.withUnsafeMutableBytes { bytes in
            retried { recv(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT)) }
        }
    }
}
