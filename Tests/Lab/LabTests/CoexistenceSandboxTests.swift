import Lab
import Testing

extension BesideOthers.Coexistence {
    @Suite("The sandbox for other programs")
    struct SandboxTests {
        @Test("what is written to /etc in there stays in there; without its mark nothing is run")
        func stays() async throws {
            try await Lab.with { lab in
                let sandbox = try await lab.router.sandbox()
                try await sandbox.shell("touch /etc/\(lab.name)")
                #expect(try await sandbox.shell("ls /etc/\(lab.name)") == "/etc/\(lab.name)\n")
                #expect(try await Shell.run("[ ! -e /etc/\(lab.name) ] && echo absent") == "absent\n")
                try await sandbox.shell("rm /run/uplinkd-sandbox")
                await #expect(throws: LabError.self) { try await sandbox.shell("touch /etc/again") }
                #expect(try await Shell.run("[ ! -e /etc/again ] && echo absent") == "absent\n")
            }
        }
    }
}
