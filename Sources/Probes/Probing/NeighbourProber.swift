import Floor
import Model

/// Asks gateways for their link-layer addresses: ARP, and IPv6's neighbour discovery.
final class NeighbourProber {
    private let loop: ProbeLoop
    private var sockets: [Way: OpenSocket] = [:]

    /// By number, not by name: it is looked up for each probe.
    private struct Way: Hashable {
        var interfaceIndex: UInt32
        var family: IPFamily
    }

    private struct OpenSocket {
        var interface: InterfaceName
        var socket: NeighbourSocket
        var ticket: ProbeLoop.Ticket
    }

    init(_ loop: ProbeLoop) { self.loop = loop }

    func send(_ request: ProbeRequest, _ family: IPFamily) throws(CallError) {
        let socket = try socket(for: request, family)
        let hardware = try loop.routes.ethernetAddress(of: request.interfaceIndex)
        switch family {
        case .v4:
            guard case .v4(let gateway) = request.gateway else { throw CallError("it has no gateway to ask for") }
            try loop.routes.check(.v4(gateway), by: request.interfaceIndex)
            guard case .v4(let source) = try loop.routes.source(toward: .v4(gateway), by: request.interfaceIndex) else { return }
            try socket.ask(request, for: gateway, from: source, hardware: hardware)
        case .v6:
            let gateway = try loop.routes.gateway6(of: request.interfaceIndex)
            try socket.ask(request, for: gateway, hardware: hardware)
        }
    }

    func retain(only interfaces: Set<InterfaceName>) {
        for (way, open) in sockets where !interfaces.contains(open.interface) { closeSocket(of: way) }
    }

    private func socket(for request: ProbeRequest, _ family: IPFamily) throws(CallError) -> NeighbourSocket {
        let way = Way(interfaceIndex: request.interfaceIndex, family: family)
        if let open = sockets[way] { return open.socket }
        // A modem that was replugged: its old number is nobody's any more.
        for (old, open) in sockets where open.interface == request.interface && old.interfaceIndex != way.interfaceIndex {
            closeSocket(of: old)
        }
        let socket = try NeighbourSocket(family, interfaceIndex: request.interfaceIndex, loop)
        sockets[way] = OpenSocket(interface: request.interface, socket: socket, ticket: try loop.watch(socket.descriptor, by: socket))
        return socket
    }

    private func closeSocket(of way: Way) {
        guard let open = sockets.removeValue(forKey: way) else { return }
        loop.forget(open.ticket)
    }
}
