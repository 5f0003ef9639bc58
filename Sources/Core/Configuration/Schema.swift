import Model

/// The keys of a configuration file: the name, how the value is read, its range, and what to write if it may not be left out. What has a
/// form of its own (`lan`, `targets`, `readiness`, `drain-classes`, the WANs' names) has its keys beside its draft.
///
/// A new key is a line here, a field of the draft and of `Settings`, what the draft makes of it (its default; for a key of a WAN also which of the
/// two places holds), and a line in `Changes`. The tests then ask for it in the example and the docs.
enum Schema {
    static var file: [Key<FileDraft>] {
        [
            .mapping("lan", \.lan, LANDraft.keys, required: "name the interfaces that the clients are behind: 'lan: {interfaces: [br0]}'"),
            .wans(required: "name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'"),
            .mapping("probe", \.probe, probe),
            .mapping("readiness", \.probe.readiness, ReadinessDraft.keys),
            .value("min-stay", \.minimumStay, .time(.zero ... .seconds(3600))),
            .value("firewall", \.firewall, .choice),
            .value("iptables", \.iptables, .choice),
            .value("mark-mask", \.markMask, .markMask),
            .value("reports", \.reports, .choice),
            .value("tell-clients", \.tellsClients, .choice),
            .value("fastpath", \.fastPath, .choice),
            .value("language", \.language, .choice),
        ]
    }

    static var wan: [Key<WANDraft>] {
        [
            .value(
                "interface", \.interface, .interface,
                required: "the network interface of this WAN, such as 'interface: eth0'; `uplinkctl interfaces` lists them", or: "match"),
            .match,
            .value("metric", \.metric, .number(Territory.metrics), required: "'metric: 1' for the first choice, 2 for the next"),
            .value("gateway", \.gateway, .gateway),
            .value("metered", \.isMetered, .boolean),
            .value("ipv6", \.ipv6, .choice),
            .value("drain", \.drain, .drain),
            .drainClasses,
            .value("mss", \.mss, .segments),
            .mapping("probe", \.probe, probe, isRepeated: true),
            .mapping("readiness", \.probe.readiness, ReadinessDraft.keys, isRepeated: true),
        ]
    }

    /// For all WANs, and once more for each.
    static var probe: [Key<ProbeDraft>] {
        [
            .value("profile", \.profile, .choice),
            .targets,
            .value("interval", \.interval, .time(.milliseconds(100) ... .seconds(3600))),
            .value("metered-interval", \.meteredInterval, .time(.milliseconds(100) ... .seconds(3600))),
            .value("timeout", \.timeout, .time(.milliseconds(100) ... .seconds(60))),
            .value("min-rto", \.minimumRTO, .time(.milliseconds(10) ... .seconds(10))),
            .value("burst-interval", \.burstInterval, .time(.milliseconds(10) ... .seconds(10))),
            .value("quorum", \.quorum, .number(1...Int.max)),
            .value("hold", \.hold, .time(.zero ... .seconds(3600))),
            .mapping("thresholds", \.thresholds, thresholds),
            .value("budget", \.budget, .size(1000...1_000_000_000_000)),
        ]
    }

    static var thresholds: [Key<ThresholdsDraft>] {
        // Above 99 % nothing would ever be: all of the probes lost is down.
        let share = Value<Double>.share(0...0.99)
        let time = Value<Duration>.time(.milliseconds(1) ... .seconds(60))
        return [
            .limit("loss", \.loss, share, example: "20%", text: shareText) { $0 / 2 },
            .limit("mean", \.mean, time, example: "300ms", text: \.text) { $0 / 2 },
            .limit("deviation", \.deviation, time, example: "100ms", text: \.text) { $0 / 2 },
            .limit("p99", \.percentile99, time, example: "800ms", text: \.text) { $0 / 2 },
        ]
    }

    /// `wans.<name>.metric` and so on, for every key.
    static var paths: [String] { file.flatMap(\.paths) }
}
