/// The lab's plan of addresses. The far side has documentation ranges only (RFC 5737, RFC 3849), the providers shared address space (RFC 6598).
package enum Addresses {
    package static let routerLAN = "192.168.88.1"
    package static func client(_ number: Int) -> String { "192.168.88.\(10 + number)" }

    /// Probe targets in the Internet: they answer pings.
    package static let targets = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
    package static let server = "198.51.100.10"
    package static let targets6 = ["2001:db8:203::1", "2001:db8:203::2", "2001:db8:203::3"]
    package static let server6 = "2001:db8:198::10"

    /// What the lab's resolvers know: the server's addresses.
    package static let checkName = "check.example"

    package static let telkom = Provider(
        name: "telkom", interface: "eth0", network: "100.64.1", network6: "2001:db8:1:", transfer: ("192.0.2.1", "192.0.2.2"))
    package static let smartfren = Provider(
        name: "smartfren", interface: "usb0", network: "100.64.2", network6: "2001:db8:2:", transfer: ("192.0.2.5", "192.0.2.6"))
}

/// One provider: the router's interface towards it, its network, and the two ends between it and the Internet.
package struct Provider: Sendable {
    package let name: String
    /// In the router.
    package let interface: String
    let network: String
    let network6: String
    let transfer: (own: String, internet: String)

    init(name: String, interface: String, network: String, network6: String, transfer: (String, String)) {
        self.name = name
        self.interface = interface
        self.network = network
        self.network6 = network6
        self.transfer = transfer
    }

    package var gateway: String { "\(network).1" }
    /// The gateway that a DHCP server may move to.
    package var otherGateway: String { "\(network).254" }
    /// Of the gateway; each has its own network, so both providers may have the same. Fixed, since a gateway that comes back is the same box:
    /// with another hardware address the router would go on with the old one for half a minute.
    static let hardware = "02:00:5e:00:53:01"
    static let otherHardware = "02:00:5e:00:53:fe"
    package var prefix: String { "\(network).0/24" }
    /// The router's.
    package var address: String { "\(network).2" }

    package var gateway6: String { "\(network6):1" }
    package var prefix6: String { "\(network6):/64" }
    /// The router's.
    package var address6: String { "\(network6):2" }
    /// On each cable: the box nearer to the Internet. By it the router's IPv6 default routes lead.
    package static let linkLocalGateway = "fe80::1"
    package static let linkLocalAddress = "fe80::2"
    /// Between the provider and the Internet.
    var transfer6: (own: String, internet: String) { ("\(network6)ffff::1", "\(network6)ffff::2") }
}
