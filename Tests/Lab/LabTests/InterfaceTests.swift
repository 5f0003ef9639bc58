import Lab
import Testing

extension InNamespaces {
    /// A modem under any name. There is no udev in a namespace, so what is known of an interface here is its name, its MAC and its driver.
    @Suite("Interfaces under any name")
    struct InterfaceTests {
        private static func configuration(_ smartfren: String, telkom: String = "interface: eth0") -> DaemonConfiguration {
            DaemonConfiguration(
                text: DaemonConfiguration.office().text.replacing("interface: usb0", with: smartfren).replacing(
                    "interface: eth0", with: telkom))
        }

        /// With an address, and a DHCP client's route, as before: a rename costs both.
        private static func rename(_ old: String, to new: String, _ lab: Lab) async throws {
            let smartfren = Addresses.smartfren
            try await lab.router.node.shell(
                """
                set -e
                ip link set \(old) down
                ip link set \(old) name \(new)
                ip link set \(new) up
                ip address replace \(smartfren.address)/24 dev \(new)
                ip route replace default via \(smartfren.gateway) dev \(new) proto dhcp metric 200
                """)
        }

        private static func mac(_ interface: String, _ lab: Lab) async throws -> String {
            try await lab.router.node.run(["cat", "/sys/class/net/\(interface)/address"]).filter { $0 != "\n" }
        }

        private static func interfaces(_ lab: Lab) async throws -> String {
            try await lab.router.node.shell(
                "'\(lab.programs.uplinkctl)' interfaces --config '\(lab.folder)/uplinkd.yaml' --control '\(lab.folder)/control' 2>&1")
        }

        @Test("a modem known by its MAC is renamed under a running daemon, and is the same WAN: it carries when telkom fails")
        func renamed() async throws {
            try await Lab.with { lab in
                let mac = try await Self.mac("usb0", lab)
                let daemon = try await lab.startDaemon(Self.configuration("match: {mac: \"\(mac)\"}"))
                try await lab.ready(daemon)
                try await lab.eventually("smartfren is up") { try await daemon.status().wan(Addresses.smartfren)?.health == "up" }
                try await Self.rename("usb0", to: "wwan7", lab)
                try await lab.eventually("smartfren is up by wwan7") {
                    let routes = try await lab.router.defaultRoutes()
                    return try await daemon.status().wan(Addresses.smartfren)?.health == "up" && routes.contains { $0.dev == "wwan7" }
                }
                let table = try await Self.interfaces(lab)
                #expect(table.contains("wwan7") && table.contains("smartfren") && table.contains("mac: \(mac)"), "\(table)")
                try await lab.telkom.silenceUpstream()
                try await lab.eventually("clients leave by smartfren") { try await lab.client.wayOut()?.name == "smartfren" }
            }
        }

        @Test("a name with a star: of two that fit the one in use goes on, and both are named; by an alternative name it is found as well")
        func several() async throws {
            try await Lab.with { lab in
                try await lab.router.node.run(["ip", "link", "property", "add", "dev", "eth0", "altname", "enp3s0"])
                let daemon = try await lab.startDaemon(Self.configuration("match: {name: \"usb*\"}", telkom: "interface: enp3s0"))
                try await lab.ready(daemon)
                try await lab.eventually("smartfren is up") { try await daemon.status().wan(Addresses.smartfren)?.health == "up" }
                try await lab.router.node.run(["ip", "link", "add", "usb9", "type", "veth", "peer", "name", "far9"])
                try await lab.eventually("both are named") {
                    try await daemon.control(["status"]).contains("usb0 and usb9 fit smartfren (name usb*); usb0 is used")
                }
                #expect(try await daemon.status().wan(Addresses.smartfren)?.health == "up")
                try await lab.router.node.run(["ip", "link", "del", "usb9"])
                try await lab.eventually("all is well") { try await !daemon.control(["status"]).contains("usb9") }
                try await lab.smartfren.unplugModem()
                try await lab.eventually("the modem is gone") {
                    try await daemon.status().wan(Addresses.smartfren)?.fault?.code == "modem-gone"
                }
                try await lab.smartfren.replugModem()
                try await lab.eventually("and back") { try await daemon.status().wan(Addresses.smartfren)?.health == "up" }
                try await lab.telkom.unplugModem()
                try await lab.eventually("a fixed line is absent, and no modem") {
                    let wan = try await daemon.status().wan(Addresses.telkom)
                    return wan?.health == "absent" && wan?.fault == nil
                }
            }
        }
    }
}
