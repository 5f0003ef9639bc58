import Lab
import Testing

private typealias Computer = Client

/// As much of `uplinkctl report --format json` as is looked at. Written from its documentation.
private struct Report: Decodable {
    struct Client: Decodable {
        var name: String?
        var mac: String?
        var addresses: [String]
        var outcome: String
        var firstReplyMs: Double?
    }

    var id: String
    var kind: String
    var from: String?
    var to: String
    var evidence: [DaemonSentence]
    var detected: String?
    var detectionMs: Double?
    var appliedMs: Double?
    var clientsBefore: Int
    var backedUp: Int
    var staying: Int
    var idle: Int
    var gone: Int
    var broken: Int
    var medianMs: Double?
    var told: Int?
    var toldAnswered: Int?
    var slowestMs: Double?
    var finished: Bool
    var notes: [DaemonSentence]
    var clients: [Client]

    func client(_ client: Computer) -> Client? { clients.first { $0.addresses.contains(client.address) } }
}

private struct Clients: Decodable {
    struct Client: Decodable {
        struct Share: Decodable {
            var wan: String?
            var sessions: Int
            var answered: Int
        }
        var name: String?
        var mac: String?
        var addresses: [String]
        var shares: [Share]
    }
    var clients: [Client]

    func client(_ client: Computer) -> Client? { clients.first { $0.addresses.contains(client.address) } }
}

extension InNamespaces {
    @Suite("The report of a switch")
    struct ReportTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        private static func clients(_ daemon: Daemon) async throws -> Clients {
            try JSON.decode(Clients.self, from: try await daemon.control(["clients", "--json"]))
        }

        /// The last one, when it is finished: at the latest half a minute after the switch.
        private static func report(_ kind: String, _ lab: Lab, _ daemon: Daemon) async throws -> Report {
            var found: Report?
            try await lab.eventually("the report of the \(kind) is finished", within: .seconds(60)) {
                let report = try JSON.decode(Report.self, from: try await daemon.control(["report", "--format", "json"]))
                found = report
                return report.kind == kind && report.finished
            }
            return try #require(found)
        }

        @Test("a failover and the failback: who was backed up, who stayed, who had nothing to say, who was gone")
        func bothWays() async throws {
            try await Lab.with(clients: 4) { lab in
                let leases = "1764010000 02:00:00:00:00:01 \(lab.clients[0].address) laptop *"
                try await lab.router.node.shell("echo '\(leases)' > \(lab.folder)/leases")
                let configuration = DaemonConfiguration.office()
                let text = configuration.text.replacing("[br0]", with: "[br0]\n  leases: \(lab.folder)/leases")
                let daemon = try await lab.startDaemon(DaemonConfiguration(text: text))
                try await lab.ready(daemon)
                let (caller, chatter, reader, leaver) = (lab.clients[0], lab.clients[1], lab.clients[2], lab.clients[3])
                let call = try await caller.stream(packetsPerSecond: 50)
                let chat = try await chatter.connection(every: .milliseconds(20))
                // A session each, and not a word more.
                for client in [reader, leaver] { #expect(try await client.wayOut()?.name == "telkom") }

                let before = try await Self.clients(daemon)
                #expect(before.clients.count == 4)
                #expect(before.client(caller)?.name == "laptop")
                for client in lab.clients {
                    let shares = try #require(before.client(client)?.shares)
                    #expect(shares.map(\.wan) == ["telkom"])
                    #expect((shares.first?.answered ?? 0) >= 1)
                    #expect(before.client(client)?.mac != nil)
                }
                try await leaver.node.shell("ip link set dev eth0 down")
                try await lab.router.node.shell("ip neigh flush dev br0 to \(leaver.address)")

                try await lab.telkom.silenceUpstream()
                try await lab.selects(Self.smartfren, daemon)
                let failover = try await Self.report("failover", lab, daemon)
                #expect(failover.from == "telkom" && failover.to == "smartfren")
                #expect(failover.clientsBefore == 4)
                let outcomes = [caller, chatter, reader, leaver].map { failover.client($0)?.outcome }
                #expect(outcomes == ["backed-up", "backed-up", "idle", "gone"])
                #expect([failover.backedUp, failover.idle, failover.gone, failover.staying, failover.broken] == [2, 1, 1, 0, 0])
                #expect(failover.client(caller)?.name == "laptop")
                #expect(failover.notes.isEmpty)
                // The reader, who has nothing to say. Who sends may have been told, or have been reset before.
                #expect((failover.told ?? 0) >= 1 && (failover.toldAnswered ?? 0) >= 1)
                #expect(failover.detected != nil)
                #expect((failover.detectionMs ?? 0) > 0 && (failover.appliedMs ?? 0) > 0)
                #expect(
                    failover.evidence.first?.code == "down"
                        && failover.evidence.first?.text.hasPrefix("telkom is down: upstream silent") == true)
                // 20 ms to the next packet, and the round trip; the rest is for a box with other things to do.
                #expect((failover.client(caller)?.firstReplyMs ?? 1e9) < 5000)
                #expect((failover.slowestMs ?? 0) >= (failover.medianMs ?? 1e9))

                let told = try await daemon.events().filter { $0.details?["report"] == failover.id }
                #expect(told.map(\.kind) == ["selection", "report"])
                #expect(told.last?.message.hasPrefix("2 of 4 clients backed up, median ") == true)

                try await lab.telkom.restoreUpstream()
                try await lab.selects(Self.telkom, daemon)
                let failback = try await Self.report("failback", lab, daemon)
                #expect(failback.clientsBefore == 2)
                let stayed = [caller, chatter].map { failback.client($0)?.outcome }
                #expect(stayed == ["staying", "staying"])
                #expect(failback.staying == 2 && failback.detected == nil)
                _ = try await call.stop()
                _ = try await chat.stop()

                let markdown = try await daemon.control(["report", failover.id, "--format", "markdown"])
                #expect(markdown.hasPrefix("# Failover from telkom to smartfren: telkom is down"))
                let list = try await daemon.control(["report", "--list"])
                #expect(list.split(separator: "\n").count == 2)
            }
        }

        @Test("with reports off nothing is counted, and who is on the LAN is told all the same")
        func off() async throws {
            try await Lab.with(clients: 2) { lab in
                let daemon = try await lab.startDaemon(.office(top: ["reports: off"]))
                try await lab.ready(daemon)
                let clients = try await Self.clients(daemon)
                #expect(clients.client(lab.client)?.shares.first?.wan == "telkom")
                try await lab.telkom.cutCable()
                try await lab.selects(Self.smartfren, daemon)
                try await lab.carries(Self.smartfren)
                #expect(try await daemon.control(["report", "--list"]).hasPrefix("There is no report"))
            }
        }
    }
}
