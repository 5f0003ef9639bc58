/// The script that builds a lab, and the one that takes it down.
///
/// Both ends of each veth pair are made in namespaces of the lab at once (`link add … netns A … peer … netns B`): nothing of it is ever
/// seen in the host's namespace, and nothing in the lab has a way out.
struct Topology: Sendable {
    let name: String
    let clients: Int
    let options: LabOptions

    func namespace(_ role: String) -> String { "\(name)-\(role)" }
    var router: String { namespace("router") }
    var internet: String { namespace("internet") }
    func client(_ number: Int) -> String { namespace("client\(number)") }
    var guest: String { namespace("guest") }
    /// From the near to the far.
    var far: [String] { options.hasFarServer ? (1...Addresses.far.count).map { namespace("far\($0)") } : [] }

    var namespaces: [String] {
        [router, namespace("telkom"), namespace("smartfren"), internet] + (1...clients).map(client) + (options.hasGuests ? [guest] : [])
            + far
    }

    var buildScript: String {
        var text = Self.batch(namespaces.map { "netns add \($0)" })
        // Before there are devices: a new device takes over what `default` says, a replugged modem too.
        text += "ip netns exec \(router) sh -e -c '\(routerSettings)'\n"
        for provider in [Addresses.telkom, Addresses.smartfren] {
            text += "ip netns exec \(namespace(provider.name)) sh -e -c '\(Self.providerSettings)'\n"
        }
        var pairs = [Addresses.telkom, Addresses.smartfren].enumerated().flatMap { number, provider in
            [pair(provider), Self.pair("core", namespace(provider.name), provider.name, internet, index: 1000 + number)]
        }
        pairs += (1...clients).map { Self.pair("lan\($0)", router, "eth0", client($0)) }
        if options.hasGuests { pairs.append(Self.pair(Addresses.guestInterface, router, "eth0", guest)) }
        pairs += far.indices.map { Self.pair("near", far[$0], "far", $0 == 0 ? internet : far[$0 - 1], index: 1100 + $0) }
        text += Self.batch(pairs)
        text += Self.batch(lanCommands, in: router)
        text += Self.batch(internetCommands, in: internet)
        for provider in [Addresses.telkom, Addresses.smartfren] {
            text += Self.batch(Self.accessCommands(provider) + Self.upstreamCommands(provider), in: namespace(provider.name))
            text += Self.batch(Self.sourceRules6(provider), in: namespace(provider.name), options: "-6 ")
            text += "ip netns exec \(namespace(provider.name)) nft -f - <<'END'\n\(ForeignSources.rules(provider))END\n"
        }
        for number in 1...clients {
            text += Self.batch(
                ["link set dev eth0 address \(Addresses.clientHardware(number))"]
                    + Self.hostCommands(Addresses.client(number), Addresses.client6(number), by: Addresses.routerLAN), in: client(number))
        }
        if options.hasGuests {
            text += Self.batch(Self.hostCommands(Addresses.guest, Addresses.guest6, by: Addresses.routerGuests), in: guest)
        }
        return text + farScript
    }

    /// Each leads on to all that is behind it, and back by its near end.
    private var farScript: String {
        // What routers may say is limited (six at once, then one a second to one address), and several traces come from one.
        let unlimited = (options.hasFarServer ? [namespace("telkom"), namespace("smartfren"), internet] + far : []).map {
            "ip netns exec \($0) sh -e -c 'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit'\n"
        }
        return unlimited.joined()
            + far.indices.map { number in
                let before = number == 0 ? internet : far[number - 1]
                let behind = number..<Addresses.far.count
                let out =
                    up("far") + ["address add \(Addresses.near[number])/30 dev far"]
                    + Self.addresses6([Addresses.near6[number], Provider.linkLocalGateway], dev: "far")
                    + behind.dropFirst().flatMap {
                        [
                            "route add \(Addresses.far[$0])/32 via \(Addresses.far[number])",
                            "route add \(Addresses.far6[$0])/128 via \(Addresses.far6[number])",
                        ]
                    }
                let back =
                    up("lo") + up("near") + [
                        "address add \(Addresses.far[number])/30 dev near", "route add default via \(Addresses.near[number])",
                    ]
                    + Self.addresses6([Addresses.far6[number], Provider.linkLocalAddress], dev: "near") + [
                        "route add ::/0 via \(Addresses.near6[number])"
                    ]
                return "ip netns exec \(before) sh -e -c '\(Self.forwarding)'\n" + Self.batch(out, in: before)
                    + Self.batch(back, in: far[number])
            }.joined()
    }

    private static let forwarding = "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"

    /// Processes first: a namespace lives on as long as somebody is in it.
    static func removalScript(_ namespaces: [String]) -> String {
        namespaces.map { "pids=$(ip netns pids \($0)); [ -z \"$pids\" ] || kill -9 $pids || true\n" }.joined()
            + batch(namespaces.map { "netns delete \($0)" }, options: "-force ")
    }

    /// The pair between the router and a provider; made again when a modem is replugged.
    func pair(_ provider: Provider) -> String {
        Self.pair(provider.interface, router, "wan", namespace(provider.name))
    }

    /// IPv6 only where it is set up below, with addresses of its own: what the kernel would make by itself chatters, and that would be noise
    /// in the counters.
    static func up(_ interface: String) -> [String] {
        ["link set dev \(interface) addrgenmode none", "link set dev \(interface) up"]
    }

    /// A provider's end of the cable.
    static func accessCommands(_ provider: Provider) -> [String] {
        ["link set dev wan address \(Provider.hardware)"] + up("wan") + ["address add \(provider.gateway)/24 dev wan"]
            + accessCommands6(provider)
    }

    /// What goes with the carrier: an interface that is down has no IPv6 addresses, and no routes.
    static func accessCommands6(_ provider: Provider) -> [String] {
        addresses6([provider.gateway6, Provider.linkLocalGateway], dev: "wan")
            + ["route replace \(provider.delegated6) via \(Provider.linkLocalAddress) dev wan"]
    }

    /// Without duplicate address detection, which takes a second. A router needs a link-local address on each interface: it asks for a
    /// neighbour on behalf of others by that one only (ndisc_send_ns() in net/ipv6/ndisc.c).
    static func addresses6(_ addresses: [String], dev: String) -> [String] {
        addresses.map { "address replace \($0)/64 dev \(dev) nodad" }
    }

    private static func upstreamCommands(_ provider: Provider) -> [String] {
        up("core") + ["address add \(provider.transfer.own)/30 dev core", "route add default via \(provider.transfer.internet)"]
            + addresses6([provider.transfer6.own, Provider.linkLocalAddress], dev: "core") + [
                "route add ::/0 via \(provider.transfer6.internet)"
            ]
    }

    /// What rp_filter does for IPv4: a source that isn't the customer's is dropped. It leads on with `goto`, so that what follows (a relay's
    /// rule) holds for the others.
    private static func sourceRules6(_ provider: Provider) -> [String] {
        [
            "rule add pref 7 nop", "rule add pref 5 iif wan from \(provider.customer6) goto 7",
            "rule add pref 6 iif wan blackhole",
        ]
    }

    private static func hostCommands(_ address: String, _ address6: String, by router: String) -> [String] {
        up("lo") + up("eth0") + ["address add \(address)/24 dev eth0", "route add default via \(router)"]
            + addresses6([address6], dev: "eth0") + ["route add ::/0 via \(Provider.linkLocalGateway) dev eth0"]
    }

    private var lanCommands: [String] {
        up("lo") + ["link add br0 type bridge"] + Self.up("br0")
            + (1...clients).flatMap { ["link set lan\($0) master br0"] + Self.up("lan\($0)") }
            + lanAddresses(Addresses.routerLAN, Addresses.routerLAN6, dev: "br0")
            + (options.hasGuests
                ? Self.up(Addresses.guestInterface)
                    + lanAddresses(Addresses.routerGuests, Addresses.routerGuests6, dev: Addresses.guestInterface)
                : [])
    }

    private func lanAddresses(_ address: String, _ address6: String, dev: String) -> [String] {
        ["address add \(address)/24 dev \(dev)"] + Self.addresses6([address6, Provider.linkLocalGateway], dev: dev)
    }

    private func up(_ interface: String) -> [String] { Self.up(interface) }

    private var internetCommands: [String] {
        var commands = up("lo")
        for provider in [Addresses.telkom, Addresses.smartfren] {
            commands += up(provider.name)
            commands += ["address add \(provider.transfer.internet)/30 dev \(provider.name)"]
            commands += ["route add \(provider.prefix) via \(provider.transfer.own)"]
            commands += Self.addresses6([provider.transfer6.internet, Provider.linkLocalGateway], dev: provider.name)
            commands += ["route add \(provider.customer6) via \(provider.transfer6.own)"]
        }
        return commands + (Addresses.targets + [Addresses.server]).map { "address add \($0)/32 dev lo" }
            + (Addresses.targets6 + [Addresses.server6]).map { "address add \($0)/128 dev lo nodad" }
    }

    /// Strict unless told otherwise: the harder case, and what many distributions set. By IPv6 it forwards, as an administrator has set it,
    /// and listens to advertisements all the same (2). Without duplicate address detection: an advertised address is of use at once.
    private var routerSettings: String {
        """
        echo \(options.reversePathFilter) > /proc/sys/net/ipv4/conf/default/rp_filter; \
        echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; \
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; \
        echo \(options.advertisements == nil ? 0 : 2) > /proc/sys/net/ipv6/conf/default/accept_ra
        """
    }

    /// A provider routes, and drops what comes from a customer with a source that isn't his (RFC 2827) by strict reverse path filtering.
    private static let providerSettings = """
        echo 1 > /proc/sys/net/ipv4/ip_forward; \
        echo 1 > /proc/sys/net/ipv4/conf/default/rp_filter; \
        echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; \
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_ra
        """

    /// The far end has an index of its own choice, so that the two ends of a pair never have the same one. For a device whose peer has its
    /// own index the kernel thinks that it is real hardware and reports its carrier at leisure, at most once a second for the whole
    /// machine (linkwatch_urgent_event() in net/core/link_watch.c): a lab that was just built, or one beside it, would delay every cut
    /// cable by up to a second.
    static func pair(_ interface: String, _ namespace: String, _ peer: String, _ peerNamespace: String, index: Int = 1000) -> String {
        // The one with the index has to come first: veth_newlink() forgets a peer's index if the device itself has none.
        "link add \(peer) index \(index) netns \(peerNamespace) type veth peer name \(interface) netns \(namespace)"
    }

    static func batch(_ commands: [String], in namespace: String? = nil, options: String = "") -> String {
        let place = namespace.map { "-n \($0) " } ?? ""
        return "ip \(place)\(options)-batch - <<'END'\n\(commands.joined(separator: "\n"))\nEND\n"
    }
}
