/// A computer in the LAN. Each piece of traffic has a server of its own, so that reports never mix.
package struct Client: Sendable {
    package let node: Node
    package let address: String
    let internet: Internet
    let ports: Ports

    /// A UDP session with a fixed port pair, echoed: a call, a game, a VPN.
    package func stream(packetsPerSecond: Int = 200) async throws -> UDPStreamHandle {
        try await startStream("UDP stream", packetsPerSecond: packetsPerSecond, extra: [])
    }

    /// A UDP packet from a new port each time, not answered: what becomes of new sessions, to the millisecond at 1000 a second.
    package func newSessions(perSecond: Int = 1000) async throws -> UDPStreamHandle {
        try await startStream("new UDP sessions", packetsPerSecond: perSecond, extra: ["--new-sessions"])
    }

    private func startStream(_ name: String, packetsPerSecond: Int, extra: [String]) async throws -> UDPStreamHandle {
        let port = ports.next()
        let server = try await internet.startEcho(port: port)
        let client = try await node.startTraffic(
            "\(name) from \(address)",
            ["stream", "--to", internet.server, "--port", "\(port)", "--rate", "\(packetsPerSecond)"] + extra)
        return UDPStreamHandle(client: client, server: server)
    }

    /// A new TCP connection at this pace: a browser, a cash register.
    package func connections(every interval: Duration = .milliseconds(100)) async throws -> TrafficHandle<ConnectionsReport> {
        let port = ports.next()
        let server = try await internet.startTCPServer(port: port)
        let client = try await node.startTraffic(
            "TCP connections from \(address)",
            ["connections", "--to", internet.server, "--port", "\(port)", "--interval-ms", "\(Int(interval.milliseconds))"])
        return TrafficHandle(client: client, server: server)
    }

    /// One TCP connection that stays open and is never quiet.
    package func connection(every interval: Duration = .milliseconds(10)) async throws -> TrafficHandle<ConnectionReport> {
        let port = ports.next()
        let server = try await internet.startTCPServer(port: port)
        let client = try await node.startTraffic(
            "TCP connection from \(address)",
            ["connection", "--to", internet.server, "--port", "\(port)", "--interval-ms", "\(Int(interval.milliseconds))"])
        return TrafficHandle(client: client, server: server)
    }

    /// The WAN by which a new session leaves now, as the Internet sees it. nil: it doesn't get there.
    package func wayOut() async throws -> Provider? {
        let port = ports.next()
        let server = try await internet.startTCPServer(port: port)
        let output = try await node.run([
            node.programs.lab, "whoami", "--to", internet.server, "--port", "\(port)", "--timeout-ms", "1000",
        ])
        try await server.stop()
        let seen = output.split(separator: "\n").first.map(String.init) ?? ""
        return [Addresses.telkom, Addresses.smartfren].first { $0.address == seen }
    }
}

/// Traffic that is under way. `stop` ends it and hands out what it saw.
package struct TrafficHandle<Report: Decodable & Sendable>: Sendable {
    package let client: Child
    package let server: Child

    package func stop() async throws -> Report {
        let report = try await finalReport(client, as: Report.self)
        try await server.stop()
        return report
    }
}

package struct UDPStreamHandle: Sendable {
    package let client: Child
    package let server: Child

    package func stop() async throws -> UDPStreamReport {
        // The client first: it waits for the last echoes.
        let sender = try await finalReport(client, as: SenderReport.self)
        let there = try await finalReport(server, as: ArrivalReport.self)
        return UDPStreamReport(sent: sender.sent, refused: sender.refused, there: there, back: sender.back)
    }
}

private func finalReport<Report: Decodable>(_ child: Child, as type: Report.Type) async throws -> Report {
    try await child.stop()
    guard let line = child.outputLines.last, line != readyLine else { throw LabError("no report from\n\(child.log)") }
    return try JSON.decode(type, from: line)
}
