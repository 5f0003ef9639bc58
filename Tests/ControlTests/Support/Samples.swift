import ControlProtocol

extension WANStatus {
    static func sample(
        _ name: String, interface: String = "eth0", metric: Int = 1, health: String = "up", fault: String? = nil,
        sinceSeconds: Double = 273_600, selected: Bool = false, usable: Bool = true, carries: Bool = false,
        gateway: String? = "192.0.2.1", routeMetric: Int? = 1, roundTrip: Double? = 12.34, loss: Double? = 0, reason: String = "It answers."
    ) -> WANStatus {
        WANStatus(
            name: name, interface: interface, metric: metric, metered: false, health: health, fault: fault,
            since: "2026-07-31T12:00:00.000Z",
            sinceSeconds: sinceSeconds, selected: selected, usable: usable, carries: carries, gateway: gateway,
            addresses: ["192.0.2.7/24"], routeMetric: routeMetric, roundTripMilliseconds: roundTrip, lossPercent: loss, reason: reason,
            targets: [
                TargetStatus(target: "gateway", address: gateway, answered: true, roundTripMilliseconds: 1.5, lossPercent: 0)
            ])
    }
}

extension Status {
    /// Two WANs, the first of which carries; every optional field is there somewhere.
    static let sample = Status(
        version: "1.2.3", pid: 4711, started: "2026-07-31T11:00:00.000Z", configurationFile: "/etc/uplinkd/uplinkd.yaml",
        selection: SelectionStatus(wan: "telkom", reason: "first choice", since: "2026-07-31T12:00:00.000Z", pinned: false),
        wans: [
            .sample("telkom", selected: true, carries: true),
            .sample(
                "smartfren", interface: "usb0", metric: 2, health: "down", fault: "upstream silent", sinceSeconds: 310, usable: false,
                gateway: "198.51.100.1", routeMetric: 1002, roundTrip: nil, loss: 100, reason: "No target has answered for 3 s."),
        ],
        nat: NATStatus(ok: true, variant: "nft", problem: nil), problems: [], counters: ["probes_sent": 1200, "switches": 2])

    func with(_ change: (inout Status) -> Void) -> Status {
        var status = self
        change(&status)
        return status
    }
}

extension ControlEvent {
    static func sample(_ id: Int, message: String = "telkom is down.") -> ControlEvent {
        ControlEvent(
            id: id, time: "2026-07-31T12:00:00.000Z", kind: .health, severity: .warning, wan: "telkom", message: message,
            details: ["from": "suspect", "to": "down"])
    }
}
