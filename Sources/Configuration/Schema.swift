import Model

/// Every key that a configuration file can have: its name, how its value is read, its range, and what to write if it may not be left
/// out. A new key is a line here, a field in the draft and one in `Settings`; the tests then ask for it in the example and the docs.
enum Schema {
    static var file: [Key<FileDraft>] {
        [
            .mapping("lan", \.lan, lan, required: "name the interfaces that the clients are behind: 'lan: {interfaces: [br0]}'"),
            .wans(required: "name each way to the Internet: 'wans: {telkom: {interface: eth0, metric: 1}}'"),
            .mapping("probe", \.probe, probe),
            .value("iptables", \.iptables, .choice),
        ]
    }

    static var lan: [Key<LANDraft>] {
        [.list("interfaces", \.interfaces, of: .interface, required: "list the interfaces that the clients are behind, such as '[br0]'")]
    }

    static var wan: [Key<WANDraft>] {
        [
            .value("interface", \.interface, .interface, required: "the network interface of this WAN, such as 'interface: eth0'"),
            .value("metric", \.metric, .number(Territory.metrics), required: "'metric: 1' for the first choice, 2 for the next"),
            .value("gateway", \.gateway, .gateway),
            .value("metered", \.isMetered, .boolean),
        ]
    }

    static var probe: [Key<ProbeDraft>] {
        [
            .list("targets", \.targets, of: .target),
            .value("interval", \.interval, .time(.milliseconds(100) ... .seconds(3600))),
            .value("metered-interval", \.meteredInterval, .time(.milliseconds(100) ... .seconds(3600))),
            .value("timeout", \.timeout, .time(.milliseconds(100) ... .seconds(60))),
            .value("quorum", \.quorum, .number(1...Int.max)),
            .value("hold", \.hold, .time(.zero ... .seconds(3600))),
        ]
    }

    /// `wans.<name>.metric` and so on, for every key.
    static var paths: [String] { file.flatMap(\.paths) }
}
