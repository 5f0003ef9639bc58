import Glibc
import Lab
import Testing

/// Whether this machine has it. Where systemd runs, nobody installs a firewall for our tests.
func isInstalled(_ programs: String...) -> Bool {
    programs.allSatisfy { name in ["/usr/sbin/", "/usr/bin/", "/lib/systemd/"].contains { access($0 + name, X_OK) == 0 } }
}

extension BesideOthers {
    /// Each with the real program from Debian where one can be run, else with the rules that it writes.
    @Suite("Beside other programs")
    enum Coexistence {}
}

/// A lab with another program in the router.
struct Neighbourhood {
    let lab: Lab
    let daemon: Daemon
    let sandbox: Sandbox

    /// uplinkd first; the other one comes later, and may be started again.
    static func with(_ configuration: DaemonConfiguration = .office(), _ story: (Neighbourhood) async throws -> Void) async throws {
        try await Lab.with { lab in
            let sandbox = try await lab.router.sandbox()
            let daemon = try await lab.startDaemon(configuration)
            try await lab.ready(daemon)
            try await story(Neighbourhood(lab: lab, daemon: daemon, sandbox: sandbox))
        }
    }

    /// What uplinkd's check says of this box.
    func check() async throws -> String {
        try await lab.router.node.run([lab.programs.uplinkd, "--check", "--config", "\(lab.folder)/uplinkd.yaml"])
    }

    /// All of uplinkd's is there, and clients get through by telkom.
    func isWell() async throws {
        try await lab.selects(Addresses.telkom, daemon)
        try await lab.carries(Addresses.telkom)
        try await lab.eventually("masquerade and marks are complete") { try await self.daemon.status().nat?.ok == true }
    }

    func failsOverAndBack() async throws {
        try await lab.telkom.cutCable()
        try await lab.carries(Addresses.smartfren)
        try await lab.telkom.plugCable()
        try await isWell()
    }

    /// How often uplinkd has put routes or rules back, and given the packet filter its rules.
    func repairs() async throws -> Int {
        let counters = try await daemon.status().counters ?? [:]
        return (counters["repairs"] ?? 0) + (counters["firewall_applied"] ?? 0)
    }

    /// Nobody takes away for ever what the other puts back: while a second of pings passes, nothing is repaired, and little was before.
    func isNoFight(repairs limit: Int = 30) async throws {
        try await lab.eventually("a second without repairs") {
            let before = try await self.repairs()
            _ = try await self.lab.client.node.canPing(Addresses.server, count: 20)
            return try await self.repairs() == before
        }
        let status = try await daemon.control(["status"])
        #expect(!status.contains("held back"), "\(status)")
        let repairs = try await repairs()
        #expect(repairs < limit)
    }

    /// uplinkd is killed and started again, stopped, and torn down: the other one's rules stay as they are, word for word.
    func leavesOthersAlone() async throws {
        let others = try await lab.router.othersRules()
        try await daemon.kill9()
        try await daemon.restart()
        try await isWell()
        #expect(try await lab.router.othersRules() == others)
        try await daemon.stop()
        try await lab.router.node.run([
            lab.programs.uplinkd, "--teardown", "--config", "\(lab.folder)/uplinkd.yaml", "--control", "\(lab.folder)/control",
        ])
        #expect(try await lab.router.othersRules() == others)
        #expect(!others.contains("UPLINKD"))
    }
}
