import CLinux
package import Floor
import Glibc
package import Model

/// Asks the kernel for its routes, see `RouteQuery`, and remembers for a moment that there was one: a question costs a few microseconds,
/// and a busy box asks for the same route thousands of times a second.
package final class Routes {
    /// So long at most is a route believed to be there still. Shorter when somebody hears of a change: `forget`.
    static let memory = Duration.seconds(1)
    /// An address that nobody has: the first of global unicast (RFC 4291, section 2.4), so only a default route fits.
    private static let anywhere6 = IPAddress.v6(IPv6Address(high: 0x2000 << 48, low: 0))

    private struct Way: Hashable {
        var address: IPAddress
        var interfaceIndex: UInt32
    }

    private var known: [Way: Instant] = [:]
    private var addresses6: [UInt32: (all: Set<IPv6Address>, read: Instant)] = [:]
    private var routeSocket: Descriptor?
    private var addressSocket: Descriptor?
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: 4096)

    package init() {}

    func forget() {
        known.removeAll(keepingCapacity: true)
        addresses6 = [:]
    }

    /// Throws when no route leads to the address by the request's interface, or when the interface has no address to ask from.
    package func check(_ address: IPAddress, for request: ProbeRequest, now: Instant = .now()) throws(CallError) {
        let way = Way(address: address, interfaceIndex: request.interfaceIndex)
        if let then = known[way], now - then < Self.memory { return }
        _ = try ask(way)
        // With a route and no address the kernel takes another interface's, and whoever answers sends it there.
        switch address {
        case .v4: try requireAddress(of: request)
        case .v6(let target):
            guard case .v6(let source) = try ask(way, isTableMatch: false).source, target.isLinkLocal || !source.isLinkLocal,
                try addresses6(of: request, now).contains(source)
            else { throw CallError(action: "looking for an IPv6 address of the interface to ask from", code: EADDRNOTAVAIL) }
        }
        // Nobody has so many targets; but addresses also come from name servers.
        if known.count >= 4096 { forget() }
        known[way] = now
    }

    /// The address that the kernel would speak to `address` from.
    func source(toward address: IPAddress, for request: ProbeRequest) throws(CallError) -> IPAddress {
        guard let source = try ask(Way(address: address, interfaceIndex: request.interfaceIndex), isTableMatch: false).source else {
            throw CallError(action: "looking for an address to ask \(address) from", code: EADDRNOTAVAIL)
        }
        return source
    }

    /// The gateway of the interface's IPv6 default route.
    func gateway6(for request: ProbeRequest) throws(CallError) -> IPv6Address {
        guard case .v6(let gateway) = try ask(Way(address: Self.anywhere6, interfaceIndex: request.interfaceIndex)).gateway else {
            throw CallError("its IPv6 default route has no gateway")
        }
        return gateway
    }

    /// All of one interface's.
    private func addresses6(of request: ProbeRequest, _ now: Instant) throws(CallError) -> Set<IPv6Address> {
        if let known = addresses6[request.interfaceIndex], now - known.read < Self.memory { return known.all }
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { throw .last("reading the interface's addresses") }
        defer { freeifaddrs(first) }
        var all: Set<IPv6Address> = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == AF_INET6,
                String(cString: entry.ifa_name) == request.interface.description
            else { continue }
            let bytes = UnsafeRawBufferPointer(start: address, count: MemoryLayout<sockaddr_in6>.size)
            if case .v6(let own) = IPAddress(socketAddress: bytes) { all.insert(own) }
        }
        addresses6[request.interfaceIndex] = (all, now)
        return all
    }

    private func requireAddress(of request: ProbeRequest) throws(CallError) {
        // Only IPv4's own sockets answer this.
        let socket: Descriptor
        if let addressSocket { socket = addressSocket } else { socket = try .socket(AF_INET, SOCK_DGRAM) }
        addressSocket = socket
        // struct ifreq: the name, then a sockaddr.
        var question = [UInt8](repeating: 0, count: 40)
        question.replaceSubrange(..<request.interface.description.utf8.count, with: request.interface.description.utf8)
        guard ioctl(socket.number, UInt(SIOCGIFADDR), &question) == 0 else {
            throw CallError.last("looking for an IPv4 address of the interface")
        }
    }

    private func socket() throws(CallError) -> Descriptor {
        if let routeSocket { return routeSocket }
        // 0 is NETLINK_ROUTE. Not bound: the kernel picks a port of its own at the first message.
        let opened = try Descriptor.socket(AF_NETLINK, SOCK_RAW, 0, "opening a route socket")
        routeSocket = opened
        return opened
    }

    private func ask(_ way: Way, isTableMatch: Bool = true) throws(CallError) -> (gateway: IPAddress?, source: IPAddress?) {
        let socket = try socket()
        sequence &+= 1
        let query = RouteQuery(
            address: way.address, interfaceIndex: way.interfaceIndex, sequence: sequence, isTableMatch: isTableMatch)
        let message = query.message
        guard retried({ send(socket.number, message, message.count, 0) }) == message.count else { throw .last("asking for a route") }
        // The kernel has answered by the time send() returns. What is not the answer to this question is left over from one
        // that failed; there can't be much of it.
        for _ in 0..<16 {
            let count = receive(from: socket)
            guard count >= 0 else { throw .last("asking for a route") }
            switch query.answer(in: buffer[..<count]) {
            case .found(let gateway, let source): return (gateway, source)
            case .refused(let code): throw CallError(action: "looking for a route to \(way.address) by this interface", code: code)
            case nil: continue
            }
        }
        throw CallError(action: "asking for a route", code: EPROTO)
    }

    /// The length of one message. Its sender is not looked at: besides the kernel, only a process with CAP_NET_ADMIN can send us any
    /// (netlink_sendmsg() in net/netlink/af_netlink.c), and that one could as well change the routes.
    private func receive(from socket: Descriptor) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            retried { recv(socket.number, bytes.baseAddress, bytes.count, 0) }
        }
    }
}
