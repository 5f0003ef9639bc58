import Lab
import Testing

extension InNamespaces {
    /// dnsmasq as we configure it, and whom it asks.
    @Suite("The LAN's addresses and names", .enabled(if: isInstalled("dnsmasq"), "not installed: sudo apt install dnsmasq-base"))
    struct LANTests {
        private static let telkom = Addresses.telkom
        private static let smartfren = Addresses.smartfren

        /// Each provider has a resolver for its own customers.
        private func story(_ story: (Lab, Daemon, LANServing, (telkom: Child, smartfren: Child)) async throws -> Void) async throws {
            try await Lab.with { lab in
                for provider in [lab.telkom, lab.smartfren] { try await provider.writeLease() }
                let resolvers = (try await lab.telkom.startOwnResolver(), try await lab.smartfren.startOwnResolver())
                let daemon = try await lab.startDaemon(
                    .office(
                        leases: "\(lab.folder)/lan/leases",
                        service: ["address: 192.168.88.1/24", "dns: {names: [{name: nas, address: 192.168.88.9}]}"]))
                try await lab.ready(daemon)
                let serving = try await lab.startLAN()
                try await asks(lab, Self.telkom)
                try await story(lab, daemon, serving, resolvers)
            }
        }

        private func asks(_ lab: Lab, _ provider: Provider) async throws {
            try await lab.eventually("the LAN asks \(provider.name)'s resolver") {
                let list = try await lab.router.node.shell("cat \(lab.folder)/lan/resolvers")
                return list.split(separator: "\n").allSatisfy { $0 == "nameserver \(provider.gateway)" }
            }
        }

        enum Fault: String, CaseIterable { case cable, gateway }

        @Test(
            "50 names a second through a failover and the failback: all are answered, and each resolver is asked by its own WAN alone",
            arguments: Fault.allCases)
        func followsWAN(fault: Fault) async throws {
            try await story { lab, daemon, _, resolvers in
                let names = try await lab.client.names(perSecond: 50)
                let routes = try await lab.router.watchRoutes()
                _ = fault == .cable ? try await lab.telkom.cutCable() : try await lab.telkom.killGateway()
                try await lab.carries(Self.smartfren)
                try await asks(lab, Self.smartfren)
                _ = fault == .cable ? try await lab.telkom.plugCable() : try await lab.telkom.reviveGateway()
                try await lab.carries(Self.telkom)
                try await asks(lab, Self.telkom)
                let changes = try routes.changes()
                let report = try await names.stop()
                #expect(report.asked > 100 && report.unanswered.isEmpty && report.failed == 0, "\(report)")
                // From the moment on when the route has moved; before that nobody can answer.
                let moved = changes.map(\.time)
                for answer in report.slow {
                    let since = moved.filter { $0 > answer.asked && $0 < answer.answered }.max() ?? answer.asked
                    #expect(answer.answered - since < .seconds(1), "asked \(answer.asked), answered \(answer.answered), routes \(moved)")
                }
                for (resolver, provider) in [(resolvers.telkom, Self.telkom), (resolvers.smartfren, Self.smartfren)] {
                    let askers = Set(
                        resolver.log.split(separator: "\n").filter { $0.contains("query[") }.compactMap { $0.split(separator: " ").last })
                    #expect(askers == [Substring(provider.address)], "\(provider.name): \(askers)")
                }
            }
        }

        @Test("a daemon that is gone leaves the LAN its names, and comes back to a LAN that follows it")
        func withoutDaemon() async throws {
            try await story { lab, daemon, _, _ in
                try await daemon.kill9()
                let names = try await lab.client.names(perSecond: 20)
                #expect(try await lab.client.name("nas.home.arpa") == "192.168.88.9")
                try await lab.telkom.cutCable()
                try await daemon.restart()
                try await lab.carries(Self.smartfren)
                try await asks(lab, Self.smartfren)
                try await lab.eventually("a name is found") { try await lab.client.name("later.example") == Addresses.server }
                _ = try await names.stop()
            }
        }

        @Test(
            "a client gets its address, and is known by its name at once",
            .enabled(if: isInstalled("dhclient"), "not installed: sudo apt install isc-dhcp-client"))
        func lease() async throws {
            try await story { lab, daemon, serving, _ in
                let lease = try await lab.client.node.shell(
                    "printf 'send host-name \"till-2\";\\n' > \(lab.folder)/dhclient.conf; "
                        + "dhclient -4 -1 -q -sf /bin/true -cf \(lab.folder)/dhclient.conf -lf \(lab.folder)/client.leases "
                        + "-pf \(lab.folder)/client.pid eth0; cat \(lab.folder)/client.leases; kill $(cat \(lab.folder)/client.pid)")
                let address = try #require(
                    lease.split(separator: "\n").last { $0.contains("fixed-address") }?.split(separator: " ").last?.dropLast())
                #expect(address.hasPrefix("192.168.88.") && lease.contains("option routers 192.168.88.1;"), "\(lease)")
                #expect(lease.contains("option domain-name-servers 192.168.88.1;") && lease.contains("\"home.arpa\""), "\(lease)")
                #expect(try await lab.client.name("till-2.home.arpa") == String(address))
                #expect(try await lab.router.node.shell("cat \(serving.leases)").contains("till-2"))
            }
        }

        @Test("files that somebody has changed aren't overwritten, and what is superfluous goes")
        func files() async throws {
            try await story { lab, _, _, _ in
                #expect(try await lab.lan("--write").contains("All is as it should be."))
                let file = "\(lab.folder)/lan/dnsmasq.conf"
                try await lab.router.node.shell("echo 'address=/bank.example/192.0.2.1' >> \(file)")
                let before = try await lab.router.node.shell("cat \(file)")
                let refused = try await lab.router.node.shell(
                    "set +e; \(lab.programs.lan) --write --config \(lab.folder)/uplinkd.yaml --files \(lab.folder)/lan 2>&1; echo status $?"
                )
                #expect(
                    refused.contains("nothing is written: \(file) has been changed by hand") && refused.contains("status 1"), "\(refused)")
                #expect(try await lab.router.node.shell("cat \(file)") == before)
            }
        }
    }
}

extension Client {
    /// What the router says of that name: the first address. nil: nothing.
    fileprivate func name(_ name: String) async throws -> String? {
        let program = """
            import socket, struct, sys
            q = struct.pack(">6H", 7, 256, 1, 0, 0, 0) + b"".join(bytes([len(l)]) + l.encode() for l in sys.argv[1].split(".")) + bytes([0, 0, 1, 0, 1])
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5); s.sendto(q, ("192.168.88.1", 53))
            try: r = s.recv(512)
            except TimeoutError: r = b""
            print(".".join(map(str, r[-4:])) if len(r) > len(q) and r[7] else "-")
            """
        let text = try await node.run(["python3", "-c", program, name]).trimmed
        return text == "-" ? nil : text
    }
}

extension String { fileprivate var trimmed: String { filter { !$0.isWhitespace } } }
