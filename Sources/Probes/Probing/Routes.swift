package import Floor
import Glibc
package import Model
import Netlink

/// Asks the kernel for its routes, and remembers for a moment that there was one: a question costs some microseconds, and a busy box asks for the
/// same route thousands of times a second.
///
/// Why it has to be asked: a socket that is bound to an interface never gets ENETUNREACH for IPv4. Where no route fits,
/// ip_route_output_key_hash_rcu() in net/ipv4/route.c takes the target to be on the link and calls for it by ARP. Such a probe would look
/// lost, though it is only *our* route that is missing.
package final class Routes {
    /// So long at most is what the kernel said believed to hold still. Shorter when somebody hears of a change: `forget`. What isn't told are routes to
    /// single networks: where such a one goes, the default route takes its place.
    static let memory = Duration.seconds(10)
    /// An address that nobody has: the first of global unicast (RFC 4291, section 2.4), so only a default route fits.
    private static let anywhere6 = IPAddress.v6(IPv6Address(high: 0x2000 << 48, low: 0))

    private struct Way: Hashable {
        var address: IPAddress
        var interfaceIndex: UInt32
    }

    private struct Addresses {
        var v4: [IPv4Prefix]
        var v6: [IPv6Prefix]
        var read: Instant
    }

    private var known: [Way: Instant] = [:]
    private var addresses: [UInt32: Addresses] = [:]
    private var socket: NetlinkSocket?

    package init() {}

    func forget() {
        known.removeAll(keepingCapacity: true)
        addresses = [:]
    }

    /// Throws when no route leads to the address by this interface, or when the interface has no address to ask from.
    package func check(_ address: IPAddress, by interfaceIndex: UInt32, now: Instant = .now()) throws(CallError) {
        let way = Way(address: address, interfaceIndex: interfaceIndex)
        if let then = known[way], now - then < Self.memory { return }
        let route = try lookUp(address, by: interfaceIndex, isTableMatch: true)
        // With a route and no address the kernel takes another interface's, and whoever answers sends it there.
        switch address {
        case .v4:
            guard try !addresses(of: interfaceIndex, now).v4.isEmpty else {
                throw CallError(action: "looking for an IPv4 address of the interface", code: EADDRNOTAVAIL)
            }
        case .v6(let target):
            guard case .v6(let source) = try lookUp(address, by: interfaceIndex).source, target.isLinkLocal || !source.isLinkLocal,
                // One that the route names may be another interface's.
                route.source == .v6(source) ? true : try addresses(of: interfaceIndex, now).v6.contains(where: { $0.address == source })
            else { throw CallError(action: "looking for an IPv6 address of the interface to ask from", code: EADDRNOTAVAIL) }
        }
        // Nobody has so many targets; but addresses also come from name servers.
        if known.count >= 4096 { forget() }
        known[way] = now
    }

    /// The address that the kernel would speak to `address` from.
    func source(toward address: IPAddress, by interfaceIndex: UInt32) throws(CallError) -> IPAddress {
        guard let source = try lookUp(address, by: interfaceIndex).source else {
            throw CallError(action: "looking for an address to ask \(address) from", code: EADDRNOTAVAIL)
        }
        return source
    }

    /// The gateway of the interface's IPv6 default route.
    func gateway6(of interfaceIndex: UInt32) throws(CallError) -> IPv6Address {
        guard case .v6(let gateway) = try lookUp(Self.anywhere6, by: interfaceIndex, isTableMatch: true).gateway else {
            throw CallError("its IPv6 default route has no gateway")
        }
        return gateway
    }

    /// Throws where there is nothing like it: on a point-to-point interface nobody asks who has an address.
    func ethernetAddress(of interfaceIndex: UInt32) throws(CallError) -> [UInt8] {
        let address = try ask("reading the interface's own address") { socket throws(NetlinkFailure) in
            try socket.ethernetAddress(of: interfaceIndex)
        }
        guard let address else {
            throw CallError("this kind of interface has neither ARP nor neighbour discovery; probe the gateway by icmp")
        }
        return address
    }

    private func addresses(of index: UInt32, _ now: Instant) throws(CallError) -> Addresses {
        if let known = addresses[index], now - known.read < Self.memory { return known }
        let all = try ask("reading the interface's addresses") { socket throws(NetlinkFailure) in try socket.addresses(of: index) }
        let read = Addresses(v4: all.v4, v6: all.v6, read: now)
        addresses[index] = read
        return read
    }

    private func lookUp(
        _ address: IPAddress, by interfaceIndex: UInt32, isTableMatch: Bool = false
    ) throws(CallError) -> RouteLookup.Answer {
        try ask("looking for a route to \(address) by this interface") { socket throws(NetlinkFailure) in
            try socket.lookUp(RouteLookup(address, out: interfaceIndex, isTableMatch: isTableMatch))
        }
    }

    private func ask<Answer>(
        _ action: @autoclosure () -> String, _ question: (NetlinkSocket) throws(NetlinkFailure) -> Answer
    ) throws(CallError) -> Answer {
        do throws(NetlinkFailure) {
            let open: NetlinkSocket
            if let socket { open = socket } else { open = try NetlinkSocket() }
            socket = open
            return try question(open)
        } catch {
            throw CallError(action: action(), code: error.code)
        }
    }
}
