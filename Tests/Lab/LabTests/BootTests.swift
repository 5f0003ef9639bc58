import Lab
import Testing

extension InNamespaces {
    /// A box that starts while its first WAN is dead: of an earlier run there is nothing in the kernel, and nothing in /run.
    @Suite("A start with the first WAN dead")
    struct BootTests {
        enum Fault: String, CaseIterable { case upstream, gateway }

        /// What the run before has left is a file. Without it the first choice is tried for a second; damaged, it is as if there were none.
        enum Memory: String, CaseIterable { case none, kept, damaged }

        @Test("clients are online by the backup, with what the run before has left at once", arguments: Fault.allCases, Memory.allCases)
        func dead(fault: Fault, memory: Memory) async throws {
            try await Lab.with { lab in
                let arguments = ["--state", lab.folder]
                _ = fault == .upstream ? try await lab.telkom.silenceUpstream() : try await lab.telkom.killGateway()
                if memory != .none {
                    let before = try await lab.startDaemon(.office(), arguments: arguments)
                    try await lab.ready(before, by: Addresses.smartfren)
                    let file = "\(lab.folder)/verdicts.json"
                    try await lab.eventually("it is written down") {
                        try await lab.router.node.shell("cat \(file) 2>/dev/null || true").contains("telkom")
                    }
                    try await before.stop()
                    if memory == .damaged { try await lab.router.node.shell("echo '{\"down\":[{' > \(file)") }
                    _ = try await lab.router.node.run([lab.programs.uplinkd, "--teardown", "--control", "\(lab.folder)/control"])
                    try await lab.router.node.shell("rm -f \(lab.folder)/state.json; conntrack -F 2>/dev/null || true")
                }
                let daemon = try await lab.startDaemon(.office(), arguments: arguments)
                try await lab.ready(daemon, by: Addresses.smartfren)
                try await lab.carries(Addresses.smartfren)
                // The first one of all, or after a try with telkom: that nothing has answered by telkom is known after a second.
                let selections = try await daemon.events().filter { $0.kind == "selection" }.map { $0.details?["to"] }
                #expect(selections == (memory == .kept ? ["smartfren"] : ["telkom", "smartfren"]), "\(selections)")
                _ = fault == .upstream ? try await lab.telkom.restoreUpstream() : try await lab.telkom.reviveGateway()
                try await lab.carries(Addresses.telkom)
            }
        }

        @Test("a WAN that was dead and works now carries as soon as it has answered, when no other does")
        func stale() async throws {
            try await Lab.with { lab in
                let verdicts =
                    #"{"down":[{"families":["v4","v6"],"meaning":"eth0","wan":"telkom"},{"families":["v4"],"meaning":"eth7","wan":"smartfren"}]}"#
                try await lab.router.node.shell("echo '\(verdicts)' > \(lab.folder)/verdicts.json")
                _ = try await lab.smartfren.cutCable()
                let daemon = try await lab.startDaemon(.office(), arguments: ["--state", lab.folder])
                try await lab.ready(daemon)
                try await lab.eventually("telkom is up") { try await daemon.status().wan(Addresses.telkom)?.health == "up" }
                let file = try await lab.router.node.shell("cat \(lab.folder)/verdicts.json")
                #expect(!file.contains("telkom") && !file.contains("smartfren"), "\(file)")
            }
        }
    }
}
