/// The text of a configuration file for the daemon.
package struct DaemonConfiguration: Sendable {
    package var text: String

    package init(text: String) { self.text = text }

    /// telkom first, smartfren next, the default targets replaced by those of the lab. `hold` is short, and there is no minimum stay, so
    /// that a failback needn't be waited for; nil leaves the defaults. `service`: more lines of `lan`. `probe`: more lines of that section; `telkom` and `smartfren`: of those
    /// WANs (`drain: 10s`, `ipv6: off`); `top`: of none (`mark-mask: 0x00f00000`). `readiness`: off, since the lab's Internet has none of the pages that
    /// are asked for by default; nil leaves the defaults.
    package static func office(
        lan: [String] = ["br0"], leases: String? = nil, service: [String] = [], hold: String? = "2s", metered: Bool = false,
        iptables: IPTables? = nil, firewall: FirewallBackend? = nil,
        targets: [String] = ["gateway"] + Addresses.targets, probe: [String] = [], telkom: [String] = [], smartfren: [String] = [],
        readiness: [String]? = ["interval: off"], top: [String] = [],
        interfaces: (telkom: String, smartfren: String) = (Addresses.telkom.interface, Addresses.smartfren.interface)
    ) -> DaemonConfiguration {
        var lines = readiness.map { ["readiness: {\($0.joined(separator: ", "))}"] } ?? []
        lines += ["lan:", "  interfaces: [\(lan.joined(separator: ", "))]"] + (leases.map { ["  leases: \($0)"] } ?? [])
        lines += service.map { "  \($0)" } + ["wans:"]
        lines += ["  telkom:"] + (["interface: \(interfaces.telkom)", "metric: 1"] + telkom).map { "    \($0)" }
        lines +=
            ["  smartfren:"] + (["interface: \(interfaces.smartfren)", "metric: 2", "metered: \(metered)"] + smartfren).map { "    \($0)" }
        lines +=
            ["probe:"]
            + (["targets: [\(targets.joined(separator: ", "))]"] + (hold.map { ["hold: \($0)"] } ?? []) + probe).map { "  \($0)" }
        if hold != nil { lines.append("min-stay: 0s") }
        if let iptables { lines.append("iptables: \(iptables.rawValue)") }
        if let firewall { lines.append("firewall: \(firewall.rawValue)") }
        return DaemonConfiguration(text: (lines + top).joined(separator: "\n") + "\n")
    }
}

/// Who keeps masquerade and marks.
package enum FirewallBackend: String, Sendable, CaseIterable {
    case iptables, nftables

    /// Daemons of before there was a choice refuse it.
    package func isKnown(to programs: Programs) async throws -> Bool {
        self == .iptables ? true : try await DaemonConfiguration.office(firewall: self, readiness: nil).isAccepted(by: programs)
    }
}

extension DaemonConfiguration {
    /// By its own check: daemons of before there was some key refuse it.
    package func isAccepted(by programs: Programs) async throws -> Bool {
        let file = try await Command.run(["mktemp"]).filter { $0 != "\n" }
        try await Command.run(["tee", file], input: text)
        let answer = try await Command.run([
            "sh", "-c", "'\(programs.uplinkd)' --check --config \(file) >/dev/null 2>&1 && echo known; rm \(file)",
        ])
        return answer.contains("known")
    }
}

/// What the configuration calls a profile: a set of defaults.
package enum Profile: String, Sendable, CaseIterable {
    case normal, fast

    package var lines: [String] { self == .normal ? [] : ["profile: \(rawValue)"] }

    /// Daemons of before there were profiles refuse it.
    package func isKnown(to programs: Programs) async throws -> Bool {
        self == .normal ? true : try await DaemonConfiguration.office(probe: lines, readiness: nil).isAccepted(by: programs)
    }
}
