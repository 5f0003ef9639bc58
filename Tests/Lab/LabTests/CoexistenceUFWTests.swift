import Lab
import Testing

extension BesideOthers.Coexistence {
    @Suite("ufw")
    struct UFWTests {
        @Test(
            "it drops what the LAN sends out until it is told otherwise; reload, disable and enable leave uplinkd's rules or get them back",
            .enabled(if: isInstalled("ufw"), "ufw isn't installed: sudo apt install ufw"))
        func story() async throws {
            try await Neighbourhood.with { box in
                try await box.sandbox.shell("ufw allow in on br0; ufw --force enable")
                try await box.lab.eventually("nothing gets out") { try await box.lab.client.wayOut() == nil }
                let told = try await box.check()
                #expect(told.contains("ufw route allow in on br0 out on eth0"), "\(told)")
                try await box.sandbox.shell("ufw route allow in on br0 out on eth0; ufw route allow in on br0 out on usb0")
                try await box.isWell()
                let content = try await box.check()
                #expect(!content.contains("ufw route allow"), "\(content)")
                try await box.failsOverAndBack()
                try await box.sandbox.shell("ufw reload")
                try await box.isWell()
                try await box.sandbox.shell("ufw disable")
                try await box.isWell()
                try await box.sandbox.shell("ufw --force enable")
                try await box.isWell()
                try await box.failsOverAndBack()
                try await box.isNoFight()
                try await box.leavesOthersAlone()
            }
        }
    }
}
