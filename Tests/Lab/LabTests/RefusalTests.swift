import Lab
import Testing

extension BesideOthers {
    /// Each of these labs, as every other one, checks at its end that no provider got a packet with a source of the LAN's.
    @Suite("Packets without a session") struct RefusalTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        /// One segment of each kind of a session that nobody knows, by both families; prints the kinds that were answered by a reset.
        private static let segments = """
            import select, socket, struct, sys, time
            def checksum(data):
                data += b"\\0" * (len(data) % 2)
                total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
                while total >> 16: total = (total & 0xffff) + (total >> 16)
                return ~total & 0xffff
            kinds = {"fin": 0x11, "rst": 0x04, "ack": 0x10, "data": 0x18}
            for family, source, server in [(socket.AF_INET, *sys.argv[1:3]), (socket.AF_INET6, *sys.argv[3:5])]:
                raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
                raw.bind((source, 0))
                ports, answered = {}, []
                for port, (kind, flags) in enumerate(kinds.items(), 40001):
                    ports[port] = kind
                    body = b"x" * 100 if kind == "data" else b""
                    segment = lambda sum: struct.pack("!HHIIBBHHH", port, 9, 1000, 2000, 0x50, flags, 1000, sum, 0) + body
                    ends = socket.inet_pton(family, source) + socket.inet_pton(family, server)
                    raw.sendto(segment(checksum(ends + struct.pack("!II", 6, 20 + len(body)) + segment(0))), (server, 0))
                end = time.monotonic() + 120
                while len(answered) < 3 and time.monotonic() < end:
                    if not select.select([raw], [], [], end - time.monotonic())[0]: break
                    packet = raw.recv(2000)
                    if family == socket.AF_INET: packet = packet[(packet[0] & 15) * 4:]
                    if packet[13] & 0x04 and struct.unpack("!H", packet[2:4])[0] in ports: answered.append(ports[struct.unpack("!H", packet[2:4])[0]])
                print(" ".join(sorted(answered)))
            """

        @Test(
            "FIN, RST, data and ACK of a session that nobody knows: none leaves un-NATed, and each that can be is answered by a reset, loose or not",
            arguments: FirewallBackend.allCases, [0, 1])
        func refused(firewall: FirewallBackend, loose: Int) async throws {
            try await Lab.with { lab in
                try await lab.router.node.shell("echo \(loose) > /proc/sys/net/netfilter/nf_conntrack_tcp_loose")
                _ = try await lab.daemon(.office(firewall: firewall))
                let answered = try await lab.client.node.run(
                    [
                        "python3", "-c", Self.segments, lab.client.address, Addresses.server, lab.client.address6, Addresses.server6,
                    ])
                #expect(answered == "ack data fin\nack data fin\n")
            }
        }

        @Test(
            "where conntrack picks up no session in the middle, a silent upstream resets everybody all the same",
            arguments: FirewallBackend.allCases)
        func strict(firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                try await lab.router.node.shell("echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose")
                let daemon = try await lab.daemon(.office(firewall: firewall))
                var sessions: [OpenSessions] = []
                for family in IPFamily.allCases { sessions.append(try await lab.client.path(over: family).everything()) }
                try await lab.telkom.silenceUpstream()
                for family in IPFamily.allCases { try await lab.carries(Self.smartfren, over: family) }
                try await lab.eventually("uplinkd has moved sessions") { try await !lab.moved(from: Self.telkom, daemon).isEmpty }
                try await lab.flows(by: lab.smartfren)
                for open in sessions {
                    let report = try await open.stop()
                    #expect(report.tcp.broken.count == 20)
                    #expect(Set(report.tcp.broken.compactMap(\.broken?.reason)) == ["Connection reset by peer"])
                }
            }
        }

        @Test(
            "the box's own sessions, too: what is left of them after a failover doesn't leave by another WAN with the address of the first",
            arguments: FirewallBackend.allCases)
        func own(firewall: FirewallBackend) async throws {
            try await Lab.with { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall))
                var sessions: [TrafficHandle<TCPSessionsReport>] = []
                for family in IPFamily.allCases {
                    sessions.append(try await lab.fromRouter(over: family).tcpSessions(20, every: .seconds(60)))
                }
                try await lab.telkom.silenceUpstream()
                for family in IPFamily.allCases { try await lab.carries(Self.smartfren, over: family) }
                try await lab.eventually("uplinkd has moved sessions") { try await !lab.moved(from: Self.telkom, daemon).isEmpty }
                // Their last words: 20 FIN each, or RST.
                for open in sessions { _ = try await open.stop() }
            }
        }

        @Test(
            "iptables -t filter -F: the rules are back as they were, before whatever lets everything through", arguments: IPTables.allCases)
        func flushed(variant: IPTables) async throws {
            try await Lab.with { lab in
                _ = try await lab.daemon(.office(iptables: variant))
                for program in [variant.program, variant.program6] {
                    func forward() async throws -> [String] {
                        try await lab.router.node.run([program, "-w", "-t", "filter", "-S"]).split(separator: "\n").map(String.init)
                            .filter { $0.contains("UPLINKD_") || $0.contains("-A FORWARD") }
                    }
                    var ours: [String] = []
                    try await lab.eventually("the rules of \(program) stand") {
                        ours = try await forward()
                        return !ours.isEmpty
                    }
                    try await lab.router.node.shell(
                        "\(program) -w -t filter -F; \(program) -w -t filter -I FORWARD -i br0 -o eth0 -j ACCEPT")
                    let jump = ours.firstIndex { $0.hasPrefix("-A FORWARD") } ?? 0
                    var expected = ours
                    expected.insert("-A FORWARD -i br0 -o eth0 -j ACCEPT", at: jump + 1)
                    try await lab.eventually("the rules of \(program) are back") { try await forward() == expected }
                }
            }
        }

        @Test(
            "what began by another default route while no WAN had a carrier gets its address as soon as one has",
            arguments: FirewallBackend.allCases)
        func strayed(firewall: FirewallBackend) async throws {
            // Until the sweep it comes to the WAN as it went to the other way.
            try await Lab.with(clients: 2, options: LabOptions(isEverythingMasqueraded: false)) { lab in
                let daemon = try await lab.daemon(.office(firewall: firewall))
                let other = lab.clients[1].address
                // The kernel tells a client that the other one is nearer, and the client keeps to that for five minutes.
                try await lab.client.node.shell(
                    "for name in all eth0; do echo 0 > /proc/sys/net/ipv4/conf/$name/accept_redirects; done")
                try await lab.router.node.shell("ip route add default via \(other) dev br0 metric 777")
                try await lab.telkom.cutCable()
                try await lab.smartfren.cutCable()
                try await lab.eventually("new sessions leave by the LAN") {
                    try await lab.router.interface(towards: Addresses.server) == "br0"
                }
                let stream = try await lab.client.path().stream(packetsPerSecond: 50)
                try await lab.eventually("it has a session without source NAT") {
                    try await lab.conntrack("-p udp -s \(lab.client.address)").contains { $0.contains("dst=\(lab.client.address) ") }
                }
                try await lab.telkom.plugCable()
                try await lab.smartfren.plugCable()
                try await lab.selects(Self.telkom, daemon)
                try await lab.carries(Self.telkom, over: .ipv4)
                try await lab.eventually("it is answered by telkom") {
                    try await lab.conntrack("-p udp -s \(lab.client.address)").contains {
                        $0.contains("dst=\(Self.telkom.address) ") && !$0.contains("UNREPLIED")
                    }
                }
                let before = try await lab.telkom.foreignSources().packets
                try await lab.flows(20, by: lab.telkom)
                #expect(try await lab.telkom.foreignSources().packets == before)
                let report = try await stream.stop()
                #expect(report.there.sources.map(\.source) == [Self.telkom.address])
            }
        }
    }
}
