import Lab
import Testing

extension InNamespaces.Coexistence {
    /// telkom's address and default route come from a real DHCP server; each story has another client.
    @Suite("DHCP clients")
    struct DHCPTests {
        @Test(
            "dhclient's metric-0 route goes behind ours; renewals are quiet, a release is no-gateway, and the next lease brings telkom back",
            .enabled(if: isInstalled("dhclient", "dnsmasq"), "not installed: sudo apt install isc-dhcp-client dnsmasq-base"))
        func dhclient() async throws {
            try await Neighbourhood.with { box in
                let server = try await box.lab.telkom.startDHCPServer()
                try await box.lab.carries(Addresses.smartfren)
                let client = "dhclient -4 -d -pf /run/dhclient.pid -lf /run/dhclient.leases eth0"
                let first = try await box.sandbox.start("dhclient", client)
                try await box.isWell()
                let moved = try await box.lab.router.defaultRoutes().filter { $0.dev == "eth0" && !$0.isOurs }.map(\.metric)
                #expect(moved == [2000])
                let repairs = try await box.repairs()
                let acknowledgements = server.errors.split(separator: "DHCPACK").count
                try await box.lab.eventually("two renewals") { server.errors.split(separator: "DHCPACK").count >= acknowledgements + 2 }
                #expect(try await box.repairs() == repairs)
                try await box.failsOverAndBack()
                try await first.stop()
                try await box.sandbox.shell("dhclient -4 -r -pf /run/dhclient.pid -lf /run/dhclient.leases eth0")
                try await box.lab.health("no-gateway", of: Addresses.telkom, box.daemon)
                try await box.lab.carries(Addresses.smartfren)
                _ = try await box.sandbox.start("dhclient", client)
                try await box.isWell()
                try await box.isNoFight()
                try await box.leavesOthersAlone()
            }
        }
    }
}
