import Lab
import Testing

extension BesideOthers {
    @Suite("Faults and rough hands by chance")
    struct ChaosTests {
        /// A seed that broke something once is added here.
        @Test("whatever comes, there is a way out while there can be one, and in the end all is as before", arguments: [UInt64(1)])
        func chaos(seed: UInt64) async throws {
            try await Lab.with(options: LabOptions(keepsBoxToItsWANs: false)) { lab in
                let daemon = try await lab.startDaemon()
                try await lab.ready(daemon)
                let stream = try await lab.client.stream()
                var chaos = Chaos(seed: seed)
                try await chaos.run(lab, daemon) { $0 >= 20 }
                _ = try await stream.stop()
            }
        }
    }
}
