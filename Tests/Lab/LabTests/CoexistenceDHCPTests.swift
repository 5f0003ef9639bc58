import Lab
import Testing

extension BesideOthers.Coexistence {
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

        @Test(
            "two dhclients: the second one can't make its route, and its lease's router is used; a renewal with another one is followed; a lease that is over ends it",
            .enabled(if: isInstalled("dhclient", "dnsmasq"), "not installed: sudo apt install isc-dhcp-client dnsmasq-base"))
        func leaseWithoutRoute() async throws {
            try await Lab.with { lab in
                let sandbox = try await lab.router.sandbox()
                let server = try await lab.telkom.startDHCPServer()
                _ = try await lab.smartfren.startDHCPServer()
                func files(_ name: String) -> String { "-pf /run/dhclient.\(name).pid -lf /var/lib/dhcp/dhclient.\(name).leases \(name)" }
                // As ifupdown starts them, one after the other, before uplinkd.
                _ = try await sandbox.start("dhclient", "dhclient -4 -d \(files("usb0"))")
                try await lab.eventually("smartfren's route") { try await lab.router.defaultRoutes().map(\.dev) == ["usb0"] }
                let client = try await sandbox.start("dhclient", "dhclient -4 -d \(files("eth0"))")
                try await lab.eventually("telkom's lease") {
                    try await lab.router.node.shell("ip -4 -brief address show eth0").contains(Addresses.telkom.address)
                }
                func foreign() async throws -> [String] { try await lab.router.defaultRoutes().filter { !$0.isOurs }.compactMap(\.dev) }
                #expect(try await foreign() == ["usb0"])
                let daemon = try await lab.startDaemon(.office())
                try await lab.ready(daemon)
                #expect(try await daemon.status().wan(Addresses.telkom)?.gateway == Addresses.telkom.gateway)
                let another = Addresses.telkom.gateway + "1"
                _ = try await lab.telkom.restartDHCPServer(server, gateway: another)
                try await lab.eventually("the next renewal's router is telkom's", within: .seconds(300)) {
                    try await daemon.status().wan(Addresses.telkom)?.gateway == another
                }
                try await lab.selects(Addresses.telkom, daemon)
                try await lab.carries(Addresses.telkom)
                #expect(try await foreign() == ["usb0"], "somebody has made a route for telkom: this test has shown nothing")
                try await client.stop()
                try await sandbox.shell("dhclient -4 -r \(files("eth0"))")
                try await lab.health("no-gateway", of: Addresses.telkom, daemon)
                #expect(try await daemon.status().wan(Addresses.telkom)?.fault?.code == "no-lease")
                try await lab.carries(Addresses.smartfren)
                // An address that nobody's lease is for: no route, and the line to add.
                try await lab.router.node.shell("ip address add 10.99.0.7/24 dev eth0")
                try await lab.eventually("that there is no route is told") {
                    try await daemon.status().wan(Addresses.telkom)?.fault?.code == "no-route"
                }
                #expect(try await daemon.control(["explain"]).contains("`metric 101`"))
            }
        }

        /// telkom by a client that also has opinions on other routes of its interface.
        private static func networkd(_ box: Neighbourhood) async throws -> Child {
            let networkd = try await box.sandbox.start("systemd-networkd", "/lib/systemd/systemd-networkd")
            try await box.lab.eventually("networkd answers") {
                try await box.sandbox.shell("networkctl --no-pager --no-legend list eth0").contains("eth0")
            }
            return networkd
        }

        @Test(
            "networkd takes the rules of others away when it reconfigures, and its address when it stops: all of ours is back with the lease",
            .enabled(
                if: isInstalled("systemd-networkd", "networkctl", "dnsmasq", "dbus-daemon"),
                "not installed: sudo apt install systemd dnsmasq-base dbus"))
        func networkd() async throws {
            try await Neighbourhood.with { box in
                let server = try await box.lab.telkom.startDHCPServer()
                try await box.lab.carries(Addresses.smartfren)
                try await box.sandbox.shell(
                    """
                    mkdir -p /etc/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
                    chown -R systemd-network: /run/systemd/netif
                    printf '[Match]\\nName=eth0\\n[Network]\\nDHCP=ipv4\\nIPv6AcceptRA=no\\n' > /etc/systemd/network/10-telkom.network
                    """)
                try await box.sandbox.startBus()
                let first = try await Self.networkd(box)
                try await box.isWell()
                // Both WANs' rules go with it: networkd means to own all rules of the box.
                let acknowledged = { server.errors.split(separator: "DHCPACK").count }
                let earlier = acknowledged()
                try await box.sandbox.shell("networkctl reconfigure eth0")
                try await box.lab.eventually("a lease") { acknowledged() > earlier }
                try await box.isWell()
                try await box.failsOverAndBack()
                // It takes its address and routes with it.
                try await first.stop()
                try await box.lab.carries(Addresses.smartfren)
                _ = try await Self.networkd(box)
                try await box.isWell()
                try await box.isNoFight()
                try await box.leavesOthersAlone()
            }
        }

        @Test(
            "NetworkManager: reapply, reload, a restart and a crash change nothing; a connection brought up again is one short failover",
            .enabled(
                if: isInstalled("NetworkManager", "nmcli", "dnsmasq", "dbus-daemon"),
                "not installed: sudo apt install network-manager dnsmasq-base dbus"))
        func networkManager() async throws {
            try await Neighbourhood.with { box in
                _ = try await box.lab.telkom.startDHCPServer()
                try await box.lab.carries(Addresses.smartfren)
                try await box.sandbox.shell(
                    """
                    cat > /etc/NetworkManager/NetworkManager.conf <<END
                    [main]
                    plugins=keyfile
                    no-auto-default=*
                    dhcp=internal
                    dns=none
                    systemd-resolved=false
                    [keyfile]
                    unmanaged-devices=except:interface-name:eth0
                    END
                    cat > /etc/NetworkManager/system-connections/telkom.nmconnection <<END
                    [connection]
                    id=telkom
                    type=ethernet
                    interface-name=eth0
                    [ipv4]
                    method=auto
                    [ipv6]
                    method=disabled
                    END
                    chmod 600 /etc/NetworkManager/system-connections/telkom.nmconnection
                    """)
                try await box.sandbox.startBus()
                let command = "NetworkManager --debug"
                var manager = try await box.sandbox.start("NetworkManager", command)
                // It has found an interface with IPv6 addresses, and would leave that as it is.
                try await box.lab.eventually("telkom's connection is up") {
                    try await box.sandbox.shell("nmcli connection up telkom").contains("success")
                }
                try await box.isWell()
                let metrics = try await box.lab.router.defaultRoutes().filter { $0.dev == "eth0" && !$0.isOurs }.map(\.metric)
                #expect(metrics == [100])
                let switches = try await box.daemon.switches().count
                try await box.sandbox.shell("nmcli device reapply eth0; nmcli connection reload")
                try await manager.stop()
                manager = try await box.sandbox.start("NetworkManager", command)
                try await box.lab.eventually("NetworkManager is back") {
                    try await box.sandbox.shell("nmcli -t -f STATE,DEVICE device").contains("connected:eth0")
                }
                try await manager.kill9()
                manager = try await box.sandbox.start("NetworkManager", command)
                try await box.lab.eventually("NetworkManager is back") {
                    try await box.sandbox.shell("nmcli -t -f STATE,DEVICE device").contains("connected:eth0")
                }
                try await box.isWell()
                #expect(try await box.daemon.switches().count == switches)
                try await box.sandbox.shell("nmcli connection up telkom")
                try await box.isWell()
                try await box.failsOverAndBack()
                try await box.isNoFight()
                try await box.leavesOthersAlone()
            }
        }
    }
}
