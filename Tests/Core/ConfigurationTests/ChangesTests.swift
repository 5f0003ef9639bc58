import Configuration
import Model
import Testing

@Suite struct ChangesTests {
    private func settings(_ added: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Settings {
        try #require(Configuration.parse(Case.office + added).settings, sourceLocation: sourceLocation)
    }

    static let dns = "probe: {targets: [{kind: dns, server: 9.9.9.9, name: a"

    static let changes: [(String, String, String)] = [
        (
            "probe: {targets: [1.1.1.1]}", "probe: {targets: [1.1.1.1, {kind: arp}]}",
            "probe.targets: [1.1.1.1] is now [1.1.1.1, arp gateway]"
        ),
        ("\(dns)}]}", "\(dns), interval: 20s}]}", "probe.targets: [dns 9.9.9.9 a A], with other settings"),
        ("\(dns)}]}", "\(dns), expect: [192.0.2.1]}]}", "probe.targets: [dns 9.9.9.9 a A], with other settings"),
        ("", "probe: {interval: 0.5s}", "probe.interval: 1s is now 500ms"),
        ("", "probe: {metered-interval: 1m}", "probe.metered-interval: 30s is now 1m"),
        ("", "probe: {timeout: 2s}", "probe.timeout: 1s is now 2s"), ("", "probe: {min-rto: 50ms}", "probe.min-rto: 100ms is now 50ms"),
        ("", "probe: {burst-interval: 10ms}", "probe.burst-interval: 40ms is now 10ms"),
        ("", "probe: {quorum: 2}", "probe.quorum: 1 is now 2"),
        ("", "probe: {hold: 1s}", "probe.hold: 10s is now 1s"),
        (
            "", "probe: {thresholds: {loss: {leave: 20%, return: 7.5%}}}",
            "probe.thresholds.loss: {leave: 50%, return: 25%} is now {leave: 20%, return: 7.5%}"
        ),
        (
            "probe: {thresholds: {mean: {leave: 300ms}}}", "probe: {thresholds: {mean: {leave: 300ms, return: 300ms}}}",
            "probe.thresholds.mean: {leave: 300ms, return: 150ms} is now {leave: 300ms, return: 300ms}"
        ),
        ("probe: {thresholds: {deviation: {leave: 1s}}}", "", "probe.thresholds.deviation: {leave: 1s, return: 500ms} is now none"),
        ("", "probe: {thresholds: {p99: {leave: 1s}}}", "probe.thresholds.p99: none is now {leave: 1s, return: 500ms}"),
        (
            "readiness: {dns: none}", "readiness: {interval: off}",
            "readiness: 10m, http://connectivitycheck.gstatic.com/generate_204 is now off"
        ),
        (
            "readiness: {http: none}", "readiness: {http: none, resolver: 9.9.9.9}",
            "readiness: 10m, dns 1.1.1.1 example.com A is now 10m, dns 9.9.9.9 example.com A"
        ),
        ("probe: {budget: 1.5GB}", "probe: {budget: 2GB}", "probe.budget: 1500MB is now 2GB"),
    ]

    @Test("every key of probing that has another value is told, for each WAN that it changes for", arguments: changes)
    func probing(before: String, after: String, sentence: String) throws {
        let told = try settings(before).changes(to: settings(after))
        #expect(told == ["wans.telkom.\(sentence)", "wans.smartfren.\(sentence)"])
        #expect(try settings(after).changes(to: settings(after)) == [])
    }

    @Test("what isn't probing is told once")
    func others() throws {
        #expect(
            try settings("").changes(to: settings("min-stay: 0s\niptables: nft\n")) == [
                "min-stay: 30s is now 0s", "iptables: auto is now nft",
            ])
        #expect(
            try settings("").changes(to: settings("firewall: nftables\nmark-mask: 0xff0000\n")) == [
                "firewall: iptables is now nftables", "mark-mask: 0xf000000 is now 0xff0000",
            ])
        #expect(
            try settings("").changes(to: settings("reports: off\n")) == ["reports: on is now off"])
        #expect(
            try settings("firewall: nftables\n").changes(to: settings("firewall: nftables\nfastpath: on\n")) == ["fastpath: off is now on"])
        let leases = try #require(
            Configuration.parse(Case.office.replacing("[br0]", with: "[br0], leases: /var/lib/dnsmasq/leases")).settings)
        #expect(try settings("").changes(to: leases) == ["lan.leases: auto is now /var/lib/dnsmasq/leases"])
        let wan = { (keys: String) throws in
            try #require(Configuration.parse("lan: {interfaces: [br0]}\nwans: {a: {interface: eth0, metric: 1, \(keys)}}").settings)
        }
        #expect(
            try wan("drain: 1h").changes(to: wan("mss: 1360, ipv6: off, drain-classes: [{protocol: udp, ports: [53, 60-61], drain: 0s}]"))
                == [
                    "wans.a.ipv6: masquerade is now off", "wans.a.drain: 1h is now unlimited",
                    "wans.a.drain-classes: [] is now [udp 53,60-61: 0s]", "wans.a.mss: auto is now 1360",
                ])
        let other = try #require(
            Configuration.parse(
                """
                lan: {interfaces: [br0, br1]}
                wans:
                  telkom: {interface: eth1, metric: 3, gateway: 192.0.2.1, metered: true, probe: {hold: 0s}}
                  xl: {interface: usb0, metric: 2}
                """
            ).settings)
        #expect(
            try settings("").changes(to: other) == [
                "lan.interfaces: [br0] is now [br0, br1]", "wans.smartfren is gone", "wans.xl is new: usb0, metric 2",
                "wans.telkom.interface: eth0 is now eth1", "wans.telkom.metric: 1 is now 3", "wans.telkom.gateway: auto is now 192.0.2.1",
                "wans.telkom.metered: false is now true", "wans.telkom.drain: unlimited is now 10m",
                "wans.telkom.probe.hold: 10s is now 0s",
                "wans.telkom.readiness: 10m, dns 1.1.1.1 example.com A, http://connectivitycheck.gstatic.com/generate_204 is now "
                    + "1h, dns 1.1.1.1 example.com A, http://connectivitycheck.gstatic.com/generate_204",
            ])
    }
}
