/// The text of a configuration file for the daemon.
package struct DaemonConfiguration: Sendable {
    package var text: String

    package init(text: String) { self.text = text }

    /// telkom first, smartfren next, the default targets replaced by those of the lab. `hold` is short, and there is no minimum stay, so
    /// that a failback needn't be waited for; nil leaves the defaults. `probe`: more lines of that section.
    package static func office(
        hold: String? = "2s", metered: Bool = false, iptables: IPTables? = nil, targets: [String] = ["gateway"] + Addresses.targets,
        probe: [String] = []
    ) -> DaemonConfiguration {
        let lines = (hold.map { ["hold: \($0)"] } ?? []) + probe
        return DaemonConfiguration(
            text: """
                lan:
                  interfaces: [br0]
                wans:
                  telkom:
                    interface: eth0
                    metric: 1
                  smartfren:
                    interface: usb0
                    metric: 2
                    metered: \(metered)
                probe:
                  targets: [\(targets.joined(separator: ", "))]
                \(lines.map { "  \($0)\n" }.joined())\(hold == nil ? "" : "min-stay: 0s\n")\(iptables.map { "iptables: \($0.rawValue)\n" } ?? "")
                """)
    }
}

/// What the configuration calls a profile: a set of defaults.
package enum Profile: String, Sendable, CaseIterable {
    case normal, fast

    package var lines: [String] { self == .normal ? [] : ["profile: \(rawValue)"] }

    /// Daemons of before there were profiles refuse it.
    package func isKnown(to programs: Programs) async throws -> Bool {
        guard self != .normal else { return true }
        let file = try await Command.run(["mktemp"]).filter { $0 != "\n" }
        try await Command.run(["tee", file], input: DaemonConfiguration.office(probe: lines).text)
        let answer = try await Command.run([
            "sh", "-c", "'\(programs.uplinkd)' --check --config \(file) >/dev/null 2>&1 && echo known; rm \(file)",
        ])
        return answer.contains("known")
    }
}
