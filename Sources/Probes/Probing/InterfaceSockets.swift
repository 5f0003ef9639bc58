import Floor
import Model

/// A socket on one interface.
protocol InterfaceSocket: Watcher {
    var descriptor: Descriptor { get }
}

/// Those of a prober: one for each interface and family, opened when somebody is first asked by it.
struct InterfaceSockets<Socket: InterfaceSocket> {
    /// By number, not by name: it is looked up for each probe.
    private struct Way: Hashable {
        var interfaceIndex: UInt32
        var family: IPFamily
    }

    private struct OpenSocket {
        var interface: InterfaceName
        var socket: Socket
        var ticket: ProbeLoop.Ticket
    }

    private unowned let loop: ProbeLoop
    private var open: [Way: OpenSocket] = [:]

    init(_ loop: ProbeLoop) { self.loop = loop }

    /// - Parameter closed: gets those that are closed for it, or couldn't be watched.
    mutating func socket(
        for request: ProbeRequest, _ family: IPFamily, make: () throws(CallError) -> Socket, closed: (Socket) -> Void = { _ in }
    ) throws(CallError) -> Socket {
        let way = Way(interfaceIndex: request.interfaceIndex, family: family)
        if let known = open[way] { return known.socket }
        // A modem that was replugged: its old number is nobody's any more.
        close(closed) { $0.interface == request.interface && $1.interfaceIndex != way.interfaceIndex }
        let socket = try make()
        do throws(CallError) {
            open[way] = OpenSocket(interface: request.interface, socket: socket, ticket: try loop.watch(socket.descriptor, by: socket))
            return socket
        } catch {
            closed(socket)
            throw error
        }
    }

    mutating func retain(only interfaces: Set<InterfaceName>, closed: (Socket) -> Void = { _ in }) {
        close(closed) { one, _ in !interfaces.contains(one.interface) }
    }

    private mutating func close(_ closed: (Socket) -> Void, where isOver: (OpenSocket, Way) -> Bool) {
        for (way, one) in open where isOver(one, way) {
            open[way] = nil
            closed(one.socket)
            loop.forget(one.ticket)
        }
    }
}
