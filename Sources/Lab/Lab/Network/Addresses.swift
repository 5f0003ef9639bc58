/// The lab's plan of addresses. The far side has documentation ranges only (RFC 5737, RFC 3849), the providers shared address space (RFC 6598).
package enum Addresses {
    package static let routerLAN = "192.168.88.1"
    package static func client(_ number: Int) -> String { "192.168.88.\(10 + number)" }
    package static func clientHardware(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "02:00:5e:00:88:" + (digits.count < 2 ? "0" : "") + digits
    }
    /// The LAN's own prefix is nobody's out there: without masquerade a client gets no answer.
    package static let routerLAN6 = "2001:db8:88::1"
    package static func client6(_ number: Int) -> String { "2001:db8:88::\(10 + number)" }

    /// The second LAN of labs that have one (`LabOptions.hasGuests`).
    package static let routerGuests = "192.168.89.1"
    package static let guest = "192.168.89.11"
    package static let routerGuests6 = "2001:db8:89::1"
    package static let guest6 = "2001:db8:89::11"
    package static let guestInterface = "guests"

    /// The way to the far server, of labs that have one (`LabOptions.hasFarServer`): two routers, and it.
    package static let far = ["192.0.2.10", "192.0.2.14", "192.0.2.18"]
    package static let far6 = ["2001:db8:f1::2", "2001:db8:f2::2", "2001:db8:f3::2"]
    /// The near ends of the same cables.
    static let near = ["192.0.2.9", "192.0.2.13", "192.0.2.17"]
    static let near6 = ["2001:db8:f1::1", "2001:db8:f2::1", "2001:db8:f3::1"]

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
    /// The router's: what autoconfiguration makes of the advertised prefix with the router's token.
    package var address6: String { "\(network6):2" }
    static let token6 = "::2"
    /// What is the customer's altogether: the prefix of the cable, and the one below.
    var customer6: String { "\(network6):/48" }
    /// Delegated to the customer for his LAN. Clients have addresses of it only when told so (`Client.useAddress(of:)`).
    var delegated6: String { "\(network6)8800::/64" }
    func delegated6(_ host: Int) -> String { "\(network6)8800::\(host)" }
    /// On each cable: the box nearer to the Internet. By it the router's IPv6 default routes lead.
    package static let linkLocalGateway = "fe80::1"
    package static let otherLinkLocalGateway = "fe80::fe"
    package static let linkLocalAddress = "fe80::2"
    /// Between the provider and the Internet.
    var transfer6: (own: String, internet: String) { ("\(network6)ffff::1", "\(network6)ffff::2") }
}
