/// Where a piece of traffic begins and ends. Each piece has a server of its own, so that reports never mix.
package struct Path: Sendable {
    let from: Node
    let to: Node
    /// What the server listens on.
    let listen: String
    /// What the client asks for: with a port forward, that is another one.
    let address: String
    let ports: Ports

    init(from: Node, to: Node, address: String, listen: String? = nil, ports: Ports) {
        self.from = from
        self.to = to
        self.address = address
        self.listen = listen ?? address
        self.ports = ports
    }

    private func server(_ name: String, _ command: String, port: Int, _ extra: [String] = []) async throws -> Child {
        try await to.startTraffic("\(name) on port \(port)", [command, "--address", listen, "--port", "\(port)"] + extra)
    }

    private func client(_ name: String, _ command: String, port: Int, _ extra: [String] = []) async throws -> Child {
        try await from.startTraffic("\(name) from \(from.namespace)", [command, "--to", address, "--port", "\(port)"] + extra)
    }

    /// A UDP session with a fixed port pair, echoed: a call, a game, a VPN.
    /// `source`: the address of the client's that its socket is bound to.
    package func stream(packetsPerSecond: Int = 200, port: Int? = nil, source: String? = nil) async throws -> UDPStreamHandle {
        try await stream("UDP stream", packetsPerSecond, port: port, source.map { ["--source", $0] } ?? [])
    }

    /// A UDP packet from a new port each time, not answered: what becomes of new sessions, to the millisecond at 1000 a second.
    package func newSessions(perSecond: Int = 1000) async throws -> UDPStreamHandle {
        try await stream("new UDP sessions", perSecond, port: nil, ["--new-sessions"])
    }

    private func stream(_ name: String, _ rate: Int, port: Int?, _ extra: [String]) async throws -> UDPStreamHandle {
        let port = port ?? ports.next()
        let server = try await server("echo server", "echo", port: port)
        let client = try await client(name, "stream", port: port, ["--rate", "\(rate)"] + extra)
        return UDPStreamHandle(client: client, server: server)
    }

    /// So many UDP sessions, each with a port pair of its own, echoed. All of them have had an answer when this returns.
    package func udpSessions(_ count: Int = 50, packetsPerSecond: Int = 50) async throws -> UDPSessionsHandle {
        let port = ports.next(count)
        let sessions = ["--sessions", "\(count)"]
        let server = try await server("echo server for \(count) sessions", "echo", port: port, sessions)
        let client = try await client("\(count) UDP sessions", "udp-sessions", port: port, sessions + ["--rate", "\(packetsPerSecond)"])
        return UDPSessionsHandle(client: client, server: server, port: port)
    }

    /// So many TCP connections, mostly idle: shells, chats, a mail program. All of them stand when this returns, and none is made anew.
    package func tcpSessions(
        _ count: Int = 200, every interval: Duration = .milliseconds(500)
    ) async throws -> TrafficHandle<TCPSessionsReport> {
        let port = ports.next()
        let server = try await server("TCP server", "tcp-serve", port: port)
        let client = try await client(
            "\(count) TCP connections", "tcp-sessions", port: port,
            ["--sessions", "\(count)", "--interval-ms", "\(Int(interval.milliseconds))"])
        return TrafficHandle(client: client, server: server)
    }

    /// A TCP connection in which the server sends and the client only listens. It flows when this returns.
    package func download(port: Int? = nil) async throws -> TrafficHandle<DownloadReport> {
        let port = port ?? ports.next()
        let server = try await server("download server", "push-serve", port: port)
        let client = try await client("download", "download", port: port)
        return TrafficHandle(client: client, server: server)
    }

    /// So many sessions that send all that the way takes, and fill its queue.
    package func uploads(_ count: Int = 1) async throws -> TrafficHandle<UploadReport> {
        let port = ports.next()
        let server = try await server("upload server", "upload-serve", port: port)
        let client = try await client("\(count) uploads", "upload", port: port, ["--sessions", "\(count)"])
        return TrafficHandle(client: client, server: server)
    }

    /// A new TCP connection at this pace: a browser, a cash register.
    package func connections(
        every interval: Duration = .milliseconds(100), port: Int? = nil
    ) async throws -> TrafficHandle<ConnectionsReport> {
        try await tcp("TCP connections", "connections", interval, port: port)
    }

    /// One TCP connection that stays open and is never quiet.
    package func connection(every interval: Duration = .milliseconds(10)) async throws -> TrafficHandle<ConnectionReport> {
        try await tcp("TCP connection", "connection", interval)
    }

    private func tcp<Report>(
        _ name: String, _ command: String, _ interval: Duration, port: Int? = nil
    ) async throws -> TrafficHandle<Report> {
        let port = port ?? ports.next()
        let server = try await server("TCP server", "tcp-serve", port: port)
        let client = try await client(name, command, port: port, ["--interval-ms", "\(Int(interval.milliseconds))"])
        return TrafficHandle(client: client, server: server)
    }

    /// The address that the server sees of a new connection. nil: it doesn't get there.
    package func seenAs() async throws -> String? {
        let port = ports.next()
        let server = try await server("TCP server", "tcp-serve", port: port)
        let output = try await from.run([
            from.programs.lab, "whoami", "--to", address, "--port", "\(port)", "--timeout-ms", "1000",
        ])
        try await server.stop()
        return output.split(separator: "\n").first.map(String.init)
    }
}

package enum IPFamily: String, Sendable, CaseIterable {
    case ipv4, ipv6

    func of(_ four: String, _ six: String) -> String { self == .ipv4 ? four : six }
}

extension Lab {
    /// From the Internet to the router's address at that provider. With `client` the server is that computer in the LAN, which needs
    /// `Router.forwardPorts(to:)`; without, it is the router itself.
    package func inbound(by provider: Provider, to client: Client? = nil, over family: IPFamily = .ipv4) -> Path {
        let address = family.of(provider.address, provider.address6)
        return Path(
            from: internet.node, to: client?.node ?? router.node, address: address,
            listen: client.map { family.of($0.address, $0.address6) } ?? address, ports: ports)
    }

    /// From the first client to the router's own address in the LAN.
    package func toRouter(over family: IPFamily = .ipv4) -> Path {
        Path(from: client.node, to: router.node, address: family.of(Addresses.routerLAN, Addresses.routerLAN6), ports: ports)
    }

    /// From the router itself to the Internet.
    package func fromRouter(over family: IPFamily = .ipv4) -> Path {
        Path(from: router.node, to: internet.node, address: family.of(Addresses.server, Addresses.server6), ports: ports)
    }

    /// From the first client to the computer in the second LAN. The lab needs `LabOptions.hasGuests`.
    package func toGuest(over family: IPFamily = .ipv4) throws -> Path {
        guard let guest else { throw LabError("this lab has no second LAN (LabOptions.hasGuests)") }
        return Path(from: client.node, to: guest, address: family.of(Addresses.guest, Addresses.guest6), ports: ports)
    }
}

extension Router {
    /// A port forward: what comes in by a WAN for the ports of the lab's servers goes to that client, by both families.
    package func forwardPorts(to client: Client) async throws {
        try await node.shell(
            """
            for interface in eth0 usb0; do
                for protocol in tcp udp; do
                    rule="PREROUTING -i $interface -p $protocol --dport \(Ports.range.lowerBound):\(Ports.range.upperBound) -j DNAT"
                    iptables -w -t nat -A $rule --to-destination \(client.address)
                    ip6tables -w -t nat -A $rule --to-destination \(client.address6)
                done
            done
            """)
    }
}
