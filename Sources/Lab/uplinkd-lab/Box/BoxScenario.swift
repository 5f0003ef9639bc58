import Lab

/// What is done to a box, in this order. Each begins with both WANs up and telkom carrying, and leaves them so.
enum BoxScenario: String, CaseIterable {
    case install, cut, unplug, silence, lan, upgrade, clock, othermac, reboot, power
}

/// A visit to one box: what was measured, and what did not hold.
actor BoxRound {
    let box: Box
    private let name: String
    private let client: DHCPClient
    private var rows: [[String]] = []
    private var broken: [String] = []
    private(set) var interfaces = (telkom: "", smartfren: "")
    /// How many questions the daemon had sent, at each look.
    var asked: [Int] = []
    private let isAccelerated: Bool
    private let card: EthernetCard

    /// An emulated box gets a second more: its one processor is the host's spare time.
    private var slack: Duration { isAccelerated ? .zero : .seconds(1) }

    init(_ box: Box, name: String, client: DHCPClient) async {
        self.box = box
        isAccelerated = await box.machine.isAccelerated
        card = await box.machine.card
        self.name = name
        self.client = client
    }

    var results: (rows: [[String]], broken: [String]) { (rows, broken) }

    /// `install` is always done: without it there is nothing to look at.
    func play(_ scenarios: [BoxScenario]) async throws {
        for scenario in BoxScenario.allCases where scenario == .install || scenarios.contains(scenario) {
            let began = Moment.now
            do {
                switch scenario {
                case .install: try await install()
                case .cut: try await cut()
                case .unplug: try await unplug()
                case .silence: try await silence()
                case .othermac: try await otherMAC()
                case .lan: try await lan()
                case .upgrade: try await upgrade()
                case .clock: try await clock()
                case .reboot: try await restart("reboot") { try await $0.reboot() }
                case .power:
                    try await restart("power cut") { box in
                        try await box.switchOff()
                        return (.zero, try await box.switchOn())
                    }
                }
            } catch let error as LabError {
                throw LabError("\(scenario.rawValue): \(error)\n\(await box.journal())")
            }
            printLine("Debian \(name): \(scenario.rawValue) took \(seconds(Moment.now - began))")
        }
    }

    func hold(_ sentence: String, _ holds: Bool) {
        if !holds { broken.append("Debian \(name): \(sentence)") }
    }

    /// A row without a call's figures. At once, too: a scenario that fails later must not take it along.
    func note(_ what: String, _ found: String) {
        rows.append([what, name, "", "", "", "", found])
        printLine("Debian \(name): \(what): \(found)")
    }

    private func scene(
        _ what: String, to provider: Provider, within limit: Duration, isReset: Bool, fault: @Sendable () async throws -> FaultTime
    ) async throws {
        let scene = try await BoxScene.play(what, box.lab, to: provider, fault: fault)
        rows.append(scene.row(name))
        // At once, too: a scenario that fails later must not take it along.
        printLine("Debian \(name): \(zip(BoxScene.header, scene.row(name)).map { "\($0) \($1)" }.joined(separator: ", "))")
        let failures = scene.broken(silentFor: limit + slack, isReset: isReset).map { "Debian \(name): \($0)" }
        if !failures.isEmpty { printLine(try await box.run("uplinkctl events --last 30")) }
        broken += failures
    }

    private func install() async throws {
        try await box.install()
        let version = try await box.run("uplinkctl --version; uname -r; systemctl --version | head -1")
        printLine("Debian \(name): \(version.split(separator: "\n").joined(separator: ", "))")
        let state = try await box.run("systemctl is-active uplinkd || true")
        hold("the service runs with a configuration that nobody has looked at", state.hasPrefix("inactive"))
        interfaces = try await box.connect(by: client)
        try await box.write(DaemonConfiguration.office(interfaces: interfaces).text, to: "/etc/uplinkd/uplinkd.yaml")
        // Its warnings are of what the daemon hasn't set yet.
        printLine("Debian \(name): check: \(try await box.run("uplinkctl check 2>&1 | tail -1"))")
        let started = Moment.now
        try await box.run("systemctl enable --now uplinkd uplinkd-history")
        try await box.settle()
        printLine("Debian \(name): clients by telkom and both WANs up \(seconds(Moment.now - started)) after the service's start")
        let active = try await box.run("systemctl is-active uplinkd uplinkd-history | sort -u")
        hold("a service has ended: \(active)", active.split(separator: "\n") == ["active"])
        printLine(try await box.run("uplinkctl status"))
    }

    private func cut() async throws {
        // This driver looks at its cable every two seconds.
        let late: Duration = card == .e1000 ? .seconds(2) : .zero
        try await scene("cable cut (\(card.rawValue))", to: Addresses.smartfren, within: .seconds(1) + late, isReset: true) { [box] in
            try await box.cutCable()
        }
        try await scene("plugged in again", to: Addresses.telkom, within: .milliseconds(500), isReset: false) { [box] in
            try await box.plugCable()
        }
        try await box.settle()
    }

    /// It carries because telkom has no cable.
    private func unplug() async throws {
        try await box.run("uplinkctl switch smartfren --wait")
        try await scene("modem unplugged", to: Addresses.telkom, within: .seconds(1), isReset: true) { [box] in try await box.unplugModem()
        }
        try await box.run("uplinkctl switch auto")
        try await box.settle(without: Addresses.smartfren)
        let plugged = Moment.now
        try await box.plugModem(Modem(port: 5))
        try await box.settle()
        printLine("Debian \(name): plugged into another port, the modem was up as smartfren after \(seconds(Moment.now - plugged))")
    }

    private func silence() async throws {
        try await scene("provider silent", to: Addresses.smartfren, within: .seconds(1), isReset: true) { [box] in
            try await box.lab.telkom.silenceUpstream()
        }
        try await scene("provider back", to: Addresses.telkom, within: .milliseconds(500), isReset: false) { [box] in
            try await box.lab.telkom.restoreUpstream()
        }
        try await box.settle()
    }

    /// A box that is switched on while its first choice is dead.
    private func restart(_ what: String, _ restart: (Box) async throws -> (stopping: Duration, starting: Duration)) async throws {
        let lab = box.lab
        try await lab.telkom.silenceUpstream()
        try await lab.eventually("new sessions leave by smartfren", within: .seconds(300), every: .milliseconds(500)) {
            try await lab.client.wayOut()?.name == Addresses.smartfren.name
        }
        let (stopping, starting) = try await restart(box)
        let answered = Moment.now
        try await lab.eventually("clients are online by smartfren", within: .seconds(300), every: .milliseconds(250)) {
            try await lab.client.wayOut()?.name == Addresses.smartfren.name
        }
        let online = Moment.now - answered
        // Both on the box's own clock since it was switched on.
        let times = try await box.run("cut -d' ' -f1 /proc/uptime; systemctl show -P ActiveEnterTimestampMonotonic uplinkd")
            .split(separator: "\n").compactMap { Double($0) }
        let since =
            times.count == 2 && times[1] > 0
            ? "\(rounded(times[0] - times[1] / 1e6)) s after uplinkd's start" : "uplinkd's start isn't known"
        note(
            "\(what), telkom dead",
            "stop \(seconds(stopping)), boot \(seconds(starting)), clients online \(seconds(online)) later: \(since)")
        hold("after a \(what) with telkom dead clients were online after \(seconds(online)) only", online < .seconds(30) + slack * 60)
        let first = try await box.run("uplinkctl events --json | grep '\"kind\":\"selection\"' | head -n 1")
        hold("after a \(what) the dead telkom was tried first: \(first)", !first.contains("only-unknown"))
        try await lab.telkom.restoreUpstream()
        try await box.settle()
    }
}

func seconds(_ duration: Duration) -> String { "\(rounded(duration.milliseconds / 1000)) s" }
