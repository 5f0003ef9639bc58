import Lab
import Testing

extension BesideOthers.Coexistence {
    @Suite("firewalld")
    struct FirewalldTests {
        /// As docs/coexistence.md has it.
        private static let zones = """
            firewall-cmd --permanent --zone=internal --change-interface=br0
            firewall-cmd --permanent --zone=external --change-interface=eth0
            firewall-cmd --permanent --zone=external --change-interface=usb0
            firewall-cmd --permanent --zone=external --remove-masquerade
            firewall-cmd --permanent --new-policy=lan-out
            firewall-cmd --permanent --policy=lan-out --add-ingress-zone=internal
            firewall-cmd --permanent --policy=lan-out --add-egress-zone=external
            firewall-cmd --permanent --policy=lan-out --set-target=ACCEPT
            firewall-cmd --reload
            """

        private static func start(_ box: Neighbourhood) async throws -> Child {
            let firewalld = try await box.sandbox.start("firewalld", "firewalld --nofork --nopid")
            try await box.lab.eventually("firewalld runs") { try await box.sandbox.shell("firewall-cmd --state").hasPrefix("running") }
            return firewalld
        }

        /// Also over IPv6, where firewalld looks up the way back of every packet (IPv6_rpfilter) before it lets it in.
        private static func carriesIPv6(_ provider: Provider, _ box: Neighbourhood) async throws {
            try await box.lab.eventually("new IPv6 sessions leave by \(provider.name)") {
                try await box.lab.client.wayOut(over: .ipv6)?.name == provider.name
            }
        }

        @Test(
            "it rejects what the LAN sends out until there is a policy; with one, reload, stop and start leave or bring back all of uplinkd's",
            .enabled(
                if: isInstalled("firewalld", "firewall-cmd", "dbus-daemon"), "firewalld isn't installed: sudo apt install firewalld dbus"))
        func story() async throws {
            try await Neighbourhood.with { box in
                try await box.sandbox.startBus()
                let first = try await Self.start(box)
                try await box.lab.eventually("nothing gets out") { try await box.lab.client.wayOut() == nil }
                let told = try await box.check()
                #expect(told.contains("firewalld drops what comes in by br0 and goes out by eth0, usb0"), "\(told)")
                try await box.sandbox.shell(Self.zones)
                try await box.isWell()
                try await Self.carriesIPv6(Addresses.telkom, box)
                let content = try await box.check()
                #expect(!content.contains("firewalld drops"), "\(content)")
                try await box.lab.telkom.cutCable()
                try await box.lab.carries(Addresses.smartfren)
                try await Self.carriesIPv6(Addresses.smartfren, box)
                // It stays with smartfren at the failback, while the best way back to the server is telkom.
                let stream = try await box.lab.client.path(over: .ipv6).stream()
                try await box.lab.telkom.plugCable()
                try await box.isWell()
                try await Self.carriesIPv6(Addresses.telkom, box)
                let report = try await stream.stop()
                #expect(report.lost == 0)
                try await box.sandbox.shell("firewall-cmd --reload")
                try await box.isWell()
                try await first.stop()
                try await box.isWell()
                _ = try await Self.start(box)
                try await box.isWell()
                try await box.failsOverAndBack()
                // Its start, each reload and its end empty four tables of iptables.
                try await box.isNoFight(repairs: 80)
                try await box.leavesOthersAlone()
            }
        }
    }
}
