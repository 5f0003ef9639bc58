import Configuration
import Model
import Testing

@Suite struct AcceptedTests {
    private func settings(_ yaml: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Settings {
        let parsed = Configuration.parse(yaml)
        #expect(parsed.problems.map { $0.text(file: "uplinkd.yaml") } == [], sourceLocation: sourceLocation)
        return try #require(parsed.settings, sourceLocation: sourceLocation)
    }

    @Test("what is left out has the defaults of Settings")
    func defaults() throws {
        let settings = try settings(Case.office)
        #expect(settings.wans.map(\.probe) == [ProbeSettings(), ProbeSettings()])
        #expect(settings.iptables == .auto)
        #expect(settings.wans.map(\.gateway) == [nil, nil])
        #expect(settings.wans.map(\.isMetered) == [false, false])
        #expect(settings.firewall == .iptables)
        #expect(settings.markMask == .standard)
        #expect(settings.wans.map(\.ipv6) == [.masquerade, .masquerade])
        #expect(settings.wans.map(\.drain) == [Drain(), Drain()])
    }

    @Test("a mapping with nothing in it yet is an empty one", arguments: ["probe:", "probe: {}", "probe:\n  # hold: 1s\n"])
    func nothingYet(probe: String) throws {
        #expect(try settings(Case.office + probe).wans.map(\.probe) == [ProbeSettings(), ProbeSettings()])
    }

    @Test("sessions leave a metered WAN after ten minutes, if nothing else is said")
    func meteredDrain() throws {
        let wans = try settings(
            """
            lan: {interfaces: [br0]}
            wans:
              a: {interface: eth0, metric: 1, metered: true}
              b: {interface: eth1, metric: 2, metered: true, drain: unlimited}
              c: {interface: eth2, metric: 3, drain: 24h}
            """
        ).wans
        #expect(wans.map(\.drain.limit) == [.seconds(600), nil, .seconds(24 * 3600)])
    }

    @Test("a wider mask has room for more WANs")
    func widerMask() throws {
        let settings = try settings(
            "mark-mask: 0x00ff0000\nlan: {interfaces: [br0]}\nwans:\n"
                + (1...255).map { "  w\($0): {interface: eth\($0), metric: \($0)}\n" }.joined())
        #expect(settings.wans.count == 255)
        #expect(settings.markMask.mark(ofWAN: 255) == 0xff0000)
    }

    @Test("every key is read")
    func everyKey() throws {
        let settings = try settings(
            """
            iptables: legacy
            firewall: nftables
            mark-mask: 0x00FF0000
            min-stay: 1m
            readiness: {interval: 5m, resolver: 9.9.9.9, dns: example.org, http: "http://192.0.2.9:81/ok", status: 201, body: good}
            probe:
              {targets: [9.9.9.9, gateway, 1.0.0.1], interval: 2s, metered-interval: 1m, timeout: 0.5s, min-rto: 50ms, burst-interval: 20ms, quorum: 2,
              hold: 0s, budget: 1.5GB, thresholds: {loss: {leave: 20%, return: 5%}, mean: {leave: 300ms}, deviation: {leave: 50ms, return: 50ms},
              p99: {leave: 1s, return: 0.7s}}}
            wans:
              "smartfren":
                interface: 'usb0'
                metric: "20"
                metered: true
                gateway: auto
                ipv6: off
                drain: unlimited
                drain-classes:
                  - {protocol: udp, ports: [5060, 10000-20000], drain: 0s}
                  - {protocol: tcp, ports: ["22"], drain: 1h}
                  - {drain: unlimited, protocol: esp}
                readiness: {interval: off}
              telkom: {interface: enp1s0.100, metric: 1, metered: false, gateway: 192.0.2.1, drain: 90s, drain-classes: none}
            lan:
              interfaces:
                - br0
                - wlan0
            """)
        let name = { (text: String) throws in try #require(InterfaceName(text)) }
        let address = { (text: String) throws in try #require(IPv4Address(text)) }
        let resolver = IPAddress.v4(try address("9.9.9.9"))
        let probe = ProbeSettings(
            targets: [.address(try address("9.9.9.9")), .gateway, .address(try address("1.0.0.1"))], interval: .seconds(2),
            meteredInterval: .seconds(60), timeout: .milliseconds(500), minimumRTO: .milliseconds(50), burstInterval: .milliseconds(20),
            quorum: 2,
            hold: .zero,
            thresholds: Thresholds(
                loss: .init(leave: 0.2, back: 0.05), mean: .init(leave: .milliseconds(300), back: .milliseconds(150)),
                deviation: .init(leave: .milliseconds(50), back: .milliseconds(50)),
                percentile99: .init(leave: .seconds(1), back: .milliseconds(700))),
            budget: 1_500_000_000,
            readiness: ReadinessSettings(
                interval: .seconds(300), dns: DNSQuestion(server: .address(resolver), name: "example.org"),
                http: HTTPQuestion(host: "192.0.2.9", port: 81, path: "/ok", status: 201, body: "good", resolver: resolver)))
        var unproven = probe
        unproven.readiness.interval = nil
        let classes = [
            DrainClass(SessionClass(transport: 17, ports: [5060...5060, 10000...20000]), limit: .zero),
            DrainClass(SessionClass(transport: 6, ports: [22...22]), limit: .seconds(3600)),
            DrainClass(SessionClass(transport: 50), limit: nil),
        ]
        let expected = Settings(
            lan: [try name("br0"), try name("wlan0")],
            wans: [
                WANSettings(
                    name: try #require(WANName("telkom")), interface: try name("enp1s0.100"), metric: 1, gateway: try address("192.0.2.1"),
                    number: 2, drain: Drain(limit: .seconds(90)), probe: probe),
                WANSettings(
                    name: try #require(WANName("smartfren")), interface: try name("usb0"), metric: 20, isMetered: true, number: 1,
                    ipv6: .off, drain: Drain(classes: classes), probe: unproven),
            ],
            minimumStay: .seconds(60), firewall: .nftables, iptables: .legacy, markMask: try #require(MarkMask(bits: 0xff0000)))
        #expect(settings == expected)
    }

    @Test("a WAN has what is for all WANs, but for what it has of its own")
    func own() throws {
        let probe = try settings(
            """
            lan: {interfaces: [br0]}
            wans:
              a: {interface: eth0, metric: 1}
              b: {interface: eth1, metric: 2, probe: {interval: 2s, hold: 1s, thresholds: {loss: {leave: 30%}, mean: none}}}
              c: {interface: eth2, metric: 3, probe: {profile: fast, min-rto: 20ms}}
              d: {interface: eth3, metric: 4, probe: {budget: none, targets: [9.9.9.9]}}
            probe:
              {interval: 3s, burst-interval: 75ms, hold: 5s, budget: 1GB, targets: [1.1.1.1],
              thresholds: {loss: {leave: 20%, return: 1%}, mean: {leave: 1s}, p99: {leave: 2s}}}
            """
        ).wans.map(\.probe)
        let common = ProbeSettings(
            targets: [.address(IPv4Address(bits: 0x0101_0101))], interval: .seconds(3), burstInterval: .milliseconds(75), hold: .seconds(5),
            thresholds: Thresholds(
                loss: .init(leave: 0.2, back: 0.01), mean: .init(leave: .seconds(1), back: .milliseconds(500)),
                percentile99: .init(leave: .seconds(2), back: .seconds(1))),
            budget: 1_000_000_000)
        var (b, c, d) = (common, common, common)
        b.interval = .seconds(2)
        b.hold = .seconds(1)
        b.thresholds.loss = .init(leave: 0.3, back: 0.15)
        b.thresholds.mean = nil
        // A profile of its own comes before intervals for all.
        c.interval = .milliseconds(100)
        c.minimumRTO = .milliseconds(20)
        c.burstInterval = .milliseconds(20)
        d.budget = nil
        d.targets = [.address(IPv4Address(bits: 0x0909_0909))]
        #expect(probe == [common, b, c, d])
    }

    @Test("a profile stands for its keys, and those that are given beside it come first", arguments: ProbeProfile.allCases)
    func profile(profile: ProbeProfile) throws {
        let probe = { (text: String) throws in
            try #require(try settings(Case.office + "probe: {profile: \(profile), \(text)}").wans.first?.probe)
        }
        #expect(try probe("hold: 10s") == profile.settings)
        var expected = profile.settings
        expected.interval = .seconds(3)
        expected.hold = .seconds(1)
        #expect(try probe("interval: 3s, hold: 1s") == expected)
        // The merging knows of three keys: a profile that sets a fourth has to be told there.
        var normal = profile.settings
        normal.interval = ProbeSettings().interval
        normal.minimumRTO = ProbeSettings().minimumRTO
        normal.burstInterval = ProbeSettings().burstInterval
        #expect(normal == ProbeSettings())
    }

    @Test("a WAN's number is its place in the file, its rank is its metric")
    func numbers() throws {
        let settings = try settings(
            "lan: {interfaces: [br0]}\nwans:\n"
                + (1...15).map { "  w\($0): {interface: eth\($0), metric: \(1000 - $0)}\n" }.joined())
        #expect(settings.wans.map(\.name.description) == (1...15).reversed().map { "w\($0)" })
        #expect(settings.wans.map(\.number) == (1...15).reversed())
    }

    @Test(
        "a time is a number and a unit",
        arguments: [
            ("0s", .zero), ("0ms", .zero), ("500ms", .milliseconds(500)), ("0.5s", .milliseconds(500)), ("1s", .seconds(1)),
            ("01s", .seconds(1)), ("1.5m", .seconds(90)), ("0.001s", .milliseconds(1)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
            ("0.25h", .seconds(900)), ("1.000000001s", .nanoseconds(1_000_000_001)), ("60m", .seconds(3600)),
        ] as [(String, Duration)])
    func times(text: String, time: Duration) throws {
        #expect(try settings(Case.office + "probe: {hold: \(text)}").wans.first?.probe.hold == time)
    }

    @Test(
        "the ends of a range belong to it",
        arguments: [
            "interval: 100ms", "interval: 1h, metered-interval: 1h", "metered-interval: 1h", "interval: 100ms, metered-interval: 100ms",
            "timeout: 100ms", "timeout: 60s", "hold: 0s", "hold: 1h", "quorum: 3", "targets: [gateway], quorum: 1",
            "targets: [1.1.1.1], quorum: 1", "targets: [1.0.0.0, 223.255.255.255, 10.0.0.1]",
        ])
    func ends(probe: String) throws { _ = try settings(Case.office + "probe: {\(probe)}") }

    @Test("two WANs may have one gateway address: so it is with two modems of one make")
    func sameGateway() throws {
        _ = try settings(
            """
            lan: {interfaces: [br0]}
            wans:
              a: {interface: usb0, metric: 1, gateway: 192.168.8.1}
              b: {interface: usb1, metric: 2, gateway: 192.168.8.1}
            """)
    }

    @Test(
        "how the lines end, a byte order mark and document marks make no difference",
        arguments: [
            Case.office.replacing("\n", with: "\r\n"), Case.office.replacing("\n", with: "\r"), "\u{FEFF}" + Case.office,
            "---\n" + Case.office + "...\n", "%YAML 1.1\n---\n" + Case.office, "# Büro, 事務所, Kantor 😀\n" + Case.office,
        ])
    func forms(yaml: String) throws { #expect(try settings(yaml) == settings(Case.office)) }
}
