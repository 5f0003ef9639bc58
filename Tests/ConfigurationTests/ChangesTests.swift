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
        ("", "probe: {burst-interval: 10ms}", "probe.burst-interval: 50ms is now 10ms"),
        ("", "probe: {quorum: 2}", "probe.quorum: 1 is now 2"),
        ("", "probe: {hold: 1s}", "probe.hold: 10s is now 1s"),
        (
            "", "probe: {thresholds: {loss: {leave: 20%, return: 7.5%}}}",
            "probe.thresholds.loss: none is now {leave: 20%, return: 7.5%}"
        ),
        (
            "probe: {thresholds: {mean: {leave: 300ms}}}", "probe: {thresholds: {mean: {leave: 300ms, return: 300ms}}}",
            "probe.thresholds.mean: {leave: 300ms, return: 150ms} is now {leave: 300ms, return: 300ms}"
        ),
        ("probe: {thresholds: {deviation: {leave: 1s}}}", "", "probe.thresholds.deviation: {leave: 1s, return: 500ms} is now none"),
        ("", "probe: {thresholds: {p99: {leave: 1s}}}", "probe.thresholds.p99: none is now {leave: 1s, return: 500ms}"),
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
                "wans.telkom.metered: false is now true", "wans.telkom.probe.hold: 10s is now 0s",
            ])
    }
}
