/// A computer in the LAN.
package struct Client: Sendable {
    package let node: Node
    package let address: String
    package let address6: String
    package var addresses: [String] { [address, address6] }
    let internet: Internet
    let ports: Ports

    /// To the server in the Internet.
    package func path(over family: IPFamily = .ipv4) -> Path {
        Path(from: node, to: internet.node, address: family.of(internet.server, Addresses.server6), ports: ports)
    }

    package func stream(packetsPerSecond: Int = 200) async throws -> UDPStreamHandle {
        try await path().stream(packetsPerSecond: packetsPerSecond)
    }

    package func newSessions(perSecond: Int = 1000) async throws -> UDPStreamHandle { try await path().newSessions(perSecond: perSecond) }

    package func connections(every interval: Duration = .milliseconds(100)) async throws -> TrafficHandle<ConnectionsReport> {
        try await path().connections(every: interval)
    }

    /// Asks that resolver for `Addresses.checkName`, each time from another port, until it is stopped. Nobody waits for the answers.
    package func askNames(of resolver: String, every interval: Duration = .milliseconds(200)) async throws -> Child {
        let query = #"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05check\x07example\x00\x00\x01\x00\x01"#
        let script = "while sleep \(interval.milliseconds / 1000); do printf '\(query)' > /dev/udp/\(resolver)/53; done"
        return try await node.start("questions to \(resolver)", ["bash", "-c", script])
    }

    /// Questions for names, each another one, as a program waits for their answers.
    package func names(of resolver: String = Addresses.routerLAN, perSecond: Int = 50) async throws -> NamesHandle {
        NamesHandle(
            client: try await node.startTraffic("names of \(resolver)", ["names", "--of", resolver, "--rate", "\(perSecond)"]))
    }

    /// Connections to an address that says nothing, so many a second.
    package func scan(perSecond: Int = 1000) async throws -> Child {
        try await node.start(
            "scan",
            [
                node.programs.lab, "connections", "--to", internet.silentAddress, "--port", "81", "--interval-ms",
                "\(max(1, 1000 / perSecond))",
            ])
    }

    package func connection(every interval: Duration = .milliseconds(10)) async throws -> TrafficHandle<ConnectionReport> {
        try await path().connection(every: interval)
    }

    /// The WAN by which a new session leaves now, as the Internet sees it. nil: it doesn't get there.
    package func wayOut(over family: IPFamily = .ipv4) async throws -> Provider? {
        let seen = try await path(over: family).seenAs()
        return [Addresses.telkom, Addresses.smartfren].first { family.of($0.address, $0.address6) == seen }
    }

    /// The client has an address of the prefix that this provider has delegated, and no other: what becomes of it when that WAN is dead?
    package func useAddress(of provider: Provider) async throws {
        try await node.shell(
            """
            ip address add \(provider.delegated6(11))/64 dev eth0 nodad
            ip address del \(address6)/64 dev eth0
            """)
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

package struct NamesHandle: Sendable {
    let client: Child
    package func stop() async throws -> NamesReport { try await finalReport(client, as: NamesReport.self) }
}

package struct UDPStreamHandle: Sendable {
    package let client: Child
    package let server: Child

    package func stop() async throws -> UDPStreamReport {
        // The client first: it waits for the last echoes.
        let sender = try await finalReport(client, as: SenderReport.self)
        let there = try await finalReport(server, as: [ArrivalReport].self)
        return UDPStreamReport(sent: sender.sent, refused: sender.refused, there: there[0], back: sender.back)
    }
}

package struct UDPSessionsHandle: Sendable {
    package let client: Child
    package let server: Child
    /// Of the first session.
    package let port: Int

    /// One report for each session.
    package func stop() async throws -> [UDPStreamReport] {
        let senders = try await finalReport(client, as: [SenderReport].self)
        let there = try await finalReport(server, as: [ArrivalReport].self)
        return zip(senders, there).map { UDPStreamReport(sent: $0.sent, refused: $0.refused, there: $1, back: $0.back) }
    }
}

private func finalReport<Report: Decodable>(_ child: Child, as type: Report.Type) async throws -> Report {
    try await child.stop()
    guard let line = child.outputLines.last, line != readyLine else { throw LabError("no report from\n\(child.log)") }
    return try JSON.decode(type, from: line)
}
