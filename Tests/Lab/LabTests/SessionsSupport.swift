import Lab
import Testing

/// A handful of everything that a client may have open.
struct OpenSessions {
    let udp: UDPSessionsHandle
    let tcp: TrafficHandle<TCPSessionsReport>
    let download: TrafficHandle<DownloadReport>

    struct Report {
        var udp: [UDPStreamReport]
        var tcp: TCPSessionsReport
        var download: DownloadReport

        var lost: Int { udp.reduce(0) { $0 + $1.lost } }
        /// Of each UDP session the WANs that it came by, as a set.
        var ways: Set<[String]> { Set(udp.map { $0.there.sources.map(\.source) }) }
    }

    func stop() async throws -> Report {
        Report(udp: try await udp.stop(), tcp: try await tcp.stop(), download: try await download.stop())
    }
}

extension Path {
    func everything() async throws -> OpenSessions {
        OpenSessions(
            udp: try await udpSessions(10, packetsPerSecond: 20), tcp: try await tcpSessions(20, every: .milliseconds(200)),
            download: try await download())
    }
}

extension Provider {
    func source(over family: IPFamily) -> String { family == .ipv4 ? address : address6 }
}

extension Lab {
    func carries(_ provider: Provider, over family: IPFamily) async throws {
        try await eventually("new sessions leave by \(provider.name), \(family.rawValue)") {
            try await self.client.wayOut(over: family)?.name == provider.name
        }
    }

    /// So many packets more have come by that provider: whatever sends has had its turn.
    func flows(_ packets: Int = 200, by isp: ISP) async throws {
        let before = try await isp.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan")
        try await eventually("\(packets) packets by \(isp.provider.name)") {
            try await isp.node.run(["cat", "/proc/net/dev"]).packetsReceived(by: "wan") > before + packets
        }
    }

    /// The daemon runs, and new sessions leave by that provider by both families.
    func daemon(_ configuration: DaemonConfiguration, families: [IPFamily] = IPFamily.allCases) async throws -> Daemon {
        let daemon = try await startDaemon(configuration)
        try await ready(daemon)
        for family in families { try await carries(Addresses.telkom, over: family) }
        return daemon
    }

    /// What the daemon told of sessions that it moved away from that WAN.
    func moved(from provider: Provider, _ daemon: Daemon) async throws -> [DaemonEvent] {
        try await daemon.events().filter { $0.kind == "sessions" && $0.wan == provider.name }
    }

    /// Of the router's conntrack, those that match.
    func conntrack(_ filter: String) async throws -> [String] {
        try await router.node.shell("conntrack -L \(filter) 2>/dev/null || true").split(separator: "\n").map(String.init)
    }
}
