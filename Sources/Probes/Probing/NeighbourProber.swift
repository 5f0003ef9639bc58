import Floor
import Model

/// Asks gateways for their link-layer addresses: ARP, and IPv6's neighbour discovery.
final class NeighbourProber {
    private let loop: ProbeLoop
    private var sockets: InterfaceSockets<NeighbourSocket>

    init(_ loop: ProbeLoop) {
        self.loop = loop
        sockets = InterfaceSockets(loop)
    }

    func send(_ request: ProbeRequest, _ family: IPFamily) throws(CallError) {
        let socket = try sockets.socket(for: request, family) { [loop] () throws(CallError) in
            try NeighbourSocket(family, interfaceIndex: request.interfaceIndex, loop)
        }
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

    func retain(only interfaces: Set<InterfaceName>) { sockets.retain(only: interfaces) }
}
