package import Model

/// What other programs are told of the LAN, in their own words. All that is in here has passed the configuration's checks, so no text of anybody's can
/// end a line or begin an option.
package enum LANFiles {
    /// systemd.netdev(5) and systemd.network(5). The kernel's name of a port may be of any form, so it is matched as it is written.
    package static func networkd(_ lan: LANService, folder: String) -> [LANFile] {
        func file(_ name: String, _ sections: [(String, [String])]) -> LANFile {
            LANFile(
                path: "\(folder)/\(name)",
                body: sections.map { "[\($0)]\n" + $1.map { $0 + "\n" }.joined() }.joined(separator: "\n"))
        }
        let isBridge = !lan.ports.isEmpty
        let bridge = file("60-uplinkd-lan.netdev", [("NetDev", ["Name=\(lan.interface)", "Kind=bridge"])])
        let interface = file(
            "60-uplinkd-lan.network",
            [
                ("Match", ["Name=\(lan.interface)"]),
                // Nobody's boot waits for a LAN in which all computers are off.
                ("Link", ["RequiredForOnline=no"]),
                (
                    "Network",
                    [
                        "Address=\(lan.address)", "DHCP=no", "IPv6AcceptRA=no",
                        // A bridge whose ports have no carrier has none itself, and would have no address either.
                        "ConfigureWithoutCarrier=yes", "IgnoreCarrierLoss=yes",
                    ]
                ),
            ])
        let ports = lan.ports.map {
            file(
                "60-uplinkd-port-\($0).network",
                [
                    ("Match", ["Name=\($0)"]), ("Link", ["RequiredForOnline=no"]),
                    ("Network", ["Bridge=\(lan.interface)", "LinkLocalAddressing=no", "IPv6AcceptRA=no"]),
                ])
        }
        return (isBridge ? [bridge] : []) + [interface] + ports
    }

    /// Where dnsmasq finds what it needs beside its own file.
    package struct Places: Equatable, Sendable {
        package var configuration: String
        package var leases: String
        /// Whom it asks, in the form of resolv.conf(5).
        package var resolvers: String

        package init(configuration: String, leases: String, resolvers: String) {
            self.configuration = configuration
            self.leases = leases
            self.resolvers = resolvers
        }
    }

    /// dnsmasq(8), of 2.90 and later.
    package static func dnsmasq(_ lan: LANService, _ places: Places) -> LANFile {
        var lines = [
            // bind-dynamic: the interface may come later, and another dnsmasq or systemd-resolved have other addresses of this box.
            "interface=\(lan.interface)", "except-interface=lo", "bind-dynamic",
            // It is read anew when it is replaced, and then neither what is cached is forgotten nor what is being asked.
            "resolv-file=\(places.resolvers)",
            // One of the resolvers may be dead.
            "all-servers",
            // A question that isn't answered is asked again, after 200, 400, 800 ms, by whoever is in the file then: clients wait up to 5 s before they do.
            "fast-dns-retry=200,5000",
            "cache-size=3000", "dns-forward-max=1000",
            // An answer that is too old is better than none, and a new one is fetched at once.
            "use-stale-cache=3600",
            "domain-needed", "bogus-priv", "no-hosts",
            "domain=\(lan.domain)", "local=/\(lan.domain)/", "expand-hosts",
            "host-record=router.\(lan.domain),router,\(lan.address.address)",
        ]
        for name in lan.names {
            // A name without a dot is one of the LAN's.
            let names = name.name.contains(".") ? name.name : "\(name.name).\(lan.domain),\(name.name)"
            lines.append("host-record=\(names),\(name.address)")
        }
        if let pool = lan.pool {
            lines += [
                "dhcp-range=\(pool.first),\(pool.last),\(lan.address.netmask),\(lan.leaseTime.components.seconds)s",
                "dhcp-leasefile=\(places.leases)",
                // Nobody else gives addresses here: a client with a lease of another network is told at once that it is none.
                "dhcp-authoritative",
            ]
            lines += lan.hosts.map { host in
                "dhcp-host=" + ([host.mac] + [host.name, host.address?.description].compactMap(\.self)).joined(separator: ",")
            }
        }
        return LANFile(path: places.configuration, body: lines.map { $0 + "\n" }.joined())
    }
}
