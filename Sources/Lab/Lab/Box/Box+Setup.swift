/// What an administrator does to a box that has just been unpacked.
extension Box {
    /// Installs what was delivered. With packages, as README says it.
    package func install() async throws {
        try await run("mkdir -p /root/delivery && tar -xf /dev/vdb -C /root/delivery")
        try await run(
            """
            set -e; cd /root/delivery
            if ls ./*.deb >/dev/null 2>&1; then
                DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ./*.deb
            else
                cp -a . /; systemd-sysusers; systemd-tmpfiles --create; systemctl daemon-reload
            fi
            """, within: Self.patience)
    }

    /// LAN and WANs, as that DHCP client wants it. The names of both WANs' interfaces.
    package func connect(by client: DHCPClient) async throws -> (telkom: String, smartfren: String) {
        guard let lan = try await interface(BoxMachine.lanHardware), let telkom = try await interface(BoxMachine.telkomHardware) else {
            throw LabError("the box lacks an Ethernet card:\n\(try await run("ip link"))")
        }
        try await lab.eventually("the modem has an interface under its last name", within: Self.patience, every: .milliseconds(500)) {
            try await self.interface(BoxMachine.modemHardware)?.hasPrefix("enx") == true
        }
        guard let smartfren = try await interface(BoxMachine.modemHardware) else { throw LabError("the modem is gone") }
        let bridge = "auto br0\niface br0 inet static\n  address \(Addresses.routerLAN)/24\n  bridge_ports \(lan)\n  bridge_fd 0\n"
        switch client {
        case .ifupdown:
            // Without a metric of its own the second WAN's route is refused by the kernel, and dhclient says nothing.
            let wans = [(telkom, 101), (smartfren, 102), (Self.otherModem, 103)].map {
                "allow-hotplug \($0)\niface \($0) inet dhcp\n  metric \($1)\n"
            }
            try await write(bridge + wans.joined(), to: "/etc/network/interfaces.d/box")
            // As udev does it. After a plain ifup, ifupdown takes a modem that comes back for one that has never gone.
            try await run("ifup br0; systemctl start ifup@\(telkom) ifup@\(smartfren)")
        case .networkd:
            // All of it: a bridge that ifupdown has made loses its port when networkd starts.
            for (name, text) in [
                ("20-wan.network", "[Match]\nName=\(telkom) enx*\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"),
                ("20-br0.netdev", "[NetDev]\nName=br0\nKind=bridge\n"),
                ("20-br0.network", "[Match]\nName=br0\n[Network]\nAddress=\(Addresses.routerLAN)/24\n"),
                ("20-lan.network", "[Match]\nName=\(lan)\n[Network]\nBridge=br0\n"),
            ] {
                try await write(text, to: "/etc/systemd/network/\(name)")
            }
            try await run("systemctl enable --now systemd-networkd")
        }
        return (telkom, smartfren)
    }

    /// What udev calls the modem when it has drawn another MAC address.
    package static let otherModem = "enx0c5b8f279a65"
    package static let otherModemHardware = "0c:5b:8f:27:9a:65"

    /// As at first, or by upgrading what is there.
    package func upgrade() async throws {
        try await run(
            """
            set -e; cd /root/delivery
            if ls ./*.deb >/dev/null 2>&1; then
                DEBIAN_FRONTEND=noninteractive apt-get install -y --reinstall --no-install-recommends ./*.deb
            else
                cp -a . /; systemctl daemon-reload; systemctl restart uplinkd
            fi
            """, within: Self.patience)
    }

    package func status() async throws -> DaemonStatus {
        try JSON.decode(DaemonStatus.self, from: try await run("uplinkctl status --json"))
    }

    /// Until clients leave by the first choice, and the other one is up as well: or as well as it can be, without that one.
    package func settle(without missing: Provider? = nil) async throws {
        try await lab.eventually("new sessions leave by telkom", within: Self.patience, every: .milliseconds(500)) {
            try await self.lab.client.wayOut()?.name == Addresses.telkom.name
        }
        // A second apart: each look costs an emulated processor some of what the daemon has.
        try await lab.eventually("telkom is selected, and every WAN that is there is up", within: Self.patience, every: .seconds(1)) {
            let status = try await self.status()
            return status.selection.wan == Addresses.telkom.name
                && status.wans.allSatisfy { ($0.health == "up") == ($0.name != missing?.name) }
        }
    }

    /// For failures.
    package func journal() async -> String {
        (try? await run(
            """
            uplinkctl status; ip -br address; ip route; systemctl --failed --no-legend
            journalctl -b -q -u "uplinkd*" -o short-monotonic --no-hostname -n 60 | cut -c1-300
            """)) ?? "the box doesn't say anything"
    }
}
